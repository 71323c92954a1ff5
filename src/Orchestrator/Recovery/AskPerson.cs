using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Requests;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Recovery;

/// <summary>
/// Asks a person how to go on after a run that ended, and does what is answered. The run itself has ended, with its work captured: the
/// question costs nothing while it is open, and is void once somebody else has gone on.
/// </summary>
/// <param name="requests">The requests.</param>
/// <param name="expiry">How long such a question stays open; null for ever. Then nothing happens; to resume stays possible.</param>
sealed class AskPerson(RequestStore requests, Func<TimeSpan?> expiry)
{
    public const string Resume = "resume";
    public const string Extend = "extend";
    public const string Escalate = "escalate";
    public const string Stop = "stop";

    // Bytes of the run's own words in the question.
    const int Words = 1000;

    /// <summary>Asks, after the run's end was written.</summary>
    public void HowToGoOn(WriteTransaction transaction, string runId, string reason, string why)
    {
        var run = RunRows.Get(transaction.Db, runId);
        var limit = RecoveryTable.Of(reason).Blame == Blame.Limit;
        List<string> options = [Resume];
        if (limit && TimeLimit(run) is not null)
            options.Add(Extend);
        if (run.Plan?.Chain is [_, ..])
            options.Add(Escalate);
        options.Add(Stop);
        requests.Create(transaction, new NewRequest(run, RequestKinds.Decision, Question(run, reason, why))
        {
            Options = options,
            ExpiresIn = expiry(),
            Detail = Detail(run, reason).ToJsonString(Json.PlainOptions),
        }, "daemon");
    }

    /// <summary>Somebody went on with that run without an answer: the question is void.</summary>
    public void Overtaken(WriteTransaction transaction, Run started)
    {
        if (started.RetryOf is { } before && RunRows.Find(transaction.Db, before) is { EndedAt: not null } ended)
            requests.WithdrawAll(transaction, ended);
    }

    /// <summary>Does what was answered: a new run that goes on, or nothing.</summary>
    public void Answered(WriteTransaction transaction, RunRequest request)
    {
        if (request.Kind != RequestKinds.Decision || request.State == RequestState.Expired
            || RunRows.Get(transaction.Db, request.RunId) is not { EndedAt: not null, NextRunId: null } run)
            return;
        var choice = request.Answer?.Option ?? (request.State == RequestState.Denied ? Stop : Resume);
        if (choice == Stop)
            return;
        if (SessionStore.Get(transaction.Db, run.SessionId).Status == "archived")
            throw new Fault(FaultCode.Conflict, $"Session {run.SessionId} is archived: nothing goes on in it.", "Answer it with 'stop'.");
        var chain = RunRows.Chain(transaction.Db, run);
        var remedy = choice == Escalate ? Remedy.Escalate
            : run.Transcript?.ThreadId is not null || SessionStore.Thread(transaction.Db, run.SessionId, run.Agent) is not null
                ? Remedy.Resume : Remedy.Fresh;
        var next = NextAttempt.Of(chain, History.Tried.Of(run), remedy, run.Plan ?? new RetryPlan(), request.Answer?.Text);
        // Somebody asked for it: its attempts are counted anew.
        next = next with { RetryHow = null };
        if (choice == Extend)
            next = run.Reason == EndReason.IdleTimeout ? next with { IdleLimit = run.IdleLimit * 2 }
                : next with { TotalLimit = run.TotalLimit * 2 };
        requests.Runs.Insert(transaction, next, request.AnsweredBy ?? "daemon");
    }

    static string Question(Run run, string reason, string why)
    {
        var said = run.Error?.Message
            ?? (reason == RecoveryTable.GoalNotMet ? run.Result?.Summary : EndReason.All.GetValueOrDefault(reason));
        var kept = run.SnapshotRef is null ? "" : " Its unsaved work is captured.";
        var goOn = TimeLimit(run) is { } limit
            ? $"Resume it with the same limit, extend it ({limit * 2 / TimeSpan.FromSeconds(1):0} s), or stop?"
            : "How is it to go on?";
        return $"Run {run.Id} ({run.Profile}, attempt {run.Attempt}) ended: {reason}. "
            + $"{(said is { Length: > 0 } ? ClippedText.Clip(said, Words).TrimEnd('.') + ". " : "")}{why}{kept} {goOn}";
    }

    static TimeSpan? TimeLimit(Run run) => run.Reason switch
    {
        EndReason.TotalTimeout => run.TotalLimit,
        EndReason.IdleTimeout => run.IdleLimit,
        _ => null,
    };

    static JsonObject Detail(Run run, string reason) => new()
    {
        ["reason"] = reason,
        ["attempt"] = run.Attempt,
        ["git_diff_stat"] = run.GitDiffStat,
        ["snapshot_ref"] = run.SnapshotRef,
        ["total_limit_s"] = run.TotalLimit.TotalSeconds,
        ["idle_limit_s"] = run.IdleLimit.TotalSeconds,
        ["escalates_to"] = run.Plan?.Chain is [var next, ..] ? next.Profile : null,
    };
}
