using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Agents;

namespace Orchestrator.Runs;

/// <summary>Whether a run gets on, as clients get it: a verdict from evidence, and the evidence in words.</summary>
/// <param name="Verdict">working, waiting, quiet, stalled or dead.</param>
/// <param name="WaitingFor">What a waiting one waits for; null for the others.</param>
/// <param name="Since">Since when it is so.</param>
/// <param name="Reasons">What speaks for it, each a sentence without its full stop.</param>
sealed record RunHealth(
    [property: Words(HealthWords.Working, HealthWords.Waiting, HealthWords.Quiet, HealthWords.Stalled, HealthWords.Dead)] string Verdict,
    [property: Words("person", "parent", "child", "tool", "provider", "slot", "session", "budget", "time", "daemon")] string? WaitingFor,
    DateTimeOffset Since, IReadOnlyList<string> Reasons)
{
    /// <summary>In one line: <c>quiet: no output for 6 minutes</c>.</summary>
    public string InWords() => $"{Verdict}{(WaitingFor is null ? "" : $" for {WaitingFor}")}: {string.Join("; ", Reasons)}";

    /// <summary>Members of this and of an answer that needs no evidence but the row. Pure.</summary>
    /// <param name="run">The run.</param>
    /// <param name="kept">What was found by looking at its processes; counts while the run's status is the one it was found in.</param>
    /// <param name="asked">Whom its oldest open request is to: person or parent; null when it has none.</param>
    /// <param name="holdsBack">What a queued one is known to wait for: provider or session; null for a slot.</param>
    public static RunHealth? Of(Run run, KeptHealth? kept, string? asked, string? holdsBack) => run.Status switch
    {
        // Nobody sees it while it is so: a run whose process is gone is told to have ended within a second.
        RunStatus.Lost => new(HealthWords.Dead, null, run.EndedAt ?? run.CreatedAt, [run.Reason is { } reason
            ? $"it ended without saying how ({reason})" : "it ended without saying how", "its process is gone"]),
        _ when RunLifecycle.IsFinal(run.Status) => null,
        _ when kept is not null && kept.Status == RunLifecycle.Word(run.Status) => kept.Health,
        // What it was stopped for is what its end tells.
        RunStatus.Stopping when run.StopReason == EndReason.Stalled && kept is not null => kept.Health,
        RunStatus.Queued => new(HealthWords.Waiting, holdsBack ?? "slot", run.CreatedAt, [holdsBack switch
        {
            "provider" => $"its provider '{run.Provider}' is left alone for now",
            "session" => "an earlier run of its session has not ended",
            _ when run.NotBefore is { } time => $"it is queued, and starts not before {time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z",
            _ => "it is queued",
        }]),
        RunStatus.Starting => new(HealthWords.Working, null, run.CreatedAt, ["its workspace and command are being prepared"]),
        RunStatus.Waiting when asked is not null => new(HealthWords.Waiting, asked, run.WaitingSince ?? run.CreatedAt,
            [asked == "parent" ? "it asked its parent and has no answer" : "it asked and has no answer"]),
        RunStatus.Waiting when run.WaitingFor == "children" => new(HealthWords.Waiting, "child", run.WaitingSince ?? run.CreatedAt,
            ["it waits for runs that it spawned"]),
        RunStatus.Stopping => new(HealthWords.Working, null, run.LastEventAt ?? run.CreatedAt, [$"it is being stopped ({run.StopReason})"]),
        _ => new(HealthWords.Working, null, run.StartedAt ?? run.CreatedAt, ["it runs"]),
    };
}

/// <summary>The five verdicts.</summary>
static class HealthWords
{
    /// <summary>It says or does something.</summary>
    public const string Working = "working";

    /// <summary>It has nothing to do until something comes that is known.</summary>
    public const string Waiting = "waiting";

    /// <summary>It has said nothing for a while, and nothing else speaks for it.</summary>
    public const string Quiet = "quiet";

    /// <summary>Quiet for so long, with processes that do nothing, that something is done about it.</summary>
    public const string Stalled = "stalled";

    /// <summary>Its process is gone.</summary>
    public const string Dead = "dead";

    public static readonly IReadOnlyList<string> All = [Working, Waiting, Quiet, Stalled, Dead];
}

/// <summary>A verdict as it is kept with a run.</summary>
/// <param name="Status">The run's status when it was found.</param>
/// <param name="Health">The verdict.</param>
sealed record KeptHealth(string Status, RunHealth Health)
{
    public static KeptHealth? Read(string? json) => json is null ? null : JsonSerializer.Deserialize(json, HealthJson.Default.KeptHealth);

    public string Write() => JsonSerializer.Serialize(this, HealthJson.Default.KeptHealth);
}

/// <summary>JSON of verdicts.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(KeptHealth))]
sealed partial class HealthJson : JsonSerializerContext;
