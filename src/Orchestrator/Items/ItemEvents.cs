using Orchestrator.Events;

namespace Orchestrator.Items;

/// <summary>Event types of items: together they are an item's history.</summary>
static class ItemEvents
{
    public const string Added = "item.added";
    public const string Changed = "item.changed";
    public const string ClaimsUpdated = "item.claims_updated";
    public const string Moved = "item.moved";
    public const string Waits = "item.waits";
    public const string Freed = "item.dependencies_done";
    public const string LeaseRenewed = "item.lease_renewed";
    public const string LateResult = "item.late_result";
    public const string AttemptFailed = "item.attempt_failed";
    public const string BreakerOpened = "item.breaker_opened";
    public const string BreakerClosed = "item.breaker_closed";
    public const string Delivered = "item.delivered";
    public const string Output = "item.output";
    public const string Cleared = "item.cleared";
    public const string Worker = "worker.changed";
    public const string Paused = "queue.paused";
    public const string Unpaused = "queue.unpaused";
    public const string ProjectSet = "queue.project_set";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(Added, "Somebody added a work item.",
            """{"number":7,"title":"Fix the login","priority":"high","project":"demo","status":"inbox","blocked_by":[]}"""),
        new(Changed, "Somebody changed what an item says; the members that are new.", """{"title":"Fix the login page"}"""),
        new(ClaimsUpdated, "A run changed files that its item had not declared: they count as claimed from now on. meets names items at "
            + "work that claim some of them, too.",
            """{"run_id":"5f0c9d3e1a7b2c48","added":["src/login.c"],"meets":["9c3e1a7b2c485f0d"]}"""),
        new(Moved, "An item's status changed; computed says that it follows from its steps.",
            """
            {"from":"ready","to":"in_flight","reason":"claimed","agent_id":"worker-1","lease_id":"5f0c9d3e1a7b2c48","run_id":null,
            "attempt":1,"unchecked":false,"causes":[{"kind":"limit","text":"3 attempts","ref":""}],"computed":false}
            """.ReplaceLineEndings("")),
        new(Waits, "What an item waits for changed, and its status did not.",
            """{"causes":[{"kind":"person","text":"Reviewer 1 could not review.","ref":"5f0c9d3e1a7b2c48"}]}"""),
        new(Freed, "Everything an item depended on is done."),
        new(LeaseRenewed, "Who has the item is still at it.",
            """{"lease_id":"5f0c9d3e1a7b2c48","fence":3,"expires_at":"2026-01-31T09:30:00Z"}"""),
        new(LateResult, "Somebody whose lease counts no longer reported on the item; kept as evidence, it changes nothing.",
            """{"lease_id":"5f0c9d3e1a7b2c48","fence":2,"current_fence":3,"how":"complete","report":"Done.","artifacts":[]}"""),
        new(AttemptFailed, "A run of the item ended without having done the work; another one follows.",
            """{"run_id":"5f0c9d3e1a7b2c48","reason":"exit_nonzero","next_run_id":"9c3e1a7b2c485f0d"}"""),
        new(BreakerOpened, "Something repeats itself at an item: nothing more of it starts by itself until a person moves it, or, at a "
            + "limit of the day, until that is over.",
            """{"kind":"equal_causes","text":"3 runs in a row ended with exit_nonzero.","ends_at":"2026-02-01T00:00:00Z"}"""),
        new(BreakerClosed, "A person moved the item: what came before counts no longer.", """{"kind":"equal_causes"}"""),
        new(Delivered, "What became of the item's delivery changed.", """{"delivery":{"state":"merged"}}"""),
        new(Output, "The repository an item is to come out as was made, or why it was not.",
            """
            {"repo_output":{"provider":"github","owner":"acme","name":"figures","url":"https://github.com/acme/figures","error":"…"}}
            """.Trim()),
        new(Cleared, "Somebody emptied the queue.", """{"items":12}"""),
        new(Worker, "An outside worker told of itself.", """{"agent_id":"worker-1","status":"idle"}"""),
        new(Paused, "Nothing starts from the queue, or from one project of it.", """{"project":"demo","note":"release"}"""),
        new(Unpaused, "It goes on.", """{"project":"demo","note":null}"""),
        new(ProjectSet, "Somebody set how a project's queue works.",
            """{"project":"demo","title":"Demo","max_parallel":2,"auto_run":false,"is_active":true}"""),
    ];
}
