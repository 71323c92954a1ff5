using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.AcpHost;

/// <summary>
/// A shell script that speaks the Agent Client Protocol, badly where its prompt says so, and keeps every line it heard: for what no real
/// agent does.
/// </summary>
static class AcpScript
{
    const string Script = """
        #!/bin/sh
        say() { printf '%s\n' "$1"; }
        update() { say '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s1","update":'"$1"'}}'; }
        text() { update '{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"'"$1"'"}}'; }
        finish() { text "$1"; say '{"jsonrpc":"2.0","id":'"$prompt"',"result":{"stopReason":"end_turn"}}'; }
        call() {
          say '{"jsonrpc":"2.0","id":"'"$1"'","method":"'"$2"'","params":'"$3"'}'
          read -r reply
          printf '%s\n' "$reply" >> "$HEARD"
        }
        while read -r line; do
          printf '%s\n' "$line" >> "$HEARD"
          id=${line#*\"id\":}
          id=${id%%[,\}]*}
          case $line in
            *'"method":"initialize"'*)
              say '{"jsonrpc":"2.0","id":'$id',"result":{"protocolVersion":1,"agentCapabilities":{}}}' ;;
            *'"method":"session/new"'*)
              [ -n "$AGENTCTL_AUTH_TOKEN" ] && case $line in *"$AGENTCTL_AUTH_TOKEN"*) echo filled >> "$HEARD" ;; esac
              say '{"jsonrpc":"2.0","id":'$id',"result":{"sessionId":"s1"}}' ;;
            *'"method":"session/cancel"'*)
              [ -e "$HEARD.deaf" ] || say '{"jsonrpc":"2.0","id":'"$prompt"',"result":{"stopReason":"cancelled"}}' ;;
            *'"method":"session/prompt"'*)
              prompt=$id
              case $line in
                *'leave the workspace'*)
                  ln -s /etc link
                  call 1 fs/read_text_file '{"path":"/etc/hostname"}'
                  call 2 fs/read_text_file '{"path":"'"$PWD"'/link/hostname"}'
                  call 3 fs/write_text_file '{"path":"'"$PWD"'/../escaped","content":"x"}'
                  call 4 fs/write_text_file '{"path":"'"$PWD"'/inside","content":"kept"}'
                  finish left ;;
                *'run a terminal'*)
                  call 1 terminal/create '{"command":"echo $((40 + 2)); sleep 662 & exit 5"}'
                  update '{"sessionUpdate":"tool_call","toolCallId":"c1","title":"sum","kind":"execute","status":"in_progress",'\
        '"content":[{"type":"terminal","terminalId":"t1"}]}'
                  call 2 terminal/wait_for_exit '{"terminalId":"t1"}'
                  update '{"sessionUpdate":"tool_call_update","toolCallId":"c1","status":"completed"}'
                  finish ran ;;
                *'talk nonsense'*)
                  say 'no json at all'
                  say '{"jsonrpc":"2.0","id":"n","method":"nothing/known","params":{}}'
                  read -r reply; printf '%s\n' "$reply" >> "$HEARD"
                  printf '{"jsonrpc":"2.0","id":"big","method":"fs/write_text_file","params":{"path":"%s/big","content":"' "$PWD"
                  head -c 17000000 /dev/zero | tr '\0' x
                  say '"}}'
                  read -r reply; printf '%s\n' "$reply" >> "$HEARD"
                  update '{"sessionUpdate":"never_heard_of"}'
                  say '{"jsonrpc":"2.0","id":99,"result":{}}'
                  finish survived ;;
                *'ask me'*)
                  update '{"sessionUpdate":"tool_call","toolCallId":"c1","title":"make it","kind":"execute","status":"pending"}'
                  call 1 session/request_permission '{"sessionId":"s1","options":[{"optionId":"yes","name":"Yes","kind":"allow_once"},'\
        '{"optionId":"no","name":"No","kind":"reject_once"}],"toolCall":{"toolCallId":"c1"}}'
                  case $reply in *'"yes"'*) finish allowed ;; *) finish denied ;; esac ;;
                *'stay after the end'*) trap '' HUP; finish stayed; while read -r line; do :; done; exec sleep 663 ;;
                *'wait for me'*) text waiting ;;
                *) finish plain ;;
              esac ;;
          esac
        done
        """;

    /// <summary>Lines for a daemon's config.yaml: profiles <c>script</c> and <c>script-read</c>.</summary>
    public static void Install(TestDaemon daemon)
    {
        var program = Path.Combine(daemon.Root, "acp-script.sh");
        File.WriteAllText(program, Script.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var heard = $$"""{HEARD: "{{HeardFile(daemon)}}"}""";
        File.AppendAllText(Path.Combine(daemon.Data, "config.yaml"), $$"""

              script:
                agent: acp
                command: ["{{program}}"]
                env: {{heard}}
              script-read:
                agent: acp
                command: ["{{program}}"]
                sandbox: read-only
                env: {{heard}}
              no-command: {agent: acp}
              no-program: {agent: acp, command: ["/nowhere/agent"]}
            """.ReplaceLineEndings("\n") + "\n");
    }

    public static string HeardFile(TestDaemon daemon) => Path.Combine(daemon.Root, "heard");

    /// <summary>Every line it was sent.</summary>
    public static IReadOnlyList<string> Heard(TestDaemon daemon) =>
        File.Exists(HeardFile(daemon)) ? File.ReadAllLines(HeardFile(daemon)) : [];
}
