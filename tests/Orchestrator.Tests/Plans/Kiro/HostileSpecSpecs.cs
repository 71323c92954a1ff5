using System.Diagnostics;
using Orchestrator.Plans.Kiro;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans.Kiro;

/// <summary>No text makes a reader throw, and none makes it slow.</summary>
public class HostileSpecSpecs
{
    const int Million = 1_000_000, Lines = 15_000;

    /// <summary>A megabyte on one line; of many lines a third of it, which is more lines than anybody writes.</summary>
    static string Many(string piece) =>
        string.Concat(Enumerable.Repeat(piece, (piece.Contains('\n', StringComparison.Ordinal) ? Million / 3 : Million) / piece.Length));

    static string Counted(Func<int, string> line) => string.Concat(Enumerable.Range(1, Lines).Select(line));

    public static TheoryData<string, string> Texts() => new()
    {
        { "one line", new string('a', Million) },
        { "one box with a long title", "- [ ] 1. " + new string('a', Million) },
        { "nothing but stars", "- [ ] " + new string('*', Million) },
        { "links", "- [ ] 1. " + Many("[a](b)") },
        { "half links", "- [ ] 1. " + Many("](") },
        { "openings of links", "- [ ] 1. " + Many("[") + "](x)" },
        { "comments that open", Many("<!--") },
        { "comments that open on lines", Many("<!-- a\n") },
        { "fences that open", Many("```a\n") },
        { "longer and longer fences", string.Concat(Enumerable.Range(3, 1200).Select(n => new string('`', n) + "\n")) },
        { "conflicts that open", Many("<<<<<<<\n") },
        { "conflicts", Many("<<<<<<<\n=======\n>>>>>>>\n") },
        { "deeper and deeper", string.Concat(Enumerable.Range(0, 1400).Select(n => new string(' ', n) + "- [ ] a\n")) },
        { "the same number", Many("- [ ] 1. A\n") },
        { "the same step", "- [ ] 1. A\n" + Many("- [ ] 1.1 A\n") },
        { "the same title", Many("- [ ] A\n") },
        { "steps without parents", Counted(n => $"## {n}. H\n- [ ] {n}.1 A\n") },
        { "steps without parents, in sections of their own", Counted(n => $"## H {n}\n- [ ] {n}.1 A\n") },
        { "the same numbers in every section", Counted(n => $"## H {n}\n- [ ] 1.1 A\n") },
        { "phases", Counted(n => $"## Phase {n}\n- [ ] {n}. A\n") },
        { "checkpoints", Counted(n => $"- [ ] {n}. Checkpoint\n") },
        { "dependencies backwards", Counted(n => $"- [ ] {n}. A\n  - _Depends: {n + 1}_\n") },
        { "a ring", Counted(n => $"- [ ] {n}. A\n  - _Depends: {n % Lines + 1}_\n") },
        { "dependencies on one", Counted(n => $"- [ ] {n}. A\n  - _Depends: 1_\n") },
        { "all parallel", Counted(n => $"- [ ] {n}. (P) A\n") + "- [ ] 30000. B\n" },
        { "one field", "- [ ] 1. A\n  - _Depends: " + Many("1,") + "_" },
        { "ranges", "- [ ] 1. A\n  - _Requirements: " + Many("1–999999,") + "_" },
        { "semicolons", "- [ ] 1. A\n  - _Requirements: " + Many(";") + "_" },
        { "fields on a line", "- [ ] 1. A\n  - " + Many("_a: b_ ") },
        { "headings", Many("# a\n") },
        { "underlines", Many("a\n===\n") },
        { "numbers", "- [ ] " + Many("1.") },
        { "deep JSON", "- [ ] 1. A\n```json\n{\"waves\": " + new string('[', Million) + "\n```\n" },
        { "waves", "- [ ] 1. A\n```json\n{\"waves\": [" + Many("[\"1\"],") + "[]]}\n```\n" },
        { "NUL", new string('\0', Million) },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_megabyte_of_anything_is_read_in_little_time(string name, string text)
    {
        var watch = Stopwatch.StartNew();
        var read = Specs.Import(text, text, text);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{name}: {watch.Elapsed}");
        Assert.True(read.Findings.Count < 1500, $"{name}: {read.Findings.Count} findings");
    }

    [Fact]
    public void Five_thousand_tasks_take_no_time()
    {
        var text = string.Concat(Enumerable.Range(1, 1000).Select(n => $"- [ ] {n}. Unit {n}\n"
            + string.Concat(Enumerable.Range(1, 4).Select(k => $"  - [ ] {n}.{k} Step {k}\n    - do it\n    - _Requirements: 1.{k}_\n"))));
        Specs.Import(text);
        var watch = Stopwatch.StartNew();
        var plan = Specs.Plan(text);
        Assert.Equal((1000, 4000), (plan.Items.Count, plan.Items.Sum(unit => unit.Steps.Count)));
        // 300 ms on a quiet machine; tests run beside others.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), watch.Elapsed.ToString());
    }

    [Theory]
    [MemberData(nameof(Drawn.Seeds), 21, 4, MemberType = typeof(Drawn))]
    public void No_noise_makes_it_throw_or_lose_a_box(int seed) =>
        Drawn.Rounds(seed, 250, random => RandomFile.Noise(random, random.Next(1, 600)), (text, random) =>
        {
            var read = Specs.Import(text, RandomFile.Noise(random, 200), RandomFile.Noise(random, 200));
            Assert.True(read.Plan is not null || read.Findings.Any(finding => finding.IsError));
            Assert.DoesNotContain(read.Findings, finding => finding.Code == "lost_boxes");
            if (read.Plan is not { } plan)
                return;
            Assert.Equal(plan.Items.Count, plan.Items.Select(unit => unit.ForeignId).Distinct().Count());
            var ids = plan.Items.Select(unit => unit.ForeignId).ToHashSet();
            Assert.All(plan.Items, unit => Assert.All(unit.DependsOn.Concat(unit.After.Select(one => one.ForeignId)), id =>
                Assert.Contains(id, ids)));
            Assert.All(plan.Items, unit => Assert.Contains(plan.Phases, phase => phase.Id == unit.Phase));
            foreach (var task in Specs.Read(text).All().Where(task => task.Box is not null))
            {
                var set = TasksFile.SetBox(text, new(task.Id, task.Title), Orchestrator.Plans.Kiro.Lines.BoxState.Done);
                Assert.Equal(task.Box!.State == Orchestrator.Plans.Kiro.Lines.BoxState.Done ? 0 : 1, set.Changed);
            }
            Specs.Import(TasksMarkdown.Of(plan));
        });
}
