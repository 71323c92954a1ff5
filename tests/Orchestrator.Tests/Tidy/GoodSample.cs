namespace Orchestrator.Tests.Tidy;

/// <summary>A small made-up repository that touches every rule from the right side. No rule may say anything about it.</summary>
static class GoodSample
{
    public static SourceTree Tree => SourceTree.Of(
        ("src/Orchestrator/Runs/RunStore.cs", Run),
        ("src/Orchestrator/Runs/ListRuns.cs",
            "namespace Orchestrator.Runs;\n\n/// <summary>Reads.</summary>\nstatic class ListRuns;\n"),
        ("src/Orchestrator/Sessions/Session.cs",
            "namespace Orchestrator.Sessions;\n\n/// <summary>One.</summary>\nsealed record Session(string Id);\n"),
        ("src/Orchestrator/Agents/Codex.cs", Agents),
        ("src/Orchestrator/Program.cs",
            "using Orchestrator.Runs;\n\nConsole.WriteLine(\"codex-profile\");\nreturn await ListRuns.Go();\n"),
        ("tests/Orchestrator.Tests/Runs/RunStoreSpecs.cs",
            "namespace Orchestrator.Tests.Runs;\n\npublic class RunStoreSpecs\n{\n}\n"),
        ("Directory.Packages.props",
            "<Project>\n  <!-- Needed for a reason. -->\n  <PackageVersion Include=\"A\" />\n  <PackageVersion Include=\"B\" />\n"),
        (".editorconfig",
            "[*.cs]\n# CA1 and CA2 are for libraries.\ndotnet_diagnostic.CA1.severity = none\ndotnet_diagnostic.CA2.severity = none\n"),
        ("README.md",
            "# A thing\n\nSee [below](#a-thing), [docs](docs/b.md#two-words--here), `src/Orchestrator/Runs`, `Runs/RunStore.cs`.\n"),
        ("web/src/tokens.css", ":root { --bad: #b3261e; }\n"),
        ("web/src/runs/run.css", ".run { color: var(--bad); }\n"),
        ("docs/b.md",
            "## Two words & here\n\n[up](../README.md) [out](https://example.org/x)\n\n```\n[not](a-link.md)\n# not a heading\n```\n"));

    const string Agents = """
        namespace Orchestrator.Agents;

        /// <summary>What adapters share.</summary>
        interface IAgent
        {
            string Name { get; }
        }

        /// <summary>One.</summary>
        sealed class Codex : IAgent
        {
            public string Name => "codex";
        }

        /// <summary>Two.</summary>
        sealed class Claude(int turns) : IAgent
        {
            public string Name { get; } = $"claude{(turns > 1 ? "s" : "")}";
        }

        """;

    const string Run = """"
        using System.Text.RegularExpressions;
        using Orchestrator.Sessions;

        namespace Orchestrator.Runs;

        /// <summary>Keeps runs; Process.Start and DateTime.Now are only words here.</summary>
        static partial class RunStore
        {
            const string Take = """
                update runs set fence = fence + 1, status = 'starting' where id = $id
                """;
            const string Say = "DateTime.Now; Thread.Sleep(1); // not code";

            /// <summary>The odd one has its reason.</summary>
            [GeneratedRegex("[{}\"]")]
            private static partial Regex Braces();

            static async Task Wait(Session session, TimeProvider clock, CancellationToken stop)
            {
                // TODO #12: the provider's reset time.
                await Task.Delay(TimeSpan.FromSeconds(Math.Max(1, session.Id.Length)), clock, stop);
                var text = $"{session.Id,-10}{clock.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss}{{}}" + $@"a""{stop}" + '"' + '\'' + "\"";
                var raw = $$"""
                    {"id": {{session.Id}}, "sql": "update runs set other = 1", "x": "{}"}
                    """;
        #pragma warning disable CA9999 // The analyzer does not see that raw is used.
                _ = text + raw;
            }
        }

        """";
}
