using Orchestrator.Profiles;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Families;

/// <summary>How far a family may grow, so that nothing repeats without limit. config.yaml: limits.spawn_depth and its siblings.</summary>
/// <param name="said">The user's file as it holds now.</param>
sealed class FamilyLimits(Func<ConfigFile> said)
{
    const int DefaultDepth = 4;
    const int DefaultChildren = 100;
    const int DefaultRuns = 1000;

    /// <summary>Most generations below the first session.</summary>
    int Depth => said().SpawnDepth ?? DefaultDepth;

    /// <summary>Most children of one run (of one session, for those that no run spawned).</summary>
    int Children => said().ChildrenPerRun ?? DefaultChildren;

    /// <summary>Most runs of a whole family.</summary>
    int Runs => said().RunsPerFamily ?? DefaultRuns;

    /// <summary>Throws <see cref="Fault"/> naming the limit and its value when one more child would be too many.</summary>
    public void CheckSpawn(Connection db, Session parent, string? parentRunId)
    {
        if (parent.Depth + 1 > Depth)
            throw Reached("spawn_depth", Depth, $"Session {parent.Id} is {parent.Depth} generations deep, and {Depth} are allowed.");
        var children = parentRunId is { } run
            ? db.Number("select count(*) from sessions where parent_run_id = @run", ("@run", run))
            : db.Number("select count(*) from sessions where parent_session_id = @id and parent_run_id is null", ("@id", parent.Id));
        if (children >= Children)
            throw Reached("children_per_run", Children, $"It has {children} children, and {Children} are allowed.");
        CheckRuns(db, parent);
    }

    /// <summary>Throws <see cref="Fault"/> when the family has all the runs it may have.</summary>
    public void CheckRuns(Connection db, Session member)
    {
        var count = db.Number(
            "select count(*) from runs where session_id = @root or session_id in (select id from sessions where root_session_id = @root)",
            ("@root", member.RootId));
        if (count >= Runs)
            throw Reached("runs_per_family", Runs, $"This family has {count} runs, and {Runs} are allowed.");
    }

    static Fault Reached(string limit, int value, string why) => new(FaultCode.Conflict, why, $"config.yaml: limits.{limit} sets it.")
    {
        Details = new Dictionary<string, object?> { ["limit"] = limit, ["value"] = value },
    };
}
