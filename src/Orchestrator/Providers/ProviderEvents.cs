using Orchestrator.Events;

namespace Orchestrator.Providers;

/// <summary>Event types of providers; they belong to no session.</summary>
static class ProviderEvents
{
    public const string CooledDown = "provider.cooled_down";
    public const string Available = "provider.available";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(CooledDown, "A provider refused a run for now: none of its runs starts until then. Told again when the time grows by a minute.",
            """
            {"provider":"command.nightly","until":"2026-01-31T15:00:00Z","reason":"quota_exhausted","named":true,
            "text":"You've hit your limit, resets 3pm","refused_run_id":"5f0c9d3e1a7b2c48"}
            """.ReplaceLineEndings("")),
        new(Available, "Its runs start again, one after the other: the time is over (time), or a person lifted it (cleared).",
            """{"provider":"command.nightly","why":"time"}"""),
    ];
}
