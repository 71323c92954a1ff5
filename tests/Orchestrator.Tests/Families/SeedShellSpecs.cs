using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Families;

/// <summary>The shell example of the published gateway design, as it is written there.</summary>
public class SeedShellSpecs
{
    const string WithPython = """
        CHILD_SESSION_ID=$(printf '%s' "$SPAWN" | python3 -c 'import json,sys; print(json.load(sys.stdin)["session"]["id"])')
        CHILD_RUN_ID=$(printf '%s' "$SPAWN" | python3 -c 'import json,sys; print(json.load(sys.stdin)["run"]["id"])')
        """;

    static string Spawn(JsonNode parent, string key) =>
        $"SPAWN=$(./bin/agentctl tool session-spawn --parent-run-id {parent["id"]} --task \"Ask for approval before risky actions\"{key})";

    const string Escalate = "./bin/agentctl tool session-reply-parent --run-id \"$CHILD_RUN_ID\" --request-kind approval_request "
        + "--text \"Need approval to run: rm -rf ./tmp-cache\"";

    // The same ids where there is no python3: the key makes it the same child.
    const string WithField = """
        again() { ./bin/agentctl --field "$1" tool session-spawn --parent-run-id "$PARENT" --task "$TASK" --idempotency-key k; }
        CHILD_SESSION_ID=$(again session.id)
        CHILD_RUN_ID=$(again run.id)
        """;

    static bool HasPython => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(folder => File.Exists(Path.Combine(folder, "python3")));

    [Fact]
    public async Task Spawn_escalate_observe_and_answer()
    {
        await using var daemon = TestDaemon.Prepare();
        var gate = daemon.Gate();
        await File.WriteAllTextAsync(Path.Combine(daemon.Data, "config.yaml"), $$"""
            profiles:
              fake:
                agent: command
                command: ["{{TestPrograms.FakeAgent}}", "--script-text", "wait-file {{gate}}"]
            """, TestContext.Current.CancellationToken);
        await daemon.Start();
        Directory.CreateDirectory(Path.Combine(daemon.Root, "bin"));
        File.CreateSymbolicLink(Path.Combine(daemon.Root, "bin", "agentctl"), TestPrograms.Agentctl);
        var parent = await daemon.Becomes((await daemon.Post("/runs",
            new JsonObject { ["prompt"] = "lead", ["profile"] = "fake" }))["run"]!, "running");
        var (key, ids) = HasPython ? ("", WithPython) : (" --idempotency-key k", WithField);

        var (code, said) = await ShellScript.Run($$"""
            set -e
            PARENT={{parent["id"]}}
            TASK="Ask for approval before risky actions"
            {{Spawn(parent, key)}}
            {{ids}}
            {{Escalate}}
            echo ==== events
            ./bin/agentctl events list --session-id {{parent["session_id"]}}
            echo ==== send
            ./bin/agentctl tool session-send --session-id "$CHILD_SESSION_ID" --text "Approved. Proceed with cleanup only in ./tmp-cache."
            echo "==== ids $CHILD_SESSION_ID $CHILD_RUN_ID"
            """, daemon.Root, new Dictionary<string, string> { ["AGENTD_DATA"] = daemon.Data, ["AGENTCTL_URL"] = daemon.Url });

        Assert.True(code == 0, said);
        Assert.Contains("Need approval to run: rm -rf ./tmp-cache",
            said[said.IndexOf("==== events", StringComparison.Ordinal)..said.IndexOf("==== send", StringComparison.Ordinal)],
            StringComparison.Ordinal);
        var named = said[said.LastIndexOf("==== ids", StringComparison.Ordinal)..].Split(' ', '\n');
        var (childSession, childRun) = (named[2], named[3]);
        var request = daemon.List($"/requests?run_id={childRun}", "requests").Single();
        Assert.Equal(("answered", "Approved. Proceed with cleanup only in ./tmp-cache."),
            ((string?)request["state"], (string?)request["answer"]!["text"]));
        Assert.Equal((childSession, (string?)parent["session_id"]), ((string?)request["session_id"], (string?)request["to_session_id"]));
        Assert.Single(daemon.List($"/runs?session_id={childSession}", "runs"));
        Kin.Open(gate);
        Assert.Equal("succeeded", (string?)(await daemon.Ended(childRun))["status"]);
        Assert.Equal("succeeded", (string?)(await daemon.Ended((string)parent["id"]!))["status"]);
        Assert.Equal(["run.waiting", "run.resumed"],
            await daemon.TypesOf(new JsonObject { ["id"] = childRun }, "run.waiting", "run.resumed"));
    }
}
