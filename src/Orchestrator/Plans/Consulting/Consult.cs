using System.Text.Json.Serialization;

namespace Orchestrator.Plans;

/// <summary>Where a question to the controller is.</summary>
enum ConsultState
{
    /// <summary>A run works it out.</summary>
    Asked,
    /// <summary>What it answered holds.</summary>
    Used,
    /// <summary>It answered nothing that could be used, or not in time: what the rules say holds.</summary>
    Overruled,
}

/// <summary>What happens to a question to the controller.</summary>
enum ConsultStep
{
    /// <summary>Its answer fits what is so.</summary>
    Use,
    /// <summary>It does not, or there is none.</summary>
    Overrule,
}

/// <summary>The lifecycle of questions to the controller: which step leads where. Pure.</summary>
static class ConsultLifecycle
{
    /// <summary>The next state, or null when the step is not allowed.</summary>
    public static ConsultState? Next(ConsultState from, ConsultStep step) => (from, step) switch
    {
        (ConsultState.Asked, ConsultStep.Use) => ConsultState.Used,
        (ConsultState.Asked, ConsultStep.Overrule) => ConsultState.Overruled,
        _ => null,
    };

    /// <summary>The word used in the API, the store and events.</summary>
    public static string Word(ConsultState state) => EnumWords.Of(state);
}

/// <summary>What a controller is asked.</summary>
static class ConsultKinds
{
    /// <summary>Who does which unit.</summary>
    public const string Assign = "assign";
    /// <summary>Which of several ready units start first.</summary>
    public const string Order = "order";
    /// <summary>Whether a unit that did not get done is tried once more, or a person is asked.</summary>
    public const string Decide = "decide";

    /// <summary>How long an answer is waited for, in the queue and at work: after that the rules decide.</summary>
    public static TimeSpan Patience(string kind) => kind switch
    {
        Order => TimeSpan.FromMinutes(3),
        Decide => TimeSpan.FromMinutes(5),
        _ => TimeSpan.FromMinutes(15),
    };
}

/// <summary>A question to the controller of a plan, as it is stored and as clients get it.</summary>
sealed record Consult
{
    public required string Id { get; init; }

    [Words("assign", "order", "decide")]
    public required string Kind { get; init; }

    [Words("asked", "used", "overruled")]
    public string Status => ConsultLifecycle.Word(State);

    /// <summary>The run that is asked, the last one when there were several; null when none could be started.</summary>
    public string? RunId { get; init; }

    /// <summary>Ids of the items it is about; none for all of the plan's.</summary>
    public IReadOnlyList<string> About { get; init; } = [];

    /// <summary>What holds: items in their order, or an option. Null where that is told elsewhere.</summary>
    public IReadOnlyList<string>? Answer { get; init; }

    /// <summary>Why its answer does not hold; null when it does.</summary>
    public string? Problem { get; init; }
    public required string CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From then on the rules decide.</summary>
    public required DateTimeOffset LateAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    [JsonIgnore] public string PlanId { get; init; } = "";
    [JsonIgnore] public ConsultState State { get; init; }

    /// <summary>How often an answer went back.</summary>
    [JsonIgnore] public long Repeats { get; init; }
}
