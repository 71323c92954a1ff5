using System.Globalization;
using System.Text.Json;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Events;

/// <summary>Events after a cursor, oldest first: of the whole store, or of one session; filtered as asked.</summary>
static class ListEvents
{
    // A page of long texts ends early rather than fill the memory; next_cursor leads on.
    const long PageCharacters = 8 * 1024 * 1024;

    public static void Map(Routes routes, EventLog log, Database store)
    {
        routes.Get("/events", nameof(ListEvents), call => Task.FromResult(Page(call, log, FilterQuery.Read(call, store))),
            doc: () => Doc("Events of the whole store after a cursor, oldest first.")
                .Asks("session_id", "Only events of this session."));
        routes.Get("/sessions/{id}/events", "ListSessionEvents",
            call => Task.FromResult(Page(call, log, FilterQuery.Read(call, store, call.Part("id")))), ownRun: RunAccess.SessionInReach,
            doc: () => Doc("Events of one session after a cursor, oldest first."));
    }

    /// <summary>A cursor as clients give it: a decimal number, or <c>latest</c>; absent means from the first event.</summary>
    public static long Cursor(string? text, EventLog log)
    {
        if (text is null)
            return log.Floor();
        if (text == "latest")
            return log.Latest;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var cursor)
            ? cursor
            : throw Fault.Invalid("cursor", "must be a cursor given by this daemon, or 'latest'.");
    }

    static Reply Page(Call call, EventLog log, EventFilter filter)
    {
        if (call.Query("before") is { } end)
            return LastBefore(end, call.Limit(), log, filter);
        var cursor = Cursor(call.Query("cursor", "after"), log);
        var (latest, floor) = (log.Latest, log.Floor());
        if (cursor > latest)
            throw Fault.Invalid("cursor", $"is ahead of this store, whose last event is {latest}.");
        if (cursor < floor)
            throw new Fault(FaultCode.Gone, $"Events up to {floor} were pruned.", $"Go on from cursor {floor}.");
        var page = log.After(cursor, filter, new PageSize(call.Limit(), PageCharacters));
        return Reply.Ok(json =>
        {
            Write(json, page.Events);
            json.WriteString("next_cursor", page.Scanned.ToString(CultureInfo.InvariantCulture));
            json.WriteNull("prev_cursor");
        });
    }

    /// <summary>A page from the end of a history. Where the log was pruned, it begins.</summary>
    static Reply LastBefore(string end, int limit, EventLog log, EventFilter filter)
    {
        var latest = log.Latest;
        var last = end == "latest" ? latest : Math.Min(Cursor(end, log) - 1, latest);
        var page = log.UpTo(last, filter, new PageSize(limit, PageCharacters));
        return Reply.Ok(json =>
        {
            Write(json, page.Events);
            json.WriteString("next_cursor", Math.Max(last, 0).ToString(CultureInfo.InvariantCulture));
            json.WriteString("prev_cursor", page.Scanned == 0 ? null : (page.Scanned + 1).ToString(CultureInfo.InvariantCulture));
        });
    }

    static void Write(Utf8JsonWriter json, IReadOnlyList<Event> events)
    {
        json.WriteStartArray("events");
        foreach (var found in events)
            json.WriteRawValue(found.Frame.Span, skipInputValidation: true);
        json.WriteEndArray();
    }

    static RouteDoc Doc(string summary) => RouteDoc.Of(summary)
        .Asks("run_id", "Only events of this run.").Asks("item_id", "Only events of this item.")
        .Asks("types", "Only these types, separated by commas; run.* is a prefix.")
        .Pages("Begin after this cursor; latest for now, without it at the first event.")
        .Asks("before", "The last ones before this cursor instead, latest for the end of the history; with prev_cursor for those before.")
        .AlsoAsks("after", "cursor")
        .Refuses(FaultCode.Gone)
        .Gives("events", Shape.List(Shape.Named(Event.Schema))).Gives("next_cursor", Shape.Text)
        .Gives("prev_cursor", Shape.Maybe(Shape.Text));
}
