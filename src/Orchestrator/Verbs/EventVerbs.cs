using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;

namespace Orchestrator.Verbs;

/// <summary><c>events …</c>: the log, by page or as it grows.</summary>
static class EventVerbs
{
    public static Command Events() => Verb.Group("events", "The log of everything that happens.",
        Verb.Do("list", "One page of events, oldest first.", List,
        [
            .. Verb.Id("session"),
            Verb.Text("--run-id", "Only events of this run.", "ID"),
            Verb.Text("--types", "Only these types, comma separated.", "TYPES"),
            .. GatewayVerbs.Paging(),
        ]),
        Verb.Do("tail", "Events one per line as compact JSON: those there are, with --follow also those that come.", Tail,
        [
            .. Verb.Id("session"),
            Verb.Text("--run-id", "Only events of this run.", "ID"),
            Verb.Text("--cursor", "Begin after this cursor; latest for now. Without it from the first event.", "CURSOR", "--after"),
            Verb.Text("--lines", "Only the last N of those there are.", "N", "-n"),
            Verb.Flag("--follow", "Go on until interrupted; survives a restart of the daemon.", "-f"),
        ]));

    static int List(Invocation call) => call.Output.Document(
        OnePage(call, call.Text("--run-id"), call.Text("--types"), GatewayVerbs.PageOf(call)));

    static JsonNode OnePage(Invocation call, string? run, string? types, Page page) => call.MaybeId("session") is { } session
        ? call.Api().Events.OfSession(session, run, null, types, page)
        : call.Api().Events.List(null, run, null, types, page);

    static int Tail(Invocation call)
    {
        var cursor = call.Text("--cursor");
        var run = call.Text("--run-id");
        var lines = call.Number("--lines", 0, 1_000_000);
        if (run is not null)
            run = call.Api().Runs.Show(run).Text("run.id") ?? run;
        var any = false;
        if (!call.Flag("--follow") || lines is not null)
            cursor = Stored(call, cursor, run, lines, ref any);
        if (!call.Flag("--follow"))
            return any || call.Settings.Field is null ? ExitCodes.Ok : call.Output.MissingField();
        using var stop = new CancellationTokenSource();
        using var signals = CommandLine.OnInterrupt(stop.Cancel);
        var feed = new EventFollower(call.Api(stop.Token).Events, call.Around, call.Output.Remark, stop.Token);
        feed.Follow(WholeId(call), run, cursor, entry =>
        {
            call.Output.Entry(entry);
            return true;
        });
        return ExitCodes.Ok;
    }

    /// <summary>The stream takes whole ids; the daemon completes what was typed.</summary>
    static string? WholeId(Invocation call) => call.MaybeId("session") is { } session
        ? call.Api().Sessions.Show(session).Text("session.id") ?? session
        : null;

    /// <summary>Prints what is stored, page by page, and gives the cursor behind it.</summary>
    static string? Stored(Invocation call, string? cursor, string? run, int? lines, ref bool any)
    {
        var last = new Queue<JsonNode>();
        while (true)
        {
            var page = OnePage(call, run, null, new Page(500, cursor));
            var entries = page.Entries("events").ToList();
            foreach (var entry in entries)
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
