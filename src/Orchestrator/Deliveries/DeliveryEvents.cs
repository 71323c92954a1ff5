using Orchestrator.Events;

namespace Orchestrator.Deliveries;

/// <summary>Event types of deliveries; they stand in the session of the run whose work is delivered.</summary>
static class DeliveryEvents
{
    /// <summary>What did not fit goes back to its agent.</summary>
    public const string Handed = "delivery.handed";

    /// <summary>What GitHub says of an open pull request changed.</summary>
    public const string Seen = "delivery.seen";

    const string Sample = """{"delivery_id":"9c3e1a7b2c485f0d","from":"landing","into":"main","strategy":"merge","attempts":1,""";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new("delivery.waiting", "Somebody wants work on a branch; again when it starts over, and then it says why.",
            Example("\"why\":\"main moved meanwhile.\"")),
        new("delivery.integrating", "It is its turn: the work is put together with the branch, in a folder of its own.", Example("")),
        new("delivery.verifying", "It fits; what came of it is verified. The branch is as it was.",
            Example("\"integrated\":\"9b2614a…\",\"expected\":\"1c0f2ab…\",\"check_id\":\"7b2c485f0d9c3e1a\"")),
        new("delivery.landing", "Verified; the branch is moved on to it, if it is still where it was.",
            Example("\"verdict\":\"passed\",\"integrated\":\"9b2614a…\",\"expected\":\"1c0f2ab…\"")),
        new("delivery.publishing", "It is its turn: its branch is pushed and its pull request is opened, or found.", Example("")),
        new("delivery.open", "The pull request is open; from now on it is looked at from time to time.",
            Example("\"verdict\":\"passed\",\"pull_request\":{\"repository\":\"acme/shop\",\"branch\":\"agent/fix\",\"base\":\"main\","
                + "\"number\":12,\"url\":\"…\",\"state\":\"open\",\"draft\":false}")),
        new(Seen, "What GitHub says of the pull request changed: its checks, and what is to be done about them and about comments. "
            + "becomes: sent (to its agent), asked (a person) or shown.",
            """
            {"delivery_id":"9c3e1a7b2c485f0d","number":12,"head":"9b2614a…",
            "checks":[{"name":"build","conclusion":"failure","url":"…"}],"comments":1,"becomes":"sent"}
            """.ReplaceLineEndings("")),
        new("delivery.landed", "The branch has it.", Example("\"verdict\":\"passed\",\"integrated\":\"9b2614a…\",\"why\":\"…\"")),
        new("delivery.conflict", "Both sides changed the same; nothing was changed. The delivery has both intents.",
            Example("\"files\":[\"src/sum.js\"],\"why\":\"…\"")),
        new("delivery.failed", "It did not work; the branch is as others left it.",
            Example("\"reason\":\"verify_failed\",\"why\":\"…\",\"check_id\":\"7b2c485f0d9c3e1a\"")),
        new(Handed, "What did not fit goes back to its agent, as a run in the same session.",
            """{"delivery_id":"9c3e1a7b2c485f0d","next_run_id":"0d9c3e1a7b2c485f"}"""),
        new("delivery.canceled", "Somebody called it off before the branch was moved.",
            Example("\"reason\":\"canceled\",\"why\":\"Not now.\"")),
    ];

    /// <summary>The type that tells of a state.</summary>
    public static string Type(DeliveryState state) => "delivery." + DeliveryLifecycle.Word(state);

    static string Example(string rest) => (Sample + rest).TrimEnd(',') + "}";
}
