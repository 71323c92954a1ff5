using System.Globalization;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Requests;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Families;

/// <summary>
/// Holds the request until a run, any of several or all of them have ended, or the time is up. Leaving does not touch the runs. A run that
/// waits for its own children over its token rests meanwhile: its slot is theirs, and its clocks stand still.
/// </summary>
sealed class WaitRun(RequestStore requests, ChildWaits waits, EventFeed feed, TimeProvider clock, CancellationToken shutdown)
{
    /// <summary>Longest wait in seconds.</summary>
    public const int Limit = 300;

    /// <summary>Most runs one wait is about.</summary>
    public const int MostRuns = 200;

    const string TimeoutMeaning = "Longest wait in seconds; 30 without it, 300 at most. 0 only looks.";

    // A shorter wait is a look: to rest for it would be two events for nothing.
    static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    readonly RunStore runs = requests.Runs;

    public void Map(Routes routes)
    {
        routes.Get("/runs/{id}/wait", nameof(WaitRun), async call =>
        {
            // Only a hint in the seed; an event wakes us at once. It is checked all the same.
            call.Number("interval_ms", 0, 0, long.MaxValue);
            var run = runs.Store.Read(db => RunRows.Resolve(db, call.Part("id")));
            var ended = await Wait(call, [run.Id], new WaitFor(All: true, Requests: false));
            return Reply.Ok(json =>
            {
                json.Member("run", ended.Runs[0], RunJson.Default.Run);
                json.WriteBoolean("timed_out", !RunLifecycle.IsFinal(ended.Runs[0].Status));
            });
        }, ownRun: RunAccess.RunInReach, doc: OneDoc);
        routes.Get("/runs/wait", "WaitRuns", async call =>
        {
            var mode = call.Query("mode") ?? "all";
            if (mode is not ("any" or "all"))
                throw Fault.Invalid("mode", "must be any or all.");
            var ids = Ids(call);
            var asked = call.Query("requests") ?? "true";
            if (asked is not ("true" or "false"))
                throw Fault.Invalid("requests", "must be true or false.");
            var seen = await Wait(call, ids, new WaitFor(mode == "all", Requests: asked == "true"));
            return Reply.Ok(json =>
            {
                json.Member("runs", seen.Runs, RunJson.Default.IReadOnlyListRun);
                json.WriteStartArray("ended");
                foreach (var run in seen.Runs.Where(run => RunLifecycle.IsFinal(run.Status)))
                    json.WriteStringValue(run.Id);
                json.WriteEndArray();
                json.Member("requests", seen.Requests, RequestJson.Default.IReadOnlyListRunRequest);
                json.WriteBoolean("timed_out", !seen.IsEnough);
                json.WriteString("cursor", seen.Cursor.ToString(CultureInfo.InvariantCulture));
            });
        }, ownRun: RunAccess.Filtered, doc: SeveralDoc);
    }

    // "ids=3f6c0a9be1d2c4f7,9be1d2c4f73f6c0a"; prefixes are completed, a repeated one counts once.
    List<string> Ids(Call call)
    {
        var given = call.Query("ids", "run_ids")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (given.Length is 0 or > MostRuns)
            throw Fault.Invalid("ids", $"names the runs to wait for, 1 to {MostRuns}, separated by commas.");
        return runs.Store.Read(db => given.Select(id => call.Principal.SessionId is { } mine ? OfFamily(db, mine, id)
            : RunRows.Resolve(db, id).Id).Distinct().ToList());
    }

    // One answer for what is unknown, ambiguous or another's: it must not tell what else there is.
    static string OfFamily(Connection db, string mine, string id)
    {
        string? whole = null;
        try
        {
            whole = Prefixes.Resolve(db, "runs", "run", id);
        }
        catch (Fault)
        {
            // As if it were a stranger's.
        }

        return whole is not null && Reach.InReach(db, mine, db.Text("select session_id from runs where id = @id", ("@id", whole))) ? whole
            : throw new Fault(FaultCode.Forbidden, $"Run '{Texts.Short(id)}' is not of your family.");
    }

