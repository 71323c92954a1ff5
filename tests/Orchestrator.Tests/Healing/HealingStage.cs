using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Healing;

/// <summary>A daemon that looks often, with profiles that count as stalled after seconds. What an agent heard is in a file.</summary>
static class HealingStage
{
    // Speaks the stream protocol, and says nothing at all once it has begun, whatever it hears.
    const string Deaf = """
        #!/bin/sh
        printf '%s\n' '{"type":"system","subtype":"init","session_id":"5e55","model":"still"}'
        while read -r line; do
          printf '%s\n' "$line" >> "$HEARD"
          case $line in
            *'"subtype":"interrupt"'*) printf '%s\n' \
        '{"type":"result","subtype":"error_during_execution","is_error":true,"terminal_reason":"aborted_tools","usage":{}}' ;;
          esac
        done
        """;

    public static string Heard(TestDaemon daemon) => Path.Combine(daemon.Root, "heard");

    /// <summary>Profiles: still (its whole ladder), brisk (the same without a restart), plain (cannot be asked), watched (told of and
    /// never stopped), eager (idle limit first).</summary>
    public static TestDaemon Prepare(string more = "")
    {
        var daemon = TestDaemon.Prepare();
        var program = Path.Combine(daemon.Root, "still.sh");
        File.WriteAllText(program, Deaf.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        const string quick = "quiet_s: 1, stalled_s: 2, wait_s: 0.5";
        File.AppendAllText(Path.Combine(daemon.Data, "config.yaml"), $$"""

              still:
                agent: claude
                protocol: stream
                command: ["{{program}}"]
                env: {HEARD: "{{Heard(daemon)}}"}
                escalates_to: plain
                healing: {{{quick}}, interrupt: true, restarts: "1"}
              brisk:
                agent: claude
                protocol: stream
                command: ["{{program}}"]
                env: {HEARD: "{{Heard(daemon)}}"}
                escalates_to: plain
                healing: {quiet_s: 0.5, stalled_s: 1, wait_s: 0.5, interrupt: true, restarts: "0"}
              plain:
                agent: command
                command: ["{{TestPrograms.FakeAgent}}"]
                healing: {{{quick}}, interrupt: true, restarts: "0"}
              watched:
                agent: command
                command: ["{{TestPrograms.FakeAgent}}"]
                healing: {{{quick}}}
              eager:
                agent: command
                command: ["{{TestPrograms.FakeAgent}}"]
                limits: {idle_s: 1}
                healing: {quiet_s: 1, stalled_s: 60, interrupt: true}
            healing: {look_s: 0.2}
            {{more}}
            """.ReplaceLineEndings("\n"));
        return daemon;
    }

    public static async Task<JsonNode> Queue(TestDaemon daemon, string profile, params string[] steps)
    {
        var order = TestDaemon.Order(steps);
        order["profile"] = profile;
        return (await daemon.Post("/runs", order))["run"]!;
    }

    /// <summary>Every step of healing in the store's events, in order, as <c>step:run</c> with runs numbered as they appear.</summary>
    public static async Task<List<string>> Steps(TestDaemon daemon)
    {
        var names = new List<string>();
        string Name(string id)
        {
            if (!names.Contains(id))
                names.Add(id);
            return (names.IndexOf(id) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return [.. (await daemon.Events()).Where(e => (string?)e["event_type"] == "run.healing")
            .Select(e => $"{(string?)e["data"]!["step"]}:{Name((string)e["data"]!["run_id"]!)}")];
    }

    public static JsonNode? Health(TestDaemon daemon, JsonNode run) => daemon.Look($"/runs/{run["id"]}")["run"]!["health"];

    public static Task Until(TestDaemon daemon, JsonNode run, string verdict) => Eventually.True(
        () => (string?)Health(daemon, run)?["verdict"] == verdict, $"run {run["id"]} is {verdict}", TimeSpan.FromSeconds(40));
}
