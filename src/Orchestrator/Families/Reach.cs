using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Families;

/// <summary>
/// What a run's own token reaches: its run, its session, and every session that was spawned below it, however deep. Asked on each call
/// and answered from the rows, so nothing has to be kept in step.
/// </summary>
sealed class Reach(Database store)
{
    /// <summary>True when the object with this id (or a unique beginning of it) is in the token's reach in that way.</summary>
    public bool Allows(Principal principal, RunAccess access, string idOrPrefix)
    {
        var run = principal.RunId;
        if (principal.SessionId is not { } session)
            return false;
        return store.Read(db => access switch
        {
            RunAccess.OwnRun => run is not null && Whole(db, "runs", idOrPrefix) == run,
            RunAccess.RunBelow => Whole(db, "runs", idOrPrefix) is { } id && (id == run || IsBelow(db, session, HomeOf(db, "runs", id))),
            RunAccess.RunInReach => InReach(db, session, HomeOf(db, "runs", Whole(db, "runs", idOrPrefix))),
            RunAccess.SessionInReach => InReach(db, session, Whole(db, "sessions", idOrPrefix)),
            RunAccess.MessageInReach => InReach(db, session, HomeOf(db, "messages", Whole(db, "messages", idOrPrefix))),
            RunAccess.RequestInReach => InReach(db, session, HomeOf(db, "requests", Whole(db, "requests", idOrPrefix))),
            RunAccess.RequestFromBelow => IsBelow(db, session, HomeOf(db, "requests", Whole(db, "requests", idOrPrefix))),
            _ => false,
        });
    }

    /// <summary>True for the session itself and all below it.</summary>
    public static bool InReach(Connection db, string mine, string? other) => other == mine || IsBelow(db, mine, other);

    /// <summary>True when <paramref name="other"/> was spawned by the session or by one that it spawned.</summary>
    public static bool IsBelow(Connection db, string mine, string? other)
    {
        // Upwards, one parent at a time: a family is a few generations deep.
        while (other is not null)
        {
            other = db.Text("select parent_session_id from sessions where id = @id", ("@id", other));
            if (other == mine)
                return true;
        }

        return false;
    }

    static string? HomeOf(Connection db, string table, string? id) =>
        id is null ? null : db.Text($"select session_id from {table} where id = @id", ("@id", id));

    // What is unknown or ambiguous is out of reach: the answer must not tell what else there is.
    static string? Whole(Connection db, string table, string idOrPrefix)
    {
        try
        {
            return Prefixes.Resolve(db, table, "object", idOrPrefix);
        }
        catch (Fault)
        {
            return null;
        }
    }
}
