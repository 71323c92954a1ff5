namespace Orchestrator.Requests;

/// <summary>Where a request is. All but the first are final: the first answer counts.</summary>
enum RequestState
{
    /// <summary>Nobody has answered yet; its run waits.</summary>
    Open,
    /// <summary>Somebody who may said yes.</summary>
    Approved,
    /// <summary>Somebody who may said no.</summary>
    Denied,
    /// <summary>Somebody gave a text or chose an option.</summary>
    Answered,
    /// <summary>Nobody answered in time; what then happens stands in on_expiry, and it never reads as a person's no.</summary>
    Expired,
    /// <summary>The run that asked has ended, or took the question back.</summary>
    Withdrawn,
}

/// <summary>What happens to a request.</summary>
enum RequestStep
{
    /// <summary>Somebody who may says yes.</summary>
    Approve,
    /// <summary>Somebody who may says no.</summary>
    Deny,
    /// <summary>Somebody gives a text or chooses an option.</summary>
    Answer,
    /// <summary>Its time is over and nobody has answered.</summary>
    Expire,
    /// <summary>The run that asked ends.</summary>
    Withdraw,
}

/// <summary>The request's lifecycle as a pure function; docs/lifecycles.md is drawn from it.</summary>
static class RequestLifecycle
{
    /// <summary>The state after a step, or null when the step is refused.</summary>
    public static RequestState? Next(RequestState from, RequestStep step) => (from, step) switch
    {
        (RequestState.Open, RequestStep.Approve) => RequestState.Approved,
        (RequestState.Open, RequestStep.Deny) => RequestState.Denied,
        (RequestState.Open, RequestStep.Answer) => RequestState.Answered,
        (RequestState.Open, RequestStep.Expire) => RequestState.Expired,
        (RequestState.Open, RequestStep.Withdraw) => RequestState.Withdrawn,
        _ => null,
    };

    /// <summary>The word used in the API, the store and events.</summary>
    public static string Word(RequestState state) => EnumWords.Of(state);

    /// <summary>The state a word names, or null.</summary>
    public static RequestState? Parse(string word) => EnumWords.Parse<RequestState>(word);
}

/// <summary>The closed list of what may be asked.</summary>
static class RequestKinds
{
    public const string Approval = "approval_request";
    public const string Permission = "permission_request";
    public const string Question = "question";

    /// <summary>A choice between ways to go on, asked by the daemon itself.</summary>
    public const string Decision = "decision";

    public static readonly IReadOnlyList<string> All = [Approval, Permission, Question, Decision];
}

/// <summary>What becomes of a request that nobody answered in time.</summary>
static class OnExpiry
{
    /// <summary>The asker is told no, and that nobody said it.</summary>
    public const string Deny = "deny";

    /// <summary>The run is stopped and can be resumed once there is an answer.</summary>
    public const string Park = "park";

    /// <summary>The asker is told to go on by its own judgement.</summary>
    public const string Continue = "continue";

    public static readonly IReadOnlyList<string> All = [Deny, Park, Continue];
}
