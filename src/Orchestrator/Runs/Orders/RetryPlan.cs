using System.Text.Json.Serialization;
using Orchestrator.Agents;
using Orchestrator.Profiles;

namespace Orchestrator.Runs;

/// <summary>
/// What decides about a run's next attempt, kept in its row from the day it was queued: profiles are in files, which the writing thread
/// must not read, and what is edited later does not change what was begun.
/// </summary>
sealed record RetryPlan
{
    public RetryMode Mode { get; init; }

    /// <summary>Attempts at the work in all.</summary>
    public int Attempts { get; init; }

    /// <summary>Longest wait for a provider, in seconds.</summary>
    public double LongestWaitS { get; init; }

    /// <summary>Tokens of all attempts together; null for no limit.</summary>
    public long? Tokens { get; init; }

    /// <summary>Cost of all attempts together, in millionths of a US dollar; null for no limit.</summary>
    public long? Micros { get; init; }

    /// <summary>A limit that stopped it asks a person.</summary>
    public bool AskOnLimit { get; init; }

    /// <summary>Where a person would be asked, nothing happens: whoever wanted the run decides.</summary>
    public bool AskNobody { get; init; }

    /// <summary>Whom it escalates to, one after the other.</summary>
    public IReadOnlyList<RetryTarget> Chain { get; init; } = [];

    /// <summary>The plan of a run of this profile.</summary>
    public static RetryPlan Of(Profile profile, RunLimits limits) => new()
    {
        Mode = profile.Retry.Mode,
        Attempts = profile.Retry.Attempts,
        LongestWaitS = profile.Retry.LongestWait.TotalSeconds,
        Tokens = profile.Retry.Tokens,
        Micros = (profile.Retry.CostUsd ?? profile.CostLimit) is { } dollars ? (long)decimal.Round(dollars * 1_000_000) : null,
        AskOnLimit = profile.Retry.AskOnLimit,
        Chain = [.. profile.Chain.Select(next => RetryTarget.Of(next, limits))],
    };

    /// <summary>The same for work of the queue: it is tried again to the end of its attempts, unless the profile wants nothing by itself.
    /// </summary>
    public static RetryPlan OfItem(Profile profile, RunLimits limits) => Of(profile, limits) is { Mode: not RetryMode.Never } plan
        ? plan with { Mode = RetryMode.Full } : Of(profile, limits);
}

/// <summary>A profile as far as a run of it is queued with; its settings are by <see cref="KeptProfile"/>.</summary>
sealed record RetryTarget(string Profile, string Agent, string? Protocol, string? Model, string Provider, double TotalS, double IdleS,
    string? Settings = null)
{
    public static RetryTarget Of(Profile profile, RunLimits limits)
    {
        var agent = AgentCatalog.Of(profile);
        return new(profile.Name, profile.Agent, agent.Protocol, profile.Model, agent.ProviderOf(profile),
            (profile.TotalLimit ?? limits.Total).TotalSeconds, (profile.IdleLimit ?? limits.Idle).TotalSeconds, KeptProfile.Write(profile));
    }
}

/// <summary>JSON of plans as they are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RetryPlan))]
sealed partial class PlanJson : JsonSerializerContext;

/// <summary>How a run follows another one; the words of <c>retry_how</c>.</summary>
static class RetryHow
{
    /// <summary>The same order once more: nothing had happened.</summary>
    public const string Again = "again";

    /// <summary>The same conversation goes on.</summary>
    public const string Resume = "resume";

    /// <summary>A new conversation that is told what was tried.</summary>
    public const string Fresh = "fresh";

    /// <summary>The same with the profile it escalates to.</summary>
    public const string Escalate = "escalate";

    public static readonly IReadOnlyList<string> All = [Again, Resume, Fresh, Escalate];
}

/// <summary>What follows a run's end.</summary>
/// <param name="NextRunId">The attempt that was queued; null for none.</param>
/// <param name="Then">What is to be written after the end's own event; null for nothing.</param>
sealed record Sequel(string? NextRunId, Action<Store.WriteTransaction>? Then = null)
{
    public static readonly Sequel None = new((string?)null);
}
