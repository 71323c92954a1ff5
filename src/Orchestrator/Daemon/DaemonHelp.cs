using Orchestrator.Agents;

namespace Orchestrator.Daemon;

/// <summary>What <c>agentd --help</c> and <c>agentd --version</c> print; they end the program before anything is opened.</summary>
static class DaemonHelp
{
    const string Begin = """
        agentd: the daemon of the Agent Orchestrator. It holds the runs; agentctl gives the orders.

        Usage: agentd [options]

          --data DIR             Folder of everything it keeps (AGENTD_DATA; else the XDG data folder).
          --db FILE              The database, when it is not to be in the data folder.
          --listen ADDRESS       Address to listen on (127.0.0.1); another than loopback needs a token.
          --port N               Port to listen on (PORT; else 8765); 0 takes any free one.
          --max-concurrency N    Most runs at a time (limits.max_concurrency in config.yaml; else 4).
          --auth-token TOKEN     A further token with all rights; may be repeated (AGENTD_AUTH_TOKEN, AGENTD_AUTH_TOKENS).
          --open                 Ask for no token; on loopback only.

        """;

    const string End = """
          --help, --version      This text; the version.

        SIGTERM or Ctrl-C stops it. Its runs go on, and the next agentd on the same data folder takes them over.
        """;

    /// <summary>The text asked for, null when the daemon is to start.</summary>
    public static string? Asked(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] is "--help" or "-h" or "-?") return Begin + AgentFlags.Help + End;
            if (args[i] == "--version") return Lifetime.Version;
            // The value of a flag may look like a flag: --codex-extra-arg --version.
            if (DaemonSettings.TakesNext(args[i])) i++;
        }

        return null;
    }
}
