using System.Globalization;
using Orchestrator.Agents;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Profiles;
using Orchestrator.Terminals;

namespace Orchestrator.Verbs;

/// <summary>One pane that shows a run.</summary>
/// <param name="Pane">tmux's name for it, like %3.</param>
/// <param name="Run">The run.</param>
readonly record struct ShownRun(string Pane, string Run);

/// <summary>
/// The panes: the lead on the left, runs below each other on the right. Each shows a run by <c>run attach</c>, a client like any other, so
/// what happens to a pane or to the whole server never touches a run.
/// </summary>
sealed class PaneBoard
{
    const string DefaultSession = "agents";

    /// <summary>Longest path of a socket in bytes, on every system.</summary>
    const int LongestSocket = 100;

    readonly Invocation call;
    readonly PaneSettings settings;

    PaneBoard(Invocation call, PaneSettings settings, TmuxServer server, string session, string? home)
    {
        (this.call, this.settings) = (call, settings);
        (Server, Session, Home) = (server, session, home);
    }

    /// <summary>The server the panes are in.</summary>
    public TmuxServer Server { get; }

    /// <summary>The tmux session.</summary>
    public string Session { get; }

    /// <summary>The user's own pane, in whose window the runs are shown; null for the session's first window.</summary>
    string? Home { get; }

    /// <summary>How a person looks at it.</summary>
    public IReadOnlyList<string> AttachCommand => [.. Server.Program, "attach-session", "-t", "=" + Session];

    /// <summary>The board as the settings want it.</summary>
    /// <param name="call">The command that asks.</param>
    /// <param name="project">The run's project, where each has its own session.</param>
    public static PaneBoard Of(Invocation call, string? project)
    {
        var settings = ConfigFile.Load(Path.Combine(call.Settings.Data, ConfigFile.UserName), AgentCatalog.Names).Panes;
        var named = call.Around.Variable("AI_TMUX_SESSION");
        var session = settings.PerProject && project is not null ? project : settings.Session ?? named;
        if (!settings.InUsersServer && named is null)
            return new PaneBoard(call, settings, Own(call), Name(session ?? DefaultSession), null);
        // "/tmp/tmux-1000/default,4711,0": the server this command was typed in.
        var inside = call.Around.Variable("TMUX")?.Split(',')[0];
        var server = new TmuxServer(inside, null, null, call.Around.Folder);
        return inside is not null && session is null
            ? new PaneBoard(call, settings, server, "", call.Around.Variable("TMUX_PANE"))
            : new PaneBoard(call, settings, server, Name(session ?? "ai"), null);
    }

