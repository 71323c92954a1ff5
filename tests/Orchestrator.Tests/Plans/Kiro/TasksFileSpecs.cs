using System.Text;
using Orchestrator.Items;
using Orchestrator.Plans.Kiro;
using Orchestrator.Plans.Kiro.Lines;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans.Kiro;

/// <summary>Writing back: one character, and nothing when it is not clear whose.</summary>
public class TasksFileSpecs
{
    const string Text = "\uFEFF# Plan\r\n\r\n- [ ] 1. First thing  \r\n  - [x] 1.1 Sub one\n\t- [ ]* 1.2 Sub two\r- [-] 2. Second thing\n"
        + "```\n- [ ] 1. First thing\n```\n- [] Unnumbered work\n- [ ] Unnumbered work\nlast line without end";

    [Theory]
    [InlineData("1", "First thing", "Done", 0, 'x')]
    [InlineData("1.1", "Sub one", "Open", 1, ' ')]
    [InlineData("1.2", null, "InProgress", 2, '-')]
    [InlineData("2", "Second thing", "Done", 3, 'x')]
    public void One_character_changes_and_nothing_else(string id, string? title, string state, int nth, char mark)
    {
        var set = TasksFile.SetBox(Text, new(id, title), Enum.Parse<BoxState>(state));
        Assert.Equal((1, 0), (set.Changed, set.Findings.Count));
        var at = Enumerable.Range(0, Text.Length).Where(i => Text[i] == '[').ElementAt(nth) + 1;
        Assert.Equal(Text[..at] + mark + Text[(at + 1)..], set.Text);
    }

    [Fact]
    public void An_empty_box_gets_its_character()
    {
        var id = Specs.Read(Text).All().First(task => task.Title == "Unnumbered work").Id;
        Assert.Equal(Text.Replace("- [] Unn", "- [x] Unn", StringComparison.Ordinal),
            TasksFile.SetBox(Text, new(id, "Unnumbered work"), BoxState.Done).Text);
    }

    [Theory]
    // Moved, indented anew, with other text around it: the number finds it.
    [InlineData("- [ ] 9. New\n\n  - [ ] 2. Second thing\n\n- [ ] 1. First thing\n", 1, "")]
    // Its title was mended.
    [InlineData("- [ ] 1. First thing!\n- [ ] 2. The second thing\n", 1, "title_changed")]
    // It has another number, and one alone has the title.
    [InlineData("- [ ] 1. New\n- [ ] 3. Second thing\n", 1, "task_renumbered")]
    // One was put before it: number and title say different tasks.
    [InlineData("- [ ] 1. New\n- [ ] 2. First thing\n- [ ] 3. Second thing\n", 0, "task_moved")]
    [InlineData("- [ ] 1. Second thing\n- [ ] 3. Second thing\n", 0, "task_moved")]
    // The number is somebody else's, or all is gone.
    [InlineData("- [ ] 2. Quite other work\n", 0, "task_replaced")]
    [InlineData("- [ ] 1. First thing\n", 0, "task_gone")]
    [InlineData("", 0, "task_gone")]
    [InlineData("```\n- [ ] 2. Second thing\n```\n", 0, "task_gone")]
    // Ticked already.
    [InlineData("- [x] 2. Second thing\n", 0, "")]
    // A heading has no box.
    [InlineData("### Task 2: Second thing\n", 0, "no_box")]
    public void Edits_by_others_are_met(string text, int changed, string codes)
    {
        var set = TasksFile.SetBox(text, new("2", "Second thing"), BoxState.Done);
        Assert.Equal((changed, codes), (set.Changed, string.Join(' ', set.Findings.Select(finding => finding.Code))));
        Assert.Equal(changed == 0 ? text : text.Replace("[ ] 2. Second", "[x] 2. Second", StringComparison.Ordinal)
            .Replace("[ ] 2. The", "[x] 2. The", StringComparison.Ordinal).Replace("[ ] 3. Sec", "[x] 3. Sec", StringComparison.Ordinal),
                set.Text);
    }

    [Fact]
    public void What_somebody_else_wrote_into_the_box_meanwhile_stays()
    {
        var set = TasksFile.SetBox("- [x] 1. A\n", new("1", "A", BoxState.Open), BoxState.InProgress);
        Assert.Equal((0, "box_changed"), (set.Changed, Assert.Single(set.Findings).Code));
        Assert.Empty(TasksFile.SetBox("- [x] 1. A\n", new("1", "A", BoxState.Open), BoxState.Done).Findings);
        Assert.Equal("- [-] 1. A\n", TasksFile.SetBox("- [ ] 1. A\n", new("1", "A", BoxState.Open), BoxState.InProgress).Text);
    }

