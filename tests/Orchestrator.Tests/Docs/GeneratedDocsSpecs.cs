using Orchestrator.Tests.Tidy;

namespace Orchestrator.Tests.Docs;

/// <summary>Generated pages are as the code makes them, and the table of operations is whole.</summary>
public class GeneratedDocsSpecs
{
    public static TheoryData<string> Paths => [.. GeneratedDocs.Pages.Keys];

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_generated_page_is_what_the_code_makes_it(string path)
    {
        var expected = GeneratedDocs.Pages[path]();
        var file = Path.Combine(SourceTree.RootFolder(), path);
        if (Environment.GetEnvironmentVariable("UPDATE_GENERATED") == "1") File.WriteAllText(file, expected);
        Assert.True(File.Exists(file), $"{path} is missing: run this test with UPDATE_GENERATED=1.");
        Assert.True(File.ReadAllText(file) == expected,
            $"{path} is not what the code makes it: run with UPDATE_GENERATED=1 and read the diff.");
    }

    [Fact]
    public void Every_operation_has_a_command_or_a_reason_for_none()
    {
        var known = Faces.All.Where(f => f.Operation.Length > 0).ToDictionary(f => f.Operation);
        foreach (var operation in Surface.Operations(SourceTree.Repository))
        {
            Assert.True(known.TryGetValue(operation.Name, out var face),
                $"{operation.Path}:{operation.Line}: {operation.Name} is not in Docs/Faces.cs. Name its command, or say why it has none.");
            Assert.True(face!.Commands.Length > 0 || face.Reason.Length > 10, $"{operation.Name} has neither a command nor a reason.");
        }
    }

    [Fact]
    public void Every_command_is_named_with_its_operation()
    {
        var unnamed = Surface.Commands().Select(c => c.Words).Except(Faces.All.SelectMany(f => f.Commands)).ToList();
        Assert.True(unnamed.Count == 0, $"Not in Docs/Faces.cs: {string.Join(", ", unnamed)}. Say which operation each asks for.");
    }

    [Fact]
    public void Faces_name_nothing_that_is_not_there()
    {
        var operations = Surface.Operations(SourceTree.Repository).Select(o => o.Name).Append("").ToHashSet();
        var commands = Surface.Commands().Select(c => c.Words).ToHashSet();
        foreach (var face in Faces.All)
        {
            Assert.True(operations.Contains(face.Operation), $"Docs/Faces.cs: there is no operation {face.Operation}.");
            foreach (var command in face.Commands)
                Assert.True(commands.Contains(command), $"Docs/Faces.cs: there is no command '{command}'.");
        }
    }

    [Fact]
    public void Registrations_are_read_from_the_source()
    {
        var tree = SourceTree.Of(("src/Orchestrator/Runs/X.cs", """
            // routes.Get("/not", "Not", x);
            class X
            {
                void Map(Routes routes)
                {
                    routes.Post("/runs/{id}/x", nameof(X), async call => Reply.Ok(call.Id("(")), Scope.Admin, RunAccess.OwnRun);
                    foreach (var path in (string[])["/a", "/b"])
                        routes.Get(path, "Y", _ => null);
                }
            }
            """));
        Assert.Equal(
            [
                new("Y", "GET", "/a", "Read", "Never", "src/Orchestrator/Runs/X.cs", 8),
                new("Y", "GET", "/b", "Read", "Never", "src/Orchestrator/Runs/X.cs", 8),
                new("X", "POST", "/runs/{id}/x", "Admin", "OwnRun", "src/Orchestrator/Runs/X.cs", 6),
            ],
            Surface.Operations(tree));
    }
}
