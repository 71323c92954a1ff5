using Orchestrator.Items;
using Orchestrator.Plans;
using Orchestrator.Plans.Kiro;

namespace Orchestrator.Tests.Plans.Kiro;

/// <summary>Task files of real projects, where somebody keeps them beside the repository.</summary>
public class SampleSpecs
{
    static readonly string Folder = Path.Combine(Support.TestPrograms.RepositoryRoot, "..", "shared", "samples");

    [Theory]
    [InlineData("tasks-01-waves-all-done.md", 20, 10, 20, 0)]
    [InlineData("tasks-02-waves-optional-partial.md", 66, 17, 49, 17)]
    [InlineData("tasks-03-bugfix-spec.md", 18, 7, 18, 0)]
    [InlineData("tasks-04-in-progress-parents.md", 62, 18, 62, 0)]
    [InlineData("tasks-05-multi-agent.md", 57, 17, 57, 13)]
    [InlineData("tasks-06-ccsdd-headings-parallel.md", 28, 8, 0, 1)]
    [InlineData("tasks-07-ccsdd-japanese.md", 28, 8, 0, 1)]
    [InlineData("tasks-08-ccsdd-flat-siblings.md", 41, 13, 0, 0)]
    public void A_real_file_gives_all_its_boxes(string name, int boxes, int units, int done, int optional)
    {
        var file = Path.Combine(Folder, name);
        if (!File.Exists(file))
            Assert.Skip("There are no samples here.");
        var text = File.ReadAllText(file);
        var document = Specs.Read(text);
        var plan = DraftCheck.Finish(KiroImporter.Import([new("tasks.md", text)])).Plan!;
        Assert.Equal((boxes, units), (document.Boxes, plan.Items.Count));
        Assert.Equal(done, document.All().Count(task => task is { Box: not null, Done: true }));
        Assert.Equal(optional, document.All().Count(task => task is { Box: not null, Optional: true }));
        Assert.Equal(done == boxes || name.Contains("-02-", StringComparison.Ordinal) ? plan.Items.Count : 0,
            plan.Items.Count(unit => unit.Status == ItemStatus.Done));
        var exported = TasksMarkdown.Of(plan);
        Assert.Equal(exported, TasksMarkdown.Of(KiroImporter.Import([new("tasks.md", exported)]).Plan!));
    }
}
