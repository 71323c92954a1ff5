using Orchestrator.Plans.Kiro;
using Orchestrator.Plans.Kiro.Lines;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans.Kiro;

/// <summary>
/// Whatever stands in a file (merge marks, mixed line ends, byte order marks, NULs, half fences, nesting), writing back changes boxes and
/// nothing else.
/// </summary>
public class WriteBackSpecs
{
    static readonly BoxState[] States = [BoxState.Done, BoxState.InProgress, BoxState.Open];

    [Theory]
    [MemberData(nameof(Drawn.Seeds), 31, 2, MemberType = typeof(Drawn))]
    public void In_any_text_only_boxes_change(int seed) => Drawn.Rounds(seed, 200, Text, (text, random) =>
    {
        var tasks = Specs.Read(text).All().Where(task => task.Box is not null).ToList();
        // Boxes without a character get one, so the length changes there: they have a test of their own.
        if (tasks.Exists(task => task.Checks.Append(task.Box!).Any(box => box.Width != 1)))
            return;
        var wishes = tasks.Where(_ => random.Next(2) == 0).Select(task => new BoxWish(new(task.Id, task.Title), States[random.Next(3)]))
            .ToList();
        foreach (var parentsFollow in (bool[])[false, true])
        {
            var set = TasksFile.SetBoxes(text, wishes, parentsFollow: parentsFollow);
            Assert.Equal(text.Length, set.Text.Length);
            var boxes = Specs.Read(text).All().SelectMany(task => task.Checks.Append(task.Box)).OfType<CheckBox>()
                .Select(box => box.At).ToHashSet();
            for (var at = 0; at < text.Length; at++)
                Assert.True(text[at] == set.Text[at] || boxes.Contains(at), $"at {at}");
            // Said once more, it stays as it is.
            Assert.True(parentsFollow || TasksFile.SetBoxes(set.Text, wishes, parentsFollow: parentsFollow).Text == set.Text, "again");
        }
    });

    static string Text(Random random) => random.Next(3) switch
    {
        0 => RandomFile.Noise(random, random.Next(1, 800)),
        1 => AnyTextSpecs.Damaged(string.Concat(RandomFile.Blocks(random)), random),
        _ => AnyTextSpecs.Damaged($"<<<<<<< HEAD\r\n{string.Concat(RandomFile.Blocks(random))}=======\r\n"
            + $"{string.Concat(RandomFile.Blocks(random))}>>>>>>> other\r\n{new string(' ', random.Next(60))}- [ ] deep\n", random),
    };
}
