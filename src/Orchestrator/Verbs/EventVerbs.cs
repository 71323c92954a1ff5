using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;

namespace Orchestrator.Verbs;

/// <summary><c>events …</c>: the log, by page or as it grows.</summary>
static class EventVerbs
{
    public static Command Events() => Verb.Group("events", "The log of everything that happens.",
        Verb.Do("list", "One page of events, oldest first.", List,
        [
            .. Verb.Id("session"),
            Verb.Text("--types", "Only these types, comma separated.", "TYPES"),
            .. GatewayVerbs.Paging(),
        ]),
        Verb.Do("tail", "Events one per line as compact JSON: those there are, with --follow also those that come.", Tail,
        [
            .. Verb.Id("session"),
            Verb.Text("--run-id", "Only events of this run (with --follow).", "ID"),
            Verb.Text("--cursor", "Begin after this cursor; latest for now. Without it from the first event.", "CURSOR", "--after"),
            Verb.Text("--lines", "Only the last N of those there are.", "N", "-n"),
            Verb.Flag("--follow", "Go on until interrupted; survives a restart of the daemon.", "-f"),
        ]));

    static string Log(string? session) => session is null ? "/events" : $"/sessions/{DaemonClient.Segment(session)}/events";

    static int List(Invocation call) =>
        GatewayVerbs.Show(call, Log(call.MaybeId("session")) + GatewayVerbs.PageQuery(call, ("types", call.Text("--types"))));

    static int Tail(Invocation call)
    {
        var cursor = call.Text("--cursor");
        var run = call.Text("--run-id");
        var lines = call.Number("--lines", 0, 1_000_000);
        if (run is not null)
            run = call.Daemon.Get($"/runs/{DaemonClient.Segment(run)}").Text("run.id") ?? run;
        var any = false;
        if (!call.Flag("--follow") || lines is not null)
            cursor = Stored(call, cursor, run, lines, ref any);
        if (!call.Flag("--follow"))
            return any || call.Settings.Field is null ? ExitCodes.Ok : call.Output.MissingField();
        using var stop = new CancellationTokenSource();
        using var signals = CommandLine.OnInterrupt(stop.Cancel);
        var feed = new EventFollower(new DaemonClient(call.Settings, stop.Token), call.Around, call.Output.Remark, stop.Token);
        feed.Follow(WholeId(call), run, cursor, entry =>
        {
            call.Output.Entry(entry);
            return true;
        });
        return ExitCodes.Ok;
    }

    /// <summary>The stream takes whole ids; the daemon completes what was typed.</summary>
    static string? WholeId(Invocation call) => call.MaybeId("session") is { } session
        ? call.Daemon.Get($"/sessions/{DaemonClient.Segment(session)}").Text("session.id") ?? session
        : null;

    /// <summary>Prints what is stored, page by page, and gives the cursor behind it.</summary>
    static string? Stored(Invocation call, string? cursor, string? run, int? lines, ref bool any)
    {
        var last = new Queue<JsonNode>();
        while (true)
        {
            var member = cursor == "latest" ? ("after", cursor) : ("cursor", cursor);
            var page = call.Daemon.Get(Log(call.MaybeId("session")) + DaemonClient.Query(member, ("limit", "500")));
            var entries = page.Entries("events").ToList();
            foreach (var entry in entries.Where(entry => run is null || entry.Text("run_id") == run))
            {
                if (lines is null) any |= call.Output.Entry(entry);
                else
                {
                    last.Enqueue(entry);
                    if (last.Count > lines) last.Dequeue();
                }
            }
            cursor = page.Text("next_cursor") ?? cursor;
            if (entries.Count == 0) break;
        }
        foreach (var entry in last) any |= call.Output.Entry(entry);
        return cursor;
    }
}