    async Task<Awaited> Wait(Call call, IReadOnlyList<string> ids, WaitFor wanted)
    {
        var limit = call.Seconds("timeout_s", 30, Limit);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Gone, shutdown);
        return await call.Unless(async () =>
        {
            var now = Now(ids, wanted, call);
            if (now.IsEnough || limit == TimeSpan.Zero)
                return now;
            var below = call.Principal.RunId is null || limit < Look ? [] : Below(call.Principal.SessionId!, ids);
            if (below.Count == 0)
                return await UntilEnough(ids, wanted, call, limit, stop.Token);
            try
            {
                await Rest(call.Principal.RunId!, below, begin: true);
                return await UntilEnough(ids, wanted, call, limit, stop.Token);
            }
            finally
            {
                await Rest(call.Principal.RunId!, below, begin: false);
            }
        }, shutdown);
    }

    async Task<Awaited> UntilEnough(IReadOnlyList<string> ids, WaitFor wanted, Call call, TimeSpan limit, CancellationToken gone)
    {
        var start = clock.GetTimestamp();
        // The cursor is taken before the rows are read: an end that comes in between is seen by one of the two.
        var cursor = feed.Latest;
        var seen = Now(ids, wanted, call);
        var mine = ids.ToHashSet(StringComparer.Ordinal);
        var filter = new EventFilter { RunId = ids.Count == 1 ? ids[0] : null };
        while (!seen.IsEnough && limit - clock.GetElapsedTime(start) is { Ticks: > 0 } left)
        {
            await feed.WaitBeyond(cursor, left, clock, gone);
            var page = feed.TryRead(cursor, filter, new PageSize(EventFeed.Kept, long.MaxValue));
            cursor = page?.Scanned ?? feed.Latest;
            if (page is null || page.Events.Any(e => e.RunId is { } run && mine.Contains(run) && Matters(e.Type)))
                seen = Now(ids, wanted, call);
        }

        // A status that is not final may have changed since: the answer shows the latest.
        return seen.IsEnough ? seen : Now(ids, wanted, call);
    }

    static bool Matters(string type) => RunEvents.IsEnd(type) || type.StartsWith("request.", StringComparison.Ordinal);

    Awaited Now(IReadOnlyList<string> ids, WaitFor wanted, Call call)
    {
        var cursor = feed.Latest;
        return runs.Store.Read(db =>
        {
            var found = ids.Select(id => RunRows.Get(db, id)).ToList();
            // A child that asks its parent waits for the parent: to go on waiting for it would be for ever.
            var asked = !wanted.Requests ? []
                : found.Where(run => run.Status < RunStatus.Stopping).SelectMany(run => RequestRows.OpenOf(db, run.Id))
                    .Where(request => call.Principal.SessionId is not { } mine || request.ToSessionId == mine).ToList();
            var ended = found.Count(run => RunLifecycle.IsFinal(run.Status));
            return new Awaited(found, asked, cursor, ended == found.Count || (!wanted.All && ended > 0) || asked.Count > 0);
        });
    }

    List<string> Below(string session, IReadOnlyList<string> ids) => runs.Store.Read(db =>
        ids.Where(id => Reach.IsBelow(db, session, db.Text("select session_id from runs where id = @id", ("@id", id)))).ToList());

    async Task Rest(string runId, List<string> children, bool begin)
    {
        if (begin)
            waits.Begin(runId, children);
        else
            waits.End(runId, children);
        await runs.Store.Write(transaction => requests.Settle(transaction, runId));
    }

    /// <summary>When a wait is over: after all or any of the runs, and whether a question of one of them ends it too.</summary>
    readonly record struct WaitFor(bool All, bool Requests);

    /// <summary>The runs as they are, their open questions to the caller, and whether that is what was waited for.</summary>
    sealed record Awaited(IReadOnlyList<Run> Runs, IReadOnlyList<RunRequest> Requests, long Cursor, bool IsEnough);

    static RouteDoc OneDoc() => RouteDoc.Of("Holds the request until the run ends or the time is up. Leaving does not touch the run.")
        .Asks("timeout_s", TimeoutMeaning, Shape.Number)
        .Asks("interval_ms", "How often to look: a hint for older clients, an end is told at once.", Shape.Whole)
        .Gives("run", RunJson.Default.Run).Gives("timed_out", Shape.Flag);

    static RouteDoc SeveralDoc() => RouteDoc.Of("Holds the request until any or all of the runs have ended, one of them asks the caller, "
            + "or the time is up.")
        .Asks("ids", "The runs, separated by commas.").AlsoAsks("run_ids", "ids")
        .Asks("mode", "all (without it) or any.", Shape.Word("all", "any"))
        .Asks("timeout_s", TimeoutMeaning, Shape.Number)
        .Asks("requests", "false: a question of one of them does not end the wait.", Shape.Flag)
        .Gives("runs", RunJson.Default.IReadOnlyListRun).Gives("ended", Shape.List(Shape.Text))
        .Gives("requests", RequestJson.Default.IReadOnlyListRunRequest).Gives("timed_out", Shape.Flag).Gives("cursor", Shape.Text);
}
