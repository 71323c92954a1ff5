using Orchestrator.Events;
using Orchestrator.Profiles;
using Orchestrator.Store;

namespace Orchestrator.Notifications;

/// <summary>
/// Tells one rule's channel of events, in order, from the cursor in its row on: at least once, over restarts. It reads what is committed,
/// so it never makes a writer wait; a channel that fails makes only itself wait.
/// </summary>
sealed class Courier(NotificationRule rule, IChannel channel, NotificationStore store, EventFeed feed, TimeProvider clock, ILogger log)
{
    /// <summary>Deliveries of one event, the first included.</summary>
    public const int MostTries = 6;

    /// <summary>Events that may wait for a failing channel; older ones are passed over and counted.</summary>
    public const int MostWaiting = 1000;

    /// <summary>Events come in bunches; one look serves them.</summary>
    static readonly TimeSpan Bunch = TimeSpan.FromMilliseconds(50);

    static readonly TimeSpan[] Pauses =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5)];

    readonly EventFilter filter = new() { Types = rule.On };

    /// <summary>How long to wait after so many failures in a row.</summary>
    public static TimeSpan Pause(long failures) => Pauses[Math.Clamp(failures - 1, 0, Pauses.Length - 1)];

    /// <summary>Until its rule is gone; a delivery under way is brought to its end.</summary>
    /// <param name="gone">Asks it to end between two deliveries.</param>
    /// <param name="shutdown">Ends a delivery, too.</param>
    public async Task Run(CancellationToken gone, CancellationToken shutdown)
    {
        var state = store.State(rule.Name);
        var seen = state.Cursor;
        try
        {
            while (true)
            {
                try
                {
                    (state, seen) = await Turn(state, seen, gone, shutdown);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    // The store cannot be read or written now: nothing is lost by looking again.
                    log.LogError("The notification rule {Rule} could not go on and is looked at again: {Reason}", rule.Name, e.Message);
                    await Task.Delay(Pauses[1], clock, gone);
                    state = store.State(rule.Name);
                    seen = state.Cursor;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon stops, or the rule is another one now.
        }
    }

    async Task<(RuleState State, long Seen)> Turn(RuleState state, long seen, CancellationToken gone, CancellationToken shutdown)
    {
        if (state.RetryAt is { } due && Times.From(due) - clock.GetUtcNow() is { Ticks: > 0 } left) await Task.Delay(left, clock, gone);
        var page = store.Events.After(seen, filter, new PageSize(MostWaiting + 1, 16 * 1024 * 1024));
        if (page.Events.Count == 0)
        {
            await feed.WaitBeyond(page.Scanned, TimeSpan.FromHours(1), clock, gone);
            await Task.Delay(Bunch, clock, gone);
            return (state, page.Scanned);
        }
        if (state.Failures > 0 && page.Events.Count > MostWaiting)
        {
            var passed = page.Events[page.Events.Count - MostWaiting - 1];
            state = state with { Cursor = passed.Seq, Tries = 0, Skipped = state.Skipped + page.Events.Count - MostWaiting };
            await store.Keep(rule, state);
            return (state, passed.Seq);
        }
        foreach (var told in page.Events)
        {
            gone.ThrowIfCancellationRequested();
            state = await Tell(state, told, shutdown);
            if (state.RetryAt is not null) return (state, state.Cursor);
        }
        return (state, page.Events[^1].Seq);
    }

    async Task<RuleState> Tell(RuleState state, Event told, CancellationToken shutdown)
    {
        if (NotificationEvents.Kinds.Any(kind => kind.Type == told.Type)
            || store.Store.Read(db => Notice.Of(db, told)) is not { } notice || !notice.Fits(rule))
            return state with { Cursor = told.Seq };
        var (after, gaveUp) = Next(state, told.Seq, await Try(notice, shutdown), clock.GetUtcNow());
        Checkpoint.Reach(Checkpoint.NotificationSent);
        await store.Keep(rule, after, gaveUp ? told : null);
        return after;
    }

    /// <summary>Why it failed; null when it did not.</summary>
    async Task<string?> Try(Notice notice, CancellationToken shutdown)
    {
        try
        {
            await channel.Send(notice, shutdown);
            return null;
        }
        catch (ChannelFailure failure)
        {
            return failure.Message;
        }
    }

    /// <summary>What one delivery makes of a rule's state, and whether its event is given up.</summary>
    /// <param name="state">Before.</param>
    /// <param name="seq">The event.</param>
    /// <param name="error">Why it failed; null when it did not.</param>
    /// <param name="now">The time.</param>
    public static (RuleState After, bool GaveUp) Next(RuleState state, long seq, string? error, DateTimeOffset now)
    {
        if (error is null)
            return (state with
            {
                Cursor = seq,
                Tries = 0,
                Failures = 0,
                Sent = state.Sent + 1,
                LastError = null,
                LastSentAt = now.Micros(),
                RetryAt = null,
            }, false);
        var failed = state with { Tries = state.Tries + 1, Failures = state.Failures + 1, LastError = error };
        failed = failed with { RetryAt = (now + Pause(failed.Failures)).Micros() };
        return failed.Tries < MostTries ? (failed, false) : (failed with { Cursor = seq, Tries = 0, GaveUp = state.GaveUp + 1 }, true);
    }
}
