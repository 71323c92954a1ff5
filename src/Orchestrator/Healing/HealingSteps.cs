using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Orchestrator.Events;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Healing;

/// <summary>Steps of healing in the store. Each stands there before it is done, once for each silence of a run.</summary>
static class HealingSteps
{
    /// <summary>Those taken in one silence, in their order.</summary>
    public static IReadOnlyList<StepTaken> Of(Connection db, string runId, long episode) => db.Query(
        "select step, at, done_at from healing_steps where run_id = @run and episode = @episode order by no", Read, ("@run", runId),
        ("@episode", episode));

    /// <summary>How often a run was asked.</summary>
    public static int Asked(Connection db, string runId) => (int)(db.Number(
        "select count(*) from healing_steps where run_id = @run and step = 'ask'", ("@run", runId)) ?? 0);

    /// <summary>Writes a step down with its event; false when it stands there already.</summary>
    /// <param name="transaction">The write it belongs to.</param>
    /// <param name="log">Where the event goes.</param>
    /// <param name="run">The run it is about.</param>
    /// <param name="episode">Time of the run's last output: one silence.</param>
    /// <param name="step">Which step.</param>
    /// <param name="why">What was seen.</param>
    /// <param name="more">What the event says besides.</param>
    /// <param name="under">The run whose event it is; null for the session alone, because the run has ended.</param>
    /// <param name="done">It is done in this very write.</param>
    public static bool Take(WriteTransaction transaction, EventLog log, Run run, long episode, HealingStep step, string why,
        JsonObject? more, string? under, bool done)
    {
        var fresh = transaction.Db.Execute(
            "insert into healing_steps (no, run_id, episode, step, why, at, done_at, next_run) values (@no, @run, @episode, @step, @why, "
            + "@now, @done, @next) on conflict (run_id, episode, step) do nothing",
            ("@no", transaction.Next("healing_no")), ("@run", run.Id), ("@episode", episode), ("@step", Ladder.Word(step)), ("@why", why),
            ("@now", transaction.Now), ("@done", done ? transaction.Now : null), ("@next", (string?)more?["next_run_id"])) == 1;
        if (!fresh)
            return false;
        var data = new JsonObject { ["step"] = Ladder.Word(step), ["run_id"] = run.Id, ["why"] = why };
        foreach (var (name, value) in more ?? [])
            data[name] = value?.DeepClone();
        log.Append(transaction, new NewEvent(HealingEvents.Step, "daemon", data, run.SessionId, under, run.ItemId));
        return true;
    }

    /// <summary>It is done.</summary>
    public static void Done(WriteTransaction transaction, string runId, HealingStep step) => transaction.Db.Execute(
        "update healing_steps set done_at = @now where run_id = @run and step = @step and done_at is null", ("@now", transaction.Now),
        ("@run", runId), ("@step", Ladder.Word(step)));

    static StepTaken Read(SqliteDataReader row) =>
        new(Enum.Parse<HealingStep>(row.GetString(0), ignoreCase: true), row.Time(1), row.TimeOrNull(2));
}
