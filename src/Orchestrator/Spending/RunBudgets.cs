using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Events;
using Orchestrator.Requests;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Spending;

/// <summary>One limit of a run that was met.</summary>
/// <param name="Key">As the profile calls it.</param>
/// <param name="Allowed">The limit, in steps, tokens or millionths of a dollar.</param>
/// <param name="Used">What is used.</param>
readonly record struct MetLimit(string Key, long Allowed, long Used);

/// <summary>
/// What single runs may use. At a limit the run's processes are held still and a person is asked: go on with as much again, or stop. A run
/// that stops keeps its work and can be resumed. An agent that tells its usage only at its end is over the limit before anybody knows: that
/// is said in a warning.
/// </summary>
sealed class RunBudgets(RequestStore requests, UsageLedger ledger, DayLimits days, Func<TimeSpan?> expiry)
{
    const string Continue = "continue";
    const string Stop = "stop";

    readonly RunStore runs = requests.Runs;

    /// <summary>In the transaction that stores what the agent used.</summary>
    /// <param name="transaction">That transaction.</param>
    /// <param name="run">The run as its row says now.</param>
    /// <param name="before">What it had used; null for nothing.</param>
    public void Follow(WriteTransaction transaction, Run run, Usage? before)
    {
        if (run.Usage is { } usage && usage != before)
        {
            var day = ledger.Record(transaction, run, usage);
            var project = UsageLedger.ProjectOf(transaction.Db, run.SessionId);
            days.Check(transaction, day, project);
            if (usage.CostSource == CostSources.Unknown && before?.CostSource != CostSources.Unknown
                && (run.Budget.Micros is not null || days.LimitsMoney(project)))
                Warn(transaction, run, "cost_unknown",
                    $"Nobody knows what the model {(run.Model is { } model ? $"'{model}'" : "of this run")} "
                    + "costs: its tokens do not count toward limits in dollars. Give it a price under 'prices' in config.yaml.");
        }

        if (Met(run) is { } met)
            Meet(transaction, run, met, before);
    }

    /// <summary>The first limit that is met; null while none is. Pure.</summary>
    public static MetLimit? Met(Run run)
    {
        var spent = run.Usage is { } usage ? Spent.Of(usage) : default;
        foreach (var (key, allowed, used) in new[]
        {
            ("cost_usd", run.Budget.Micros, spent.Micros), ("tokens", run.Budget.Tokens, spent.Tokens),
            ("turns", run.Budget.Turns, run.Transcript?.Turns ?? 0),
        })
            if (allowed is { } most && used >= most)
                return new MetLimit(key, most, used);
        return null;
    }

    /// <summary>When a request was answered, or its time is over: the run goes on with as much again, or stops.</summary>
    public void Answered(WriteTransaction transaction, RunRequest request)
    {
        if (request.Kind != RequestKinds.Decision || request.Detail is not { } detail || detail.Text("limit") is not { } key)
            return;
        if (request.State == RequestState.Approved || request.Answer?.Option == Continue || request.Answer?.Text == Continue)
        {
            var run = RunRows.Get(transaction.Db, request.RunId);
            // As much again from where it is, so that it is not asked the same at once.
            RunPauses.End(transaction, runs, run.Id, Raised(run, key));
            return;
        }

        runs.Advance(transaction, request.RunId, null, RunStep.Stop, new RunChange(request.AnsweredBy ?? "daemon")
        {
            StopReason = EndReason.Budget,
            StopActor = request.AnsweredBy ?? "daemon",
        });
    }

    void Meet(WriteTransaction transaction, Run run, MetLimit met, Usage? before)
    {
        if (run.Transcript is { EndSeen: true } || run.Status is not (RunStatus.Running or RunStatus.Waiting))
        {
            // Nothing can be held still any more; what follows in its session is another run, with limits of its own.
            if (met.Key != "turns" && Met(run with { Usage = before }) is null)
                Warn(transaction, run, "budget_exceeded",
                    $"It used {Words(met.Key, met.Used)} and its limit was {Words(met.Key, met.Allowed)}: "
                    + "its agent told so only at its end.");
            return;
        }

        if (run.Paused)
            return;
        RunPauses.Begin(transaction, runs, run.Id);
        var estimate = met.Key == "cost_usd" && run.Usage?.CostSource == CostSources.Estimate;
        requests.Create(transaction, new NewRequest(RunRows.Get(transaction.Db, run.Id), RequestKinds.Decision,
            $"The run used {Words(met.Key, met.Used)}{(estimate ? " (an estimate)" : "")} and its limit is {Words(met.Key, met.Allowed)}. "
            + "It is held still. Go on with as much again, or stop it? A stopped run keeps its work and can be resumed.")
        {
            Options = [Continue, Stop],
            Detail = new JsonObject
            {
                ["limit"] = met.Key,
                ["allowed"] = Number(met.Key, met.Allowed),
                ["used"] = Number(met.Key, met.Used),
                ["estimate"] = estimate,
            }.ToJsonString(Json.PlainOptions),
            ExpiresIn = expiry(),
        }, "daemon");
    }

    static RunBudget Raised(Run run, string key)
    {
        var spent = run.Usage is { } usage ? Spent.Of(usage) : default;
        var budget = run.Budget;
        return key switch
        {
            "cost_usd" => budget with { Micros = spent.Micros + Math.Max(1, budget.Micros ?? 0) },
            "tokens" => budget with { Tokens = spent.Tokens + Math.Max(1, budget.Tokens ?? 0) },
            _ => budget with { Turns = (run.Transcript?.Turns ?? 0) + Math.Max(1, budget.Turns ?? 0) },
        };
    }

    void Warn(WriteTransaction transaction, Run run, string code, string text) => runs.Events.Append(transaction,
        new NewEvent(RunEvents.Warning, "daemon", RunEvents.WarningData(code, text), run.SessionId, run.Id));

    static JsonNode Number(string key, long amount) =>
        key == "cost_usd" ? JsonValue.Create(amount / 1_000_000m) : JsonValue.Create(amount);

    static string Words(string key, long amount) => key switch
    {
        "cost_usd" => $"{(amount / 1_000_000m).ToString("0.####", CultureInfo.InvariantCulture)} USD",
        "tokens" => $"{amount.ToString(CultureInfo.InvariantCulture)} tokens",
        _ => $"{amount.ToString(CultureInfo.InvariantCulture)} steps",
    };
}
