using Orchestrator.Events;

namespace Orchestrator.Plans;

/// <summary>Event types of plans. Each names its plan; those about one item stand under that item.</summary>
static class PlanEvents
{
    public const string Imported = "plan.imported";
    public const string Moved = "plan.moved";
    public const string PhaseOpened = "plan.phase_opened";
    public const string PhaseDone = "plan.phase_done";
    public const string DecisionNeeded = "plan.decision_needed";
    public const string DecisionGone = "plan.decision_gone";
    public const string Decided = "plan.decided";
    public const string Step = "plan.step";
    public const string Heartbeat = "plan.heartbeat";
    public const string MannerChanged = "plan.manner_changed";
    public const string Assigned = "plan.assigned";
    public const string UnitAssigned = "plan.unit_assigned";
    public const string Dispatched = "plan.dispatched";
    public const string Consulted = "plan.consulted";
    public const string ConsultReturned = "plan.consult_returned";
    public const string ConsultUsed = "plan.consult_used";
    public const string ConsultOverruled = "plan.consult_overruled";
    public const string Wished = "plan.wished";
    public const string WishReturned = "plan.wish_returned";
    public const string WishPlanned = "plan.wish_planned";
    public const string WishFailed = "plan.wish_failed";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(Imported, "A document became a plan, or changed one: how many of its items are new, changed, and not in it any more.",
            """
            {"plan_id":"5f0c9d3e1a7b2c48","title":"demo","source_kind":"manifest","added":8,"changed":0,"gone":0,"findings":1}
            """.ReplaceLineEndings("")),
        new(Moved, "A plan's status changed.",
            """{"plan_id":"5f0c9d3e1a7b2c48","from":"draft","to":"running","reason":null}"""),
        new(PhaseOpened, "Items of a phase may start from now on.",
            """{"plan_id":"5f0c9d3e1a7b2c48","phase":2,"name":"Phase 2: High"}"""),
        new(PhaseDone, "The gate of a phase is fulfilled.",
            """{"plan_id":"5f0c9d3e1a7b2c48","phase":1,"name":"Phase 1: Critical","passed_by":null}"""),
        new(DecisionNeeded, "Only a person can say how something of a plan goes on; the rest of it goes on by itself.",
            """
            {"plan_id":"5f0c9d3e1a7b2c48","decision_id":"9c3e1a7b2c485f0d","kind":"item","item_id":"1a7b2c485f0c9d3e","phase":null,
            "text":"t4 did not get done.","options":["retry","skip","abort"]}
            """.ReplaceLineEndings("")),
        new(DecisionGone, "A decision is not needed any more: its cause is gone.",
            """{"plan_id":"5f0c9d3e1a7b2c48","decision_id":"9c3e1a7b2c485f0d","kind":"item","item_id":"1a7b2c485f0c9d3e","phase":null}"""),
        new(Decided, "A person decided.",
            """
            {"plan_id":"5f0c9d3e1a7b2c48","decision_id":"9c3e1a7b2c485f0d","kind":"item","item_id":"1a7b2c485f0c9d3e","phase":null,
            "choice":"skip","note":"not needed"}
            """.ReplaceLineEndings("")),
        new(Step, "An agent said how far it is with a step of its item.",
            """{"plan_id":"5f0c9d3e1a7b2c48","step":"1.2","state":"failed","note":"no network"}"""),
        new(Heartbeat, "How a plan that runs is, told again and again: what is at work, and what is stuck with the reason.",
            """
            {"plan_id":"5f0c9d3e1a7b2c48","title":"demo","status":"running","decided":3,"total":8,"counts":{"done":3,"in_flight":1},
            "working":[{"item_id":"1a7b2c485f0c9d3e","id":"t4","title":"Fix X","why":"working: it runs"}],
            "stuck":[{"item_id":"2c485f0c9d3e1a7b","id":"t5","title":"Fix Y","why":"No route to GitHub."}],"decisions":0,
            "next_at":"2026-01-31T09:45:00Z"}
            """.ReplaceLineEndings("")),
        new(MannerChanged, "How a plan goes from now on: whether a controller is asked, and whether units start only when they are "
            + "dispatched.",
            """{"plan_id":"5f0c9d3e1a7b2c48","mode":"llm","by_hand":false,"write_back":null}"""),
        new(Assigned, "Who does the units of a plan was said: by rules, by a person, or by the run that was asked.",
            """{"plan_id":"5f0c9d3e1a7b2c48","by":"rules","units":8,"changed":8,"why":"asked for"}"""),
        new(UnitAssigned, "A unit got its type, its profile (null: by its type) and its care by somebody's word.",
            """
            {"plan_id":"5f0c9d3e1a7b2c48","unit":"2","type":"ui","profile":"spark","care":"standard","why":"it is a page"}
            """.ReplaceLineEndings("")),
        new(Dispatched, "Somebody let the units start that were ready; units names them by the document's ids.",
            """{"plan_id":"5f0c9d3e1a7b2c48","units":["1","3"]}"""),
        new(Consulted, "A controller is asked about a plan: who does what (assign), what starts first (order), how one unit goes on "
            + "(decide). run_id is null when nobody could be asked.",
            """
            {"plan_id":"5f0c9d3e1a7b2c48","consult_id":"1e7b2c485f0c9d3a","kind":"order","run_id":"7b2c485f0c9d3e1a","items":3}
            """.ReplaceLineEndings("")),
        new(ConsultReturned, "What the controller answered cannot be used and went back to it, with what is wrong.",
            """
            {"plan_id":"5f0c9d3e1a7b2c48","consult_id":"1e7b2c485f0c9d3a","run_id":"7b2c485f0c9d3e1a","next_run_id":"2c485f0c9d3e1a7b",
            "problem":"It names none of the plan's units."}
            """.ReplaceLineEndings("")),
        new(ConsultUsed, "What the controller answered fits what is so, and holds.",
            """
            {"plan_id":"5f0c9d3e1a7b2c48","consult_id":"1e7b2c485f0c9d3a","kind":"order","run_id":"7b2c485f0c9d3e1a",
            "answer":["9c3e1a7b2c485f0d","1a7b2c485f0c9d3e"],"why":"others wait for it"}
            """.ReplaceLineEndings("")),
        new(ConsultOverruled, "The controller answered nothing that could be used, or not in time: what the rules say holds.",
            """
            {"plan_id":"5f0c9d3e1a7b2c48","consult_id":"1e7b2c485f0c9d3a","kind":"decide","run_id":"7b2c485f0c9d3e1a","answer":["person"],
            "problem":"It says COMPLETE, and units are open."}
            """.ReplaceLineEndings("")),
        new(Wished, "Somebody wants something, and a run plans it.",
            """{"wish_id":"3e1a7b2c485f0c9d","run_id":"7b2c485f0c9d3e1a","project":"demo"}"""),
        new(WishReturned, "What the planner gave cannot be used and went back to it, with what is wrong.",
            """
            {"wish_id":"3e1a7b2c485f0c9d","run_id":"7b2c485f0c9d3e1a","next_run_id":"2c485f0c9d3e1a7b",
            "problem":"t1 and t2 wait for each other."}
            """.ReplaceLineEndings("")),
        new(WishPlanned, "A wish became a plan.",
            """{"wish_id":"3e1a7b2c485f0c9d","run_id":"7b2c485f0c9d3e1a","plan_id":"5f0c9d3e1a7b2c48"}"""),
        new(WishFailed, "No plan came of a wish; a person says more, or lets it be.",
            """{"wish_id":"3e1a7b2c485f0c9d","run_id":"7b2c485f0c9d3e1a","problem":"The run was canceled."}"""),
    ];
}
