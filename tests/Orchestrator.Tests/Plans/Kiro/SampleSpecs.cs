using Orchestrator.Items;
using Orchestrator.Plans;
using Orchestrator.Plans.Kiro;

namespace Orchestrator.Tests.Plans.Kiro;

/// <summary>Task files of real projects, where somebody keeps them beside the repository.</summary>
public class SampleSpecs
{
    static readonly string Folder = Path.Combine(Support.TestPrograms.RepositoryRoot, "..", "shared", "samples");

    const string Own = """
        # Implementation Plan

        - [x] 1. Lay the base
          - [x] 1.1 Model
          - [x] 1.2 Store
        - [ ] 2. Build on it
          - [ ] 2.1 Pages
          - [ ]* 2.2 Property test
        - [ ] 3. Checkpoint - all tests pass
        """;

    static readonly (string Name, int Boxes, int Units, int Done, int Optional)[] Real =
    [
        ("tasks-01-waves-all-done.md", 20, 10, 20, 0), ("tasks-02-waves-optional-partial.md", 66, 17, 49, 17),
        ("tasks-03-bugfix-spec.md", 18, 7, 18, 0), ("tasks-04-in-progress-parents.md", 62, 18, 62, 0),
        ("tasks-05-multi-agent.md", 57, 17, 57, 13), ("tasks-06-ccsdd-headings-parallel.md", 28, 8, 0, 1),
        ("tasks-07-ccsdd-japanese.md", 28, 8, 0, 1), ("tasks-08-ccsdd-flat-siblings.md", 41, 13, 0, 0),
    ];

    /// <summary>One of ours, and what is there of the others.</summary>
    public static TheoryData<string, int, int, int, int> Files =>
        new(Real.Where(file => File.Exists(Path.Combine(Folder, file.Name))).Prepend(("own", 7, 3, 3, 1)).ToArray());

    [Theory]
    [MemberData(nameof(Files))]
    public void A_real_file_gives_all_its_boxes(string name, int boxes, int units, int done, int optional)
    {
        var text = name == "own" ? Own : File.ReadAllText(Path.Combine(Folder, name));
        var document = Specs.Read(text);
        var plan = DraftCheck.Finish(KiroImporter.Import([new("tasks.md", text)])).Plan!;
        Assert.Equal((boxes, units), (document.Boxes, plan.Items.Count));
        Assert.Equal(done, document.All().Count(task => task is { Box: not null, Done: true }));
        Assert.Equal(optional, document.All().Count(task => task is { Box: not null, Optional: true }));
        Assert.Equal(name == "own" ? 1 : done == boxes || name.Contains("-02-", StringComparison.Ordinal) ? plan.Items.Count : 0,
            plan.Items.Count(unit => unit.Status == ItemStatus.Done));
        var exported = TasksMarkdown.Of(plan);
        Assert.Equal(exported, TasksMarkdown.Of(KiroImporter.Import([new("tasks.md", exported)]).Plan!));
    }
}
