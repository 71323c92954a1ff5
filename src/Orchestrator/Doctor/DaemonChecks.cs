using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Terminals;

namespace Orchestrator.Doctor;

/// <summary>The daemon's folder, its port, its database and what it may have left behind. Works without a daemon.</summary>
static class DaemonChecks
{
    const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static Check Folder(string folder)
    {
        if (!Directory.Exists(folder)) return Check.Ok("data folder", $"{folder} (will be made)");
        var probe = Path.Combine(folder, $".doctor-{Environment.ProcessId}");
        try
        {
            File.WriteAllText(probe, "");
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Check.Fail("data folder", $"{folder} cannot be written: {e.Message}",
                "Give yourself the right to write it, or use --data.");
        }
        return (File.GetUnixFileMode(folder) & Others) != 0
            ? Check.Warn("data folder", $"{folder} can be entered by other users", $"chmod 700 '{folder}'")
            : Check.Ok("data folder", folder);
    }

    public static Check Token(string folder)
    {
        var file = Path.Combine(folder, DataFolder.TokenFile);
        if (!File.Exists(file)) return Check.Ok("token", "none yet; the daemon makes one at its first start");
        return (File.GetUnixFileMode(file) & Others) != 0
            ? Check.Fail("token", $"{file} can be read by other users", $"chmod 600 '{file}', and start with a new one if it was seen.")
            : Check.Ok("token", $"{file}, only yours");
    }

    /// <summary>Who answers at the address, and its version.</summary>
    public static Check Daemon(Invocation call, out bool running)
    {
        running = false;
        try
        {
            var version = call.Api().Daemon.Health().Text("version");
            running = true;
            return version == OwnVersion.Text
                ? Check.Ok("daemon", $"version {version} at {call.Settings.Url}")
                : Check.Warn("daemon", $"version {version} at {call.Settings.Url}, but this is {OwnVersion.Text}",
                    "Restart it: agentctl daemon stop, agentctl daemon start. Runs go on meanwhile.");
        }
        catch (Fault fault)
        {
            var port = call.Settings.Url.Port;
            if (port < 0)
                return Check.Ok("daemon", $"nobody answers at {call.Settings.Url}. 'agentctl daemon start' starts it");
            return PortOwner.Of(port) is { } owner
                ? Check.Fail("daemon", $"port {port} belongs to {owner}, which is not agentd ({fault.Message})",
                    "Stop that program, or start agentd with another --port.")
                : Check.Ok("daemon", $"not running; port {port} is free. 'agentctl daemon start' starts it");
        }
    }

    /// <summary>Whether the rules' channels work.</summary>
    public static Check Notifications(Invocation call, bool running)
    {
        if (!running) return Check.Ok("notifications", "not checked: only a running daemon sends them");
        try
        {
            var rules = call.Api().Notifications.List().Entries("notifications").ToList();
            var failing = rules.Where(rule => rule.Text("state") != "ok").ToList();
            return failing.Count == 0 ? Check.Ok("notifications", $"{rules.Count} rule{(rules.Count == 1 ? "" : "s")}")
                : Check.Warn("notifications", string.Join("; ", failing.Select(rule =>
                    $"notification rule '{rule.Text("rule")}' fails: {rule.Text("error")}")), "Try it: agentctl notify test");
        }
        catch (Fault fault)
        {
            return Check.Ok("notifications", $"not known: {fault.Message}");
        }
    }

    public static Check Database(Invocation call, bool running)
    {
        if (!running)
            return Check.Ok("database", "not checked: only a running daemon opens it");
        try
        {
            var integrity = call.Api().Daemon.CheckStore().Cell("integrity");
            return integrity == "ok"
                ? Check.Ok("database", "integrity ok")
                : Check.Fail("database", integrity, "Stop the daemon and restore the newest backup beside the database.");
        }
        catch (Fault fault)
        {
            return Check.Warn("database", $"not checked: {fault.Message}", fault.Hint ?? "Use a token that may do this.");
        }
    }

    /// <summary>Runs whose holder is gone without an exit code, and processes of runs that have ended.</summary>
    public static Check Leftovers(string folder, bool running)
    {
        var runs = Path.Combine(folder, "runs");
        if (!Directory.Exists(runs)) return Check.Ok("leftovers", "none");
        var vanished = new List<string>();
        var ended = new HashSet<string>();
        foreach (var run in Directory.EnumerateDirectories(runs))
        {
            var files = new RunFolder(run);
            if (files.ReadExit() is not null) ended.Add(Path.GetFileName(run));
            else if (files.ReadHolder() is { } holder && !holder.Identity.IsAlive) vanished.Add(Path.GetFileName(run));
        }
        var left = MarkedProcesses.All().Where(process => ended.Contains(process.RunId)).ToList();
        if (left.Count > 0)
        {
            var list = string.Join("; ", left.Take(5).Select(process => $"{process.Pid} {process.Command} (run {process.RunId})"));
            return Check.Warn("leftovers", $"{left.Count} process(es) of ended runs: {list}",
                $"kill {string.Join(' ', left.Take(5).Select(process => process.Pid))}");
        }
        if (vanished.Count > 0 && !running)
        {
            return Check.Warn("leftovers", $"{vanished.Count} run(s) ended while no daemon ran and left no exit code",
                "agentctl daemon start settles them.");
        }
        return Check.Ok("leftovers", "none");
    }
}