    [Fact]
    public void Boxes_between_and_below_follow()
    {
        const string Before = "- [ ] 1. A\n  - [ ] 1.1 B\n    - [ ] 1.1.1 C\n    - [ ] 1.1.2 D\n      - [ ] small\n"
            + "  - [ ] 1.2 E\n    - [ ] tiny\n";
        var set = TasksFile.SetBoxes(Before, [new(new("1.1.1", "C"), BoxState.Done), new(new("1.1.2", "D"), BoxState.Done)],
            parentsFollow: true);
        Assert.Equal("- [ ] 1. A\n  - [x] 1.1 B\n    - [x] 1.1.1 C\n    - [x] 1.1.2 D\n      - [x] small\n  - [ ] 1.2 E\n    - [ ] tiny\n",
            set.Text);
        set = TasksFile.SetBoxes(set.Text, [new(new("1.2", "E"), BoxState.Done)], parentsFollow: true);
        Assert.DoesNotContain("[ ]", set.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Inbox", "", "- [ ] 1. A\n  - [ ] 1.1 B\n  - [ ]* 1.2 C\n  - [ ] 1.3 D\n")]
    [InlineData("InFlight", "1.1", "- [-] 1. A\n  - [x] 1.1 B\n  - [ ]* 1.2 C\n  - [ ] 1.3 D\n")]
    [InlineData("Review", "1.1 1.3", "- [-] 1. A\n  - [x] 1.1 B\n  - [ ]* 1.2 C\n  - [x] 1.3 D\n")]
    [InlineData("Done", "1.1 1.2", "- [x] 1. A\n  - [x] 1.1 B\n  - [x]* 1.2 C\n  - [x] 1.3 D\n")]
    [InlineData("Done", "", "- [x] 1. A\n  - [x] 1.1 B\n  - [ ]* 1.2 C\n  - [x] 1.3 D\n")]
    public void Boxes_say_how_far_the_work_is(string state, string steps, string expected)
    {
        const string Before = "- [ ] 1. A\n  - [ ] 1.1 B\n  - [ ]* 1.2 C\n  - [ ] 1.3 D\n";
        var unit = Specs.Plan(Before).Items[0];
        var wishes = BoxWishes.Of(unit, Enum.Parse<ItemStatus>(state), steps.Split(' ').ToHashSet());
        Assert.Equal(expected, TasksFile.SetBoxes(Before, wishes, parentsFollow: true).Text);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_left_alone()
    {
        var (bytes, set) = TasksFile.SetBoxes([.. "- [ ] 1. A\n"u8, 0xFF, 0xFE], [new(new("1", "A"), BoxState.Done)]);
        Assert.Equal([.. "- [ ] 1. A\n"u8, 0xFF, 0xFE], bytes);
        Assert.Equal("not_text", Assert.Single(set.Findings).Code);
        foreach (var encoding in new[] { new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            byte[] file = [.. encoding.GetPreamble(), .. encoding.GetBytes("- [ ] 1. Ä\r\n")];
            Assert.Equal([.. encoding.GetPreamble(), .. encoding.GetBytes("- [x] 1. Ä\r\n")],
                TasksFile.SetBoxes(file, [new(new("1", "Ä"), BoxState.Done)]).Bytes);
        }
    }

    /// <summary>Random files; random boxes set; only they changed, and a file whose blocks were put into another order gets the
    /// same.</summary>
    [Theory]
    [MemberData(nameof(Drawn.Seeds), 1, 3, MemberType = typeof(Drawn))]
    public void Only_the_boxes_wished_for_change_in_any_file(int seed)
    {
        string[] blocks = [];
        Drawn.Rounds(seed, 200, random => string.Concat(blocks = [.. RandomFile.Blocks(random)]), (text, random) =>
        {
            var tasks = Specs.Read(text).All().Where(task => task.Box is not null).ToList();
            var wishes = tasks.Where(_ => random.Next(3) == 0).Select(task => new BoxWish(new(task.Id, task.Title),
                random.Next(2) == 0 ? BoxState.Done : BoxState.InProgress)).ToList();
            var set = TasksFile.SetBoxes(text, wishes);
            Assert.Empty(set.Findings);
            var chosen = wishes.Select(wish => tasks.First(task => task.Id == wish.Task.Id).Box!.At).ToHashSet();
            Assert.Equal(text.Length, set.Text.Length);
            Assert.All(Enumerable.Range(0, text.Length), i => Assert.True(text[i] == set.Text[i] || chosen.Contains(i)));
            var after = Specs.Read(set.Text).All().ToDictionary(task => task.Id);
            Assert.All(wishes, wish => Assert.Equal(wish.State, after[wish.Task.Id].Box!.State));

            random.Shuffle(blocks);
            var moved = TasksFile.SetBoxes(string.Concat(blocks), wishes);
            var there = Specs.Read(moved.Text).All().ToDictionary(task => task.Id);
            Assert.All(wishes, wish => Assert.Equal(wish.State, there[wish.Task.Id].Box!.State));
        });
    }
}
