using System.Text.Json;
using Orchestrator.Requests;

namespace Orchestrator.Tests.Requests;

/// <summary>What a request asks for, read out of its detail: where its files really are, and whether all of it is known.</summary>
public sealed class AskedReadingSpecs : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("asked-").FullName;
    readonly string workspace;

    public AskedReadingSpecs()
    {
        workspace = Directory.CreateDirectory(Path.Combine(root, "w")).FullName;
        Directory.CreateDirectory(Path.Combine(workspace, "docs"));
        Directory.CreateDirectory(Path.Combine(root, "elsewhere"));
        File.CreateSymbolicLink(Path.Combine(workspace, "out"), Path.Combine(root, "elsewhere"));
        File.CreateSymbolicLink(Path.Combine(workspace, "in"), "docs");
        File.CreateSymbolicLink(Path.Combine(workspace, "round"), "round");
        File.CreateSymbolicLink(Path.Combine(workspace, "hooks"), ".git/hooks");
        // A workspace is often reached by a link itself.
        Directory.CreateSymbolicLink(Path.Combine(root, "link"), workspace);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Theory]
    [InlineData("docs/a.md", "docs/a.md")]
    [InlineData("./docs/../docs/a.md", "docs/a.md")]
    [InlineData("W/docs/a.md", "docs/a.md")]
    [InlineData("LINK/docs/a.md", "docs/a.md")]
    [InlineData("in/a.md", "docs/a.md")]
    [InlineData("new/folder/a.md", "new/folder/a.md")]
    [InlineData("hooks/pre-commit", ".git/hooks/pre-commit")]
    [InlineData("../w/docs/a.md", "docs/a.md")]
    [InlineData("../elsewhere/a.md", null)]
    [InlineData("out/a.md", null)]
    [InlineData("in/../../elsewhere/a.md", null)]
    [InlineData("out/../w/docs/a.md", "docs/a.md")]
    [InlineData("new/../../elsewhere", null)]
    [InlineData("round/a.md", null)]
    [InlineData("~/docs/a.md", null)]
    [InlineData("/etc/passwd", null)]
    [InlineData("", null)]
    [InlineData("docs\u0000/../../elsewhere", null)]
    public void A_path_is_where_it_leads(string given, string? inside)
    {
        var path = given.Replace("W/", workspace + "/", StringComparison.Ordinal)
            .Replace("LINK/", root + "/link/", StringComparison.Ordinal);
        var detail = JsonSerializer.SerializeToElement(new { tool = "Write", folder = workspace, path });
        foreach (var at in new[] { workspace, Path.Combine(root, "link") })
        {
            var asked = AskedReading.Of(RequestKinds.Approval, detail, new Asker("r", "p", "demo", at));
            Assert.Equal(inside, asked.Paths.Single().Inside);
            Assert.Null(asked.Outside);
            Assert.Null(asked.Unclear);
        }
    }

    [Theory]
    [InlineData("""{"command":"ls"}""", false, false)]
    [InlineData("""{"command":"ls","folder":null}""", false, false)]
    [InlineData("""{"command":"ls","folder":"docs"}""", false, true)]
    [InlineData("""{"command":"ls","folder":"/etc"}""", false, true)]
    [InlineData("""{"command":"ls","partial":true}""", true, false)]
    [InlineData("""{"command":"ls","partial":false}""", false, false)]
    [InlineData("""{"command":"ls","partial":"no"}""", true, false)]
    [InlineData("""{"command":["ls"]}""", true, false)]
    [InlineData("""{"command":"ls","command":"rm -rf /"}""", true, false)]
    [InlineData("""{"command":"ls","Command":"rm -rf /"}""", true, false)]
    [InlineData("""{"command":"ls","path":{"a":1}}""", true, false)]
    [InlineData("""{"paths":["a",1]}""", true, false)]
    [InlineData("""{"command":"\ud800"}""", false, false)]
    public void What_is_said_in_two_ways_or_not_whole_is_unclear(string detail, bool unclear, bool outside)
    {
        var asked = AskedReading.Of(RequestKinds.Approval, JsonElement.Parse(detail), new Asker("r", "p", null, workspace));
        Assert.Equal((unclear, outside), (asked.Unclear is not null, asked.Outside is not null));
        var all = new RequestRule { Id = "a", Action = "allow", Command = "ls" };
        Assert.Equal(detail.Contains("\"ls\"", StringComparison.Ordinal) && !unclear && !outside ? "allow" : "none",
            RuleMatch.Judge([all], asked).Verdict);
    }

    [Fact]
    public void Nothing_said_is_nothing_allowed()
    {
        var all = new RequestRule { Id = "a", Action = "allow", Tool = "*" };
        var asked = AskedReading.Of(RequestKinds.Approval, null, new Asker(null, null, null, null));
        Assert.Equal("none", RuleMatch.Judge([all], asked).Verdict);
    }
}
