using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runs;

/// <summary>
/// A shell script that speaks the two-way protocol of one agent: it asks as often as its prompt says, and keeps every line it heard. For
/// what needs no real agent: crashes, expiry, floods.
/// </summary>
static class TalkingAgent
{
    const string Script = """
        #!/bin/sh
        say() { printf '%s\n' "$1"; }
        ask() {
          say '{"type":"control_request","request_id":"ask-'$1'","request":{"subtype":"can_use_tool","tool_name":"Bash",'\
        '"input":{"command":"make '$1'"},"tool_use_id":"t'$1'"}}'
        }
        finish() {
          say '{"type":"assistant","message":{"content":[{"type":"text","text":"'"$1"'"}]}}'
          say '{"type":"result","subtype":"success","is_error":false,"result":"'"$1"'","terminal_reason":"completed","usage":{}}'
        }
        say '{"type":"system","subtype":"init","session_id":"5e55","model":"talker"}'
        asked=0 asks=0
        while read -r line; do
          printf '%s\n' "$line" >> "$HEARD"
          case $line in
            *'"subtype":"interrupt"'*)
              [ -e "$HEARD.deaf" ] && continue
              say '{"type":"result","subtype":"error_during_execution","is_error":true,"terminal_reason":"aborted_tools","usage":{}}' ;;
            *'"type":"control_response"'*)
              asked=$((asked + 1))
              case $line in *'"behavior":"allow"'*) said=allowed ;; *) said=denied ;; esac
              if [ "$asked" -lt "$asks" ]; then ask "$asked"; else finish "$said"; fi ;;
            *'ask twice'*) asks=2; ask 0 ;;
            *'ask once'*) asks=1; ask 0 ;;
            *'wait'*) ;;
            *) finish plain ;;
          esac
        done
        echo EOF >> "$HEARD"
        """;

    /// <summary>Lines for a daemon's config.yaml: profile <c>talker</c>. What it hears is in <see cref="Heard"/>.</summary>
    public static void Install(TestDaemon daemon, string more = "")
    {
        var program = Path.Combine(daemon.Root, "talker.sh");
        File.WriteAllText(program, Script.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.AppendAllText(Path.Combine(daemon.Data, "config.yaml"), $$"""

              talker:
                agent: claude
                protocol: stream
                command: ["{{program}}"]
                env: {HEARD: "{{HeardFile(daemon)}}"}
            {{more}}
            """.ReplaceLineEndings("\n"));
    }

    public static string HeardFile(TestDaemon daemon) => Path.Combine(daemon.Root, "heard");

    /// <summary>Every line it was sent, and <c>EOF</c> once its input has ended.</summary>
    public static IReadOnlyList<string> Heard(TestDaemon daemon) =>
        File.Exists(HeardFile(daemon)) ? File.ReadAllLines(HeardFile(daemon)) : [];
}
