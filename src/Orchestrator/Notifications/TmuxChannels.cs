using System.Globalization;
using System.Text.RegularExpressions;
using Orchestrator.Profiles;
using Orchestrator.Terminals;

namespace Orchestrator.Notifications;

/// <summary>A few seconds in the status line of whoever looks at a tmux pane.</summary>
sealed class StatusChannel(TmuxServer server, string target) : IChannel
{
    const string Milliseconds = "5000";

    public async Task<string> Send(Notice notice, CancellationToken stop)
    {
        var result = await Tmux.Ask(server, stop, "list-clients", "-t", target, "-F", "#{client_name}");
        var clients = result.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var client in clients)
            await Tmux.Ask(server, stop, "display-message", "-c", client, "-d", Milliseconds, "--", notice.StatusLine());
        return clients.Length == 0 ? "nobody looks at that tmux session now" : $"shown in the status line of {target}";
    }
}

/// <summary>
/// Keys into a pane, to wake the program in it: only when one of the named programs runs there and its cursor stands at the prompt, looked
/// at just before, and once more by tmux itself together with the sending. Anything else gets the status line instead.
/// </summary>
sealed class KeysChannel(TmuxServer server, NotificationRule rule, TimeProvider clock) : IChannel
{
    /// <summary>Programs take text and a key right behind it for one paste, and the Enter for a part of it.</summary>
    static readonly TimeSpan BeforeEnter = TimeSpan.FromMilliseconds(250);

    readonly StatusChannel instead = new(server, rule.Target);

    public async Task<string> Send(Notice notice, CancellationToken stop)
    {
        var pane = await Look(stop);
        if (pane is not { } idle) return $"not at its prompt; {await instead.Send(notice, stop)}";
        var same = $"#{{&&:#{{==:#{{pane_current_command}},{idle.Program}}},#{{&&:#{{==:#{{pane_in_mode}},0}},"
            + $"#{{&&:#{{==:#{{cursor_x}},{idle.Column}}},#{{==:#{{cursor_y}},{idle.Row}}}}}}}}}";
        var sent = await Tmux.Ask(server, stop, "if-shell", "-F", "-t", idle.Pane, same,
            $"send-keys -t {idle.Pane} -l '{notice.KeyText()}' ; display-message -p typed", "display-message -p busy");
        if (!sent.Contains("typed", StringComparison.Ordinal)) return $"not at its prompt any more; {await instead.Send(notice, stop)}";
        await Task.Delay(BeforeEnter, clock, stop);
        var still = $"#{{&&:#{{==:#{{pane_current_command}},{idle.Program}}},#{{==:#{{pane_in_mode}},0}}}}";
        await Tmux.Ask(server, stop, "if-shell", "-F", "-t", idle.Pane, still, $"send-keys -t {idle.Pane} Enter");
        return $"typed into {rule.Target}";
    }

    /// <summary>The pane when it waits for input; null when it does not.</summary>
    async Task<(string Pane, string Program, int Column, int Row)?> Look(CancellationToken stop)
    {
        // %3 0 0 12 5 claude
        var words = (await Tmux.Ask(server, stop, "display-message", "-p", "-t", rule.Target,
            "#{pane_id} #{pane_dead} #{pane_in_mode} #{cursor_x} #{cursor_y} #{pane_current_command}")).Trim().Split(' ', 6);
        if (words is not [['%', ..], "0", "0", var x, var y, var program] || !rule.Programs.Contains(program)
            || !int.TryParse(x, NumberStyles.None, CultureInfo.InvariantCulture, out var column)
            || !int.TryParse(y, NumberStyles.None, CultureInfo.InvariantCulture, out var row))
            return null;
        var line = (await Tmux.Ask(server, stop, "capture-pane", "-p", "-t", words[0], "-S", y, "-E", y)).TrimEnd('\n');
        try
        {
            return rule.Prompt!.IsMatch(line) ? (words[0], program, column, row) : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }
}

/// <summary>A command to tmux whose refusal is a failed delivery.</summary>
static class Tmux
{
    public static async Task<string> Ask(TmuxServer server, CancellationToken stop, params IEnumerable<string> command)
    {
        try
        {
            var result = await server.RunAsync(stop, command);
            if (result.Succeeded) return result.Stdout;
            throw new ChannelFailure(result.TimedOut ? "tmux does not answer" : $"tmux: {Cli.SafeText.Line(result.Stderr.Trim())}");
        }
        catch (SpawnFailure missing)
        {
            throw new ChannelFailure(missing.Message);
        }
    }
}
