using Orchestrator.Terminals;

namespace Orchestrator.Verbs;

/// <summary>Why no pane was opened. The run goes on as well without one.</summary>
/// <param name="Code">Stable, for scripts that read remarks.</param>
/// <param name="Text">What is the matter.</param>
/// <param name="Fix">What to do about it.</param>
sealed record PaneTrouble(string Code, string Text, string Fix)
{
    public static PaneTrouble Missing(string why) => new("tmux_missing", why.TrimEnd('.') + ".",
        "Install it (apt-get install tmux, brew install tmux), or watch with 'agentctl run attach'.");

    public static PaneTrouble Full(int most) => new("panes_full",
        $"{most} panes are open and all their runs go on, so none was added.",
        "Set panes.most in config.yaml, or watch with 'agentctl run attach'.");

    public static PaneTrouble ForeignToken => new("pane_token",
        "A pane would have to be given the token you named, and command lines can be read by everybody here.",
        "Watch with 'agentctl run attach', or leave the token out where the local one does.");

    // error connecting to /tmp/tmux-1000/default (Permission denied)
    // directory /tmp/tmux-1000 has unsafe permissions
    // couldn't create directory /run/x (No such file or directory)
    // error creating /data/tmux.sock (File name too long)
    // create window failed: no space for new pane
    /// <summary>What tmux said, in our words.</summary>
    /// <param name="server">Which one was asked.</param>
    /// <param name="result">What came of it.</param>
    public static PaneTrouble Of(TmuxServer server, ShortResult result)
    {
        var said = Cli.SafeText.Line(result.Stderr.Trim().ReplaceLineEndings(" "));
        var place = server.Socket ?? "the default socket";
        if (result.TimedOut)
            return new("tmux_silent", $"The tmux server at {place} does not answer.", $"End that server, or remove {place}.");
        if (Has(said, "Permission denied", "unsafe permissions", "access not allowed", "Operation not permitted"))
            return new("tmux_foreign_socket", $"The tmux socket {place} belongs to another user or may not be opened ({said}).",
                "Remove it if it is a leftover, or choose another place: --data DIR, or TMUX_TMPDIR for your own server.");
        if (Has(said, "no space for new pane"))
            return new("panes_no_room", "The window has no room for another pane.",
                "Make it larger, close a pane, or lower panes.most in config.yaml.");
        if (Has(said, "Read-only file system", "No space left", "No such file or directory", "Is a directory", "File name too long"))
            return new("tmux_socket_unusable", $"The tmux socket {place} cannot be made ({said}).",
                "Choose a folder that can be written: --data DIR, or TMUX_TMPDIR for your own server.");
        return new("tmux_failed", $"tmux refused (exit {result.ExitCode}): {said}",
            $"Try it by hand: {string.Join(' ', server.Program)} ls");
    }

    static bool Has(string said, params string[] parts) =>
        Array.Exists(parts, part => said.Contains(part, StringComparison.OrdinalIgnoreCase));

    /// <summary>As it is told beside a run that goes on.</summary>
    public override string ToString() => $"No pane was opened ({Code}): {Text}\n{Fix}";
}
