using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Cli;

namespace Orchestrator.Doctor;

/// <summary><c>doctor</c>: looks at everything a run needs and says what to do about what is wrong.</summary>
static class DoctorVerb
{
    public static Command Doctor() => Verb.DoAsync("doctor",
        "Check this machine: git, agents and their login, SQLite, disk, data folder, daemon, leftovers, worktrees, GitHub.", Examine,
        Verb.Flag("--fix", "Repair what is sure to lose nothing and has been so for a day; the rest is told."),
        Verb.Flag("--network", "Also whether the API of each agent that is logged in can be reached, 3 s each, with no key sent; and "
                + "whether GitHub takes the token, where there is one."));

    static async Task<int> Examine(Invocation call)
    {
        var checks = await Checks(call);
        var failed = checks.Any(check => check.Status == CheckStatus.Fail);
        if (call.Output.WantsJson)
        {
            var printed = call.Output.Document(Json(checks));
            return printed != ExitCodes.Ok ? printed : failed ? ExitCodes.Failed : ExitCodes.Ok;
        }
        var width = checks.Max(check => check.Name.Length);
        foreach (var check in checks)
        {
            call.Output.Line($"{check.Name.PadRight(width)}  {Word(check.Status),-4}  {Output.Printable(check.Found)}");
            if (check.Fix is not null) call.Output.Line($"{new string(' ', width)}        → {Output.Printable(check.Fix)}");
        }
        return failed ? ExitCodes.Failed : ExitCodes.Ok;
    }

    static async Task<IReadOnlyList<Check>> Checks(Invocation call)
    {
        var data = call.Settings.Data;
        var agents = await Task.WhenAll(AgentProbes.All.Select(probe => AgentChecks.Of(probe, call.Around, call.Stop)));
        var daemon = DaemonChecks.Daemon(call, out var running);
        return
        [
            await MachineChecks.Git(call.Around, call.Stop),
            .. agents,
            AgentChecks.OfEndpoint(call.Around),
            .. await AcpChecks.Of(data, call.Around, call.Stop),
            await MachineChecks.Tmux(call.Around, call.Stop),
            MachineChecks.Sqlite(),
            MachineChecks.Disk(data),
            DaemonChecks.Folder(data),
            DaemonChecks.Token(data),
            daemon,
            ConfigChecks.Of(call, running),
            DaemonChecks.Database(call, running),
            DaemonChecks.Notifications(call, running),
            DaemonChecks.Leftovers(data, running),
            .. WorktreeChecks.Of(call, running, call.Flag("--fix")),
            MachineChecks.ControlGroups(),
            .. await GitHubChecks.Of(data, call.Flag("--network"), call.Around, call.Stop),
            .. call.Flag("--network") ? await NetworkChecks.Of(call.Around, call.Stop) : [],
        ];
    }

    static JsonObject Json(IReadOnlyList<Check> checks) => new()
    {
        ["checks"] = new JsonArray([.. checks.Select(check => (JsonNode)new JsonObject
        {
            ["name"] = check.Name,
            ["status"] = Word(check.Status),
            ["found"] = check.Found,
            ["fix"] = check.Fix,
        })]),
    };

    static string Word(CheckStatus status) => status switch
    {
        CheckStatus.Ok => "ok",
        CheckStatus.Warn => "warn",
        _ => "fail",
    };
}
