using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Terminals;

namespace Orchestrator.Verbs;

/// <summary><c>panes</c>: where the runs are that <c>--watch</c> shows, and how to look at them.</summary>
static class PanesVerb
{
    public static Command Panes() => Verb.Do("panes",
        "The tmux panes of watched runs, tab separated: pane, run, status, title; and how to look at them.", Show,
        Verb.Text("--project", "Those of this project, where each has a session of its own.", "NAME", "-p"),
        Verb.Flag("--attach", "Look at them now; ctrl-b d leaves."),
        Verb.Flag("--close", "Close them all. Their runs go on."));

    static int Show(Invocation call)
    {
        if (call.Flag("--attach") && call.Flag("--close")) throw Invocation.Usage("--attach and --close exclude each other.");
        var board = PaneBoard.Of(call, call.Text("--project"));
        try
        {
            if (call.Flag("--attach")) return Attach(call, board);
            if (call.Flag("--close")) return Close(call, board);
            return Print(call, board, board.Shown());
        }
        catch (SpawnFailure missing)
        {
            var trouble = PaneTrouble.Missing(missing.Message);
            throw new Fault(FaultCode.Unavailable, trouble.Text, trouble.Fix);
        }
    }

    static int Attach(Invocation call, PaneBoard board)
    {
        if (!call.Around.InputIsTerminal || !call.Around.OutIsTerminal)
            throw Invocation.Usage("--attach needs a terminal.", $"In one: {Words(board)}");
        // tmux refuses to show one server in another unless it does not know; that is what was asked for.
        var variables = call.Around.Variables().Where(v => !board.IsOwn || v.Key is not ("TMUX" or "TMUX_PANE"));
        return Foreground.Run(board.AttachCommand, call.Around.Folder, variables.ToDictionary());
    }

    static int Close(Invocation call, PaneBoard board)
    {
        if (!board.IsOwn)
            throw new Fault(FaultCode.Conflict, "These panes are in your own tmux; it is not ours to end.", "Close them there.");
        var closed = board.Close();
        call.Output.Remark(closed.Succeeded ? "The panes are closed. Their runs go on." : "There is no pane.");
        return ExitCodes.Ok;
    }

    static int Print(Invocation call, PaneBoard board, IReadOnlyList<ShownRun> shown)
    {
        var rows = shown.Select(one => (one.Pane, one.Run, Known: Known(call, one.Run))).ToList();
        if (call.Output.WantsJson)
        {
            return call.Output.Document(new JsonObject
            {
                ["session"] = board.Session,
                ["socket"] = board.Server.Socket,
                ["attach"] = new JsonArray([.. board.AttachCommand.Select(word => (JsonNode)word)]),
                ["panes"] = new JsonArray([.. rows.Select(row => new JsonObject
                {
                    ["pane"] = row.Pane,
                    ["run_id"] = row.Run,
                    ["status"] = row.Known?.Text("status"),
                })]),
            });
        }
        foreach (var (pane, run, known) in rows) call.Output.Line(string.Join('\t', pane, run, known.Cell("status"), Title(known)));
        call.Output.Remark(rows.Count == 0 ? "No run is shown in a pane. 'start --watch' opens one."
            : $"Look at them: agentctl panes --attach, or {Words(board)}");
        return ExitCodes.Ok;
    }

    static string Title(JsonNode? run) => run.Cell("prompt") is { Length: > 60 } text ? text[..59] + "…" : run.Cell("prompt");

    static JsonNode? Known(Invocation call, string run)
    {
        try
        {
            return call.Api().Runs.Show(run)["run"];
        }
        catch (Fault fault) when (fault.Code == FaultCode.NotFound)
        {
            return null;
        }
    }

    static string Words(PaneBoard board) => string.Join(' ', board.AttachCommand.Select(word => word.Contains(' ') ? $"'{word}'" : word));
}