    /// <summary>Our own server: its socket and its configuration lie in the data folder.</summary>
    static TmuxServer Own(Invocation call)
    {
        var data = call.Settings.Data;
        var socket = Path.Combine(data, "tmux.sock");
        if (System.Text.Encoding.UTF8.GetByteCount(socket) > LongestSocket)
        {
            var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(data));
            var folder = call.Around.Variable("XDG_RUNTIME_DIR") ?? Path.GetTempPath();
            socket = Path.Combine(folder, $"agents-{Convert.ToHexStringLower(hash.AsSpan(0, 8))}.sock");
        }
        // The server keeps this environment for its panes: an allow-list, so that no secret of the shell at hand stays in it.
        var environment = AgentEnvironment.Build(call.Around.Variables(), [], new Dictionary<string, string>(),
            new Dictionary<string, string>(), new Dictionary<string, string>());
        return new TmuxServer(socket, Path.Combine(data, "tmux.conf"), environment, data);
    }

    /// <summary>A name tmux takes: it gives dots and colons a meaning.</summary>
    static string Name(string wanted) =>
        string.Concat(SafeText.Line(wanted).Select(c => ".:=#%@$".Contains(c) ? '-' : c)) is { Length: > 0 } name ? name : DefaultSession;

    /// <summary>Opens a pane for a run; null when it is there, else why it is not. The run is not touched either way.</summary>
    public PaneTrouble? Open(string run, string title)
    {
        if (HasForeignToken()) return PaneTrouble.ForeignToken;
        try
        {
            if (Prepare() is { } unable) return unable;
            var shown = Shown();
            if (shown.Count >= settings.Most && MakeRoom(shown) is null) return PaneTrouble.Full(settings.Most);
            var target = (Shown()) is [.., var last] ? last.Pane : Target;
            var made = Split(target, run);
            // Rows may be used up although there is room: laid out anew, there is.
            if (made is { ExitCode: not 0 } && made.Stderr.Contains("no space", StringComparison.Ordinal))
            {
                Ask("select-layout", "-t", Target, "main-vertical");
                made = Split(Target, run);
            }
            if (!made.Succeeded) return PaneTrouble.Of(Server, made);
            var pane = made.Stdout.Trim();
            Ask("set-option", "-p", "-t", pane, "@agent_run", run);
            Ask("select-pane", "-t", pane, "-T", Name(title));
            // The new pane must not take the keys from the one in which a person types.
            Ask("set-option", "-w", "-t", pane, "main-pane-width", "50%");
            Ask("select-layout", "-t", pane, "main-vertical");
            return null;
        }
        catch (SpawnFailure missing)
        {
            return PaneTrouble.Missing(missing.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new PaneTrouble("tmux_socket_unusable", e.Message, "Choose a data folder that can be written: --data DIR.");
        }
    }

    /// <summary>The runs that are shown, oldest pane first; none where there is no server.</summary>
    public IReadOnlyList<ShownRun> Shown()
    {
        var list = Ask("list-panes", "-t", Target, "-F", "#{pane_id} #{@agent_run}");
        return [.. from line in list.Stdout.Split('\n')
                   let words = line.Split(' ')
                   where words is [['%', ..], { Length: Ids.Length }]
                   orderby int.Parse(words[0].AsSpan(1), CultureInfo.InvariantCulture)
                   select new ShownRun(words[0], words[1])];
    }

    /// <summary>Ends our own server with all its panes; their runs go on.</summary>
    public ShortResult Close() => Ask("kill-session", "-t", "=" + Session);

    /// <summary>True when the server is one of our own.</summary>
    public bool IsOwn => Server.Config is not null;

    ShortResult Split(string target, string run) =>
        Ask(["split-window", "-d", "-t", target, "-P", "-F", "#{pane_id}", "--", .. Viewer(run)]);

    string Target => Home ?? $"={Session}:";

    ShortResult Ask(params IEnumerable<string> command) => Server.Run(command);

    /// <summary>Makes sure of the session; its first pane says one line for each run that ends.</summary>
    PaneTrouble? Prepare()
    {
        if (Home is not null) return null;
        if (IsOwn) File.WriteAllText(Server.Config!, Configuration);
        if ((Ask("has-session", "-t", "=" + Session)).Succeeded) return null;
        var made = Ask(["new-session", "-d", "-s", Session, "-n", "runs", "-x", "200", "-y", "50", "--",
            .. Program, "tail", "--follow"]);
        // Somebody else made it in this very moment: as good.
        return made.Succeeded || made.Stderr.Contains("duplicate session", StringComparison.Ordinal) ? null : PaneTrouble.Of(Server, made);
    }

    /// <summary>Closes the oldest pane whose run has ended; null when all go on. The daemon is asked, never the screen.</summary>
    string? MakeRoom(IReadOnlyList<ShownRun> shown)
    {
        foreach (var (pane, run) in shown)
        {
            if (!Ended(run)) continue;
            Ask("kill-pane", "-t", pane);
            return pane;
        }
        return null;
    }

    bool Ended(string run)
    {
        try
        {
            return ExitCodes.OfRun(call.Api().Runs.Show(run).Text("run.status")) is not null;
        }
        catch (Fault fault) when (fault.Code == FaultCode.NotFound)
        {
            return true;
        }
    }

    /// <summary>A pane's command holds no token: the viewer finds the local one by itself, and nothing else is given to it.</summary>
    bool HasForeignToken()
    {
        if ((call.Text("--auth-token") ?? call.Around.Variable("AGENTCTL_AUTH_TOKEN")) is not { } given) return false;
        try
        {
            return File.ReadAllText(Path.Combine(call.Settings.Data, DataFolder.TokenFile)).Trim() != given;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    static readonly string[] Hold = ["--hold"];

    List<string> Viewer(string run) =>
        [.. Program, "run", "attach", run, .. settings.Keep ? Hold : []];

    /// <summary>This very program with the daemon it is about.</summary>
    List<string> Program
    {
        get
        {
            var own = ToolProgram.OfThisProcess() ?? new ToolProgram("agentctl", ["mcp"]);
            List<string> words = [own.Program, .. own.Args.SkipLast(1), "--data", call.Settings.Data];
            if ((call.Text("--url") ?? call.Around.Variable("AGENTCTL_URL")) is { } url) words.AddRange(["--url", url]);
            return words;
        }
    }

    /// <summary>What our own server is told: nothing of the user's is read, and what is shown in it cannot reach the clipboard.</summary>
    const string Configuration = """
        # Written anew at each start. Settings of your own: panes in config.yaml.
        set -g remain-on-exit off
        set -g history-limit 20000
        set -g mouse on
        set -g escape-time 10
        set -g set-clipboard off
        set -g update-environment ""
        set -g main-pane-width 50%
        set -g pane-border-status top
        set -g pane-border-format " #{pane_title} "
        set -g status-left-length 40
        """ + "\n";
}
