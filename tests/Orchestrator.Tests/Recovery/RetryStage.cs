using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Recovery;

/// <summary>
/// A daemon with profiles of a plain program that plays, at its nth start in a workspace, the lines of its prompt that begin with
/// <c>@n</c>, as shell. What it is asked it keeps in <c>.prompt.n</c>.
/// </summary>
static class RetryStage
{
    const string Agent = """
        failure() { echo "{\"agentctl\":{\"type\":\"failure\",\"reason\":\"$1\",\"text\":\"$1\",\"retry_after_s\":${2:-null}}}"; exit 1; }
        thread() { echo "{\"agentctl\":{\"type\":\"thread\",\"id\":\"$1\"}}"; }
        used() { echo "{\"agentctl\":{\"type\":\"usage\",\"input_tokens\":1000,\"output_tokens\":0,\"cost_usd\":$1}}"; }
        result() { echo "{\"goal_met\":$1,\"summary\":\"$2\",\"followup_prompt\":\"$3\"}"; }
        await() { while [ ! -e "$1" ]; do sleep 0.1; done; }
        n=$(($(cat .n 2>/dev/null || echo 0) + 1)); echo $n > .n
        cat > .prompt.$n
        sed -n "s/^@$n //p" .prompt.$n > .steps.$n
        . ./.steps.$n
        """;

    /// <summary>Starts it. Profiles: free (the default mode), waits (provider), full, spark → deep → deeper, brief (a limit).</summary>
    public static async Task<TestDaemon> Start(string? more = null)
    {
        var daemon = Prepare(more);
        await daemon.Start();
        return daemon;
    }

    public static TestDaemon Prepare(string? more = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(TestPrograms.RepositoryRoot, "artifacts", "test-agents")).FullName;
        var path = Path.Combine(folder, "retry-agent.sh");
        if (!File.Exists(path) || File.ReadAllText(path) != Agent)
        {
            var draft = Path.Combine(folder, Ids.New());
            File.WriteAllText(draft, Agent);
            File.Move(draft, path, overwrite: true);
        }

        string Profile(string name, string rest) =>
            $"  {name}:\n    agent: command\n    command: [\"sh\", \"{path}\"]\n    {rest}\n";

        return TestDaemon.Prepare(
            Profile("free", "model: any") + Profile("waits", "retry: {mode: provider}") + Profile("full", "retry: {mode: full}")
            + Profile("spark", "retry: {mode: full}\n    escalates_to: deep\n    structured_result: true")
            + Profile("deep", "escalates_to: deeper\n    structured_result: true") + Profile("deeper", "structured_result: true")
            + Profile("thrifty", "retry: {mode: full, attempts: 9, max_cost_usd: 1}")
            + Profile("brief", "limits: {total_s: 3}") + more);
    }

    /// <summary>Queues a run of these shell lines; the number before each is the attempt that plays it.</summary>
    public static async Task<JsonNode> Run(TestDaemon daemon, string profile, params string[] lines) => (await daemon.Post("/runs",
        new JsonObject { ["profile"] = profile, ["prompt"] = "work\n" + string.Join('\n', lines.Select(line => "@" + line)) }))["run"]!;

    /// <summary>The attempts from a run to the last one, each once it has ended.</summary>
    public static async Task<List<JsonNode>> Chain(TestDaemon daemon, JsonNode run)
    {
        var chain = new List<JsonNode> { await daemon.Ended((string)run["id"]!, 90) };
        while ((string?)chain[^1]["next_run_id"] is { } next)
            chain.Add(await daemon.Ended(next, 90));
        return chain;
    }

    /// <summary>What the nth start in the run's workspace was asked.</summary>
    public static string Asked(JsonNode run, int nth) =>
        File.ReadAllText(Path.Combine((string)run["workspace"]!["path"]!, $".prompt.{nth}"));

    /// <summary>One word for each attempt: how it came and how it ended.</summary>
    public static string Words(IEnumerable<JsonNode> chain) => string.Join(' ', chain.Select(run =>
        $"{(string?)run["retry_how"] ?? "asked"}:{(string?)run["profile"]}:{(string?)run["reason"] ?? (string?)run["status"]}"));
}
