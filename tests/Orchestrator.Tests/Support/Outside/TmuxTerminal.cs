using System.Diagnostics;

namespace Orchestrator.Tests.Support;

/// <summary>
/// A real terminal for a test: one pane of a tmux server of its own. Keys go in as a person types them, and the screen is what a person
/// would see. The test is skipped with a reason where tmux is not installed. Nothing is left of it.
/// </summary>
sealed class TmuxTerminal : IAsyncDisposable
{
    /// <summary>Longer than anything here takes on a busy machine.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    readonly string folder;

    TmuxTerminal(string folder) => this.folder = folder;

    /// <summary>The server's socket.</summary>
    public string Socket => Path.Combine(folder, "t.sock");

    /// <summary>Fails the test softly where there is no tmux.</summary>
    public static void Need()
    {
        if (!File.Exists("/usr/bin/tmux") && !File.Exists("/usr/local/bin/tmux") && !File.Exists("/opt/homebrew/bin/tmux"))
            Assert.Skip("tmux is not installed: apt-get install tmux");
    }

    /// <summary>Starts a program in a pane of that size; when it ends its exit code is shown and the pane stays.</summary>
    public static async Task<TmuxTerminal> Start(
        IReadOnlyDictionary<string, string> variables, int columns, int rows, params string[] program)
    {
        Need();
        var terminal = new TmuxTerminal(Directory.CreateTempSubdirectory("tmux-").FullName);
        await File.WriteAllTextAsync(Path.Combine(terminal.folder, "conf"),
            "set -g escape-time 0\nset -g history-limit 20000\n", TestContext.Current.CancellationToken);
        string[] start = ["new-session", "-d", "-s", "t", "-x", $"{columns}", "-y", $"{rows}", "--",
            "/bin/sh", "-c", "\"$@\"; echo \"[exit $?]\"; exec cat", "sh", .. program];
        var (code, said) = await terminal.Run(variables, start);
        Assert.True(code == 0, said);
        return terminal;
    }

    /// <summary>Runs a tmux command on this server; what it printed.</summary>
    public async Task<string> Tmux(params string[] args)
    {
        var (code, said) = await Run(new Dictionary<string, string>(), args);
        Assert.True(code == 0, $"tmux {string.Join(' ', args)}: {said}");
        return said;
    }

    /// <summary>Types a text.</summary>
    public Task Type(string text) => Tmux("send-keys", "-t", "t", "-l", "--", text);

    /// <summary>Presses a key: Enter, C-c, Up.</summary>
    public Task Press(string key) => Tmux("send-keys", "-t", "t", key);

    /// <summary>What the screen shows, with what has scrolled out of it.</summary>
    public Task<string> Screen() => Tmux("capture-pane", "-p", "-t", "t", "-S", "-20000");

    /// <summary>Until the screen shows a text; the screen.</summary>
    public async Task<string> Shows(string text)
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var screen = await Screen();
            if (screen.Contains(text, StringComparison.Ordinal)) return screen;
            if (TimeProvider.System.GetElapsedTime(begun) > Patience) Assert.Fail($"The screen never shows '{text}':\n{screen}");
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The exit code of the program, once it has ended.</summary>
    public async Task<int> Ended()
    {
        var screen = await Shows("[exit ");
        var at = screen.LastIndexOf("[exit ", StringComparison.Ordinal) + "[exit ".Length;
        return int.Parse(screen[at..screen.IndexOf(']', at)], System.Globalization.CultureInfo.InvariantCulture);
    }

    async Task<(int Code, string Said)> Run(IReadOnlyDictionary<string, string> variables, string[] args)
    {
        var order = new ProcessStartInfo("tmux", ["-f", Path.Combine(folder, "conf"), "-S", Socket, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var name in order.Environment.Keys.Where(IsOurs).ToList()) order.Environment.Remove(name);
        order.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var (name, value) in variables) order.Environment[name] = value;
        using var process = Process.Start(order)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        return (process.ExitCode, output + await error);
    }

    static bool IsOurs(string name) =>
        name.StartsWith("AGENTCTL_", StringComparison.Ordinal) || name.StartsWith("TMUX", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await Run(new Dictionary<string, string>(), ["kill-server"]);
        Directory.Delete(folder, recursive: true);
    }
}
