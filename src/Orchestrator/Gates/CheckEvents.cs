using Orchestrator.Events;

namespace Orchestrator.Gates;

/// <summary>Event types of checks; they stand in the session of the run whose work is checked.</summary>
static class CheckEvents
{
    public const string Queued = "check.queued";
    public const string Started = "check.started";
    public const string Command = "check.command";
    public const string Finished = "check.finished";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(Queued, "Somebody wants a run's work, or the tree of a delivery, to be checked.",
            """{"check_id":"9c3e1a7b2c485f0d","kind":"worktree","delivery_id":null,"commands":2}"""),
        new(Started, "The daemon looks; again after a restart. Nobody else works there meanwhile.",
            """{"check_id":"9c3e1a7b2c485f0d","commit":"9b2614a…","path":"/data/worktrees/c0ffee"}"""),
        new(Command, "One verify command has ended.",
            """{"check_id":"9c3e1a7b2c485f0d","command":["dotnet","test"],"outcome":"passed","exit_code":0,"text":"…"}"""),
        new(Finished, "The check has its verdict: passed, failed, unverified or impossible.",
            """{"check_id":"9c3e1a7b2c485f0d","verdict":"passed","summary":"2 of 2 verify commands passed.","commit":"9b2614a…"}"""),
    ];
}
