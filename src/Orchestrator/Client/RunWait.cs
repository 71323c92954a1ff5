using System.Text.Json.Nodes;
using Orchestrator.Cli;

namespace Orchestrator.Client;

/// <summary>Waits for the end of a run, with progress, across restarts of the daemon.</summary>
static class RunWait
{
    /// <summary>How long one question to the daemon is held; it caps at 300 s itself.</summary>
    static readonly TimeSpan Slice = TimeSpan.FromSeconds(60);

    /// <summary>The last known run, and whether the limit came before its end.</summary>
    public readonly record struct Outcome(JsonNode Run, bool TimedOut)
    {
        /// <summary>Exit code of a command that waited.</summary>
        public int ExitCode => (TimedOut ? null : ExitCodes.OfRun(Run.Text("status"), Run.Text("reason"))) ?? ExitCodes.StillRunning;
    }

    /// <summary>Waits until the run has ended or the limit has come. Leaving does not touch the run.</summary>
    /// <param name="call">The command that waits.</param>
    /// <param name="run">Id or prefix.</param>
    /// <param name="limit">Longest wait; null for none.</param>
    /// <param name="interval">How often the daemon looks, a hint; null for its own choice.</param>
    /// <param name="chain">Go on with the attempts that follow it, to the end of the last one.</param>
    public static Outcome For(Invocation call, string run, TimeSpan? limit, TimeSpan? interval, bool chain = false)
    {
        var begun = call.Around.Clock.GetTimestamp();
        var outcome = One(call, run, limit, interval);
        while (chain && !outcome.TimedOut && outcome.Run.Text("next_run_id") is { } next)
        {
            var left = limit - call.Around.Clock.GetElapsedTime(begun);
            outcome = One(call, next, left < TimeSpan.Zero ? TimeSpan.Zero : left, interval);
        }
        return outcome;
    }

    static Outcome One(Invocation call, string run, TimeSpan? limit, TimeSpan? interval)
    {
        // Asked first, so that an unknown or ambiguous id is refused before anything is drawn, and a prefix is whole from here on.
        var known = call.Api().Runs.Show(run)["run"] ?? throw Odd();
        if (ExitCodes.OfRun(known["status"]?.GetValue<string>()) is not null) return new Outcome(known, false);
        using var stop = new CancellationTokenSource();
        using var signals = CommandLine.OnInterrupt(stop.Cancel);
        using var progress = call.Settings.Quiet ? null : new ProgressLine(call.Around, call.Settings.Color);
        var id = known["id"]?.GetValue<string>() ?? run;
        var api = call.Api(stop.Token);
        if (progress is not null) Watch(api.Events, call.Around, id, progress, stop.Token);
        try
        {
            var outcome = Loop(api.Runs, call.Around.Clock, id, limit, interval, progress, stop.Token);
            if (!outcome.TimedOut) progress?.End(EventWords.End(outcome.Run));
            return outcome;
        }
        finally
        {
            stop.Cancel();
        }
    }

    static Outcome Loop(
        RunCalls runs, TimeProvider clock, string id, TimeSpan? limit, TimeSpan? interval, ProgressLine? progress,
        CancellationToken stop)
    {
        var begun = clock.GetTimestamp();
        var patience = new Patience(clock, text => progress?.Remark(text), stop);
        while (true)
        {
            var left = limit - clock.GetElapsedTime(begun);
            var slice = left < Slice ? (left.Value > TimeSpan.Zero ? left.Value : TimeSpan.Zero) : Slice;
            try
            {
                var answer = runs.Wait(id, slice, interval);
                patience.Answered();
                var run = answer["run"] ?? throw Odd();
                if (ExitCodes.OfRun(run["status"]?.GetValue<string>()) is not null) return new Outcome(run, false);
                if (limit is not null && clock.GetElapsedTime(begun) >= limit) return new Outcome(run, true);
            }
            catch (Fault fault)
            {
                patience.OnFailure(fault);
            }
        }
    }

    /// <summary>Feeds the progress line from a thread of its own; it is decoration, so its end never ends the wait.</summary>
    static void Watch(EventCalls events, Surroundings around, string id, ProgressLine progress, CancellationToken stop)
    {
        var feed = new EventFollower(events, around, _ => { }, stop);
        new Thread(() =>
        {
            try
            {
                feed.Follow(null, id, null, entry =>
                {
                    progress.Show(entry);
                    return true;
                });
            }
            catch (Exception e) when (e is Fault or OperationCanceledException)
            {
                // The waiting loop meets the same daemon and reports what is wrong with it.
            }
        })
        { IsBackground = true, Name = "progress" }.Start();
    }

    static Fault Odd() => new(FaultCode.Unavailable, "The daemon's answer holds no run.", "agentctl daemon status shows its version.");
}
