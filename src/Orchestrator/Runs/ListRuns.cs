using System.Globalization;
using Orchestrator.Http;
using Orchestrator.Sessions;

namespace Orchestrator.Runs;

/// <summary>Runs, newest first, by status, session, item, project, profile or agent; and one of them.</summary>
static class ListRuns
{
    public static void Map(Routes routes, RunStore runs, SessionStore sessions)
    {
        routes.Get("/runs", nameof(ListRuns), call =>
        {
            var limit = call.Limit();
            // For a run's own token an id is not completed: candidates and "unknown" would tell what else there is.
            var own = call.Principal.IsOfFamily;
            var session = call.Query("session_id") is { } given && !own ? sessions.Get(given).Id : call.Query("session_id");
            var before = call.Number("cursor", long.MaxValue, 0, long.MaxValue);
            var query = new RunQuery(Statuses(call.Query("status")), session, call.Query("item_id"), before, limit)
            {
                ParentRunId = call.Query("parent_run_id") is { } parent && !own
                    ? runs.Store.Read(db => RunRows.Resolve(db, parent)).Id : call.Query("parent_run_id"),
                Project = call.Query("project"),
                Profile = call.Query("profile"),
                Agent = call.Query("agent"),
                InFamilyOf = call.Principal.SessionId,
            };
            var found = runs.Store.Read(db => RunRows.List(db, query));
            return Task.FromResult(Reply.Ok(json =>
            {
                json.Member("runs", found, RunJson.Default.IReadOnlyListRun);
                json.WriteString("next_cursor", found.Count < limit ? null : found[^1].QueueNo.ToString(CultureInfo.InvariantCulture));
            }));
        }, ownRun: RunAccess.Filtered, doc: ListDoc);
        routes.Get("/runs/{id}", "ShowRun", call =>
        {
            var run = runs.Store.Read(db => RunRows.Resolve(db, call.Part("id")));
            return Task.FromResult(Reply.Ok(json => json.Member("run", run, RunJson.Default.Run)));
        }, ownRun: RunAccess.RunInReach, doc: () => RouteDoc.Of("One run.").Gives("run", RunJson.Default.Run));
    }

    static IReadOnlyList<string> Statuses(string? list)
    {
        if (list is null)
            return [];
        var words = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var word in words)
        {
            if (RunLifecycle.Parse(word) is null)
            {
                var known = string.Join(", ", Enum.GetValues<RunStatus>().Select(RunLifecycle.Word));
                throw Fault.Invalid("status", $"'{Texts.Short(word)}' is none of {known}.");
            }
        }

        return words;
    }

    static RouteDoc ListDoc() => RouteDoc.Of("Runs, newest first.")
        .Asks("status", "Only those in one of these statuses, separated by commas.")
        .Asks("session_id", "Only those of this session.")
        .Asks("item_id", "Only those of this item.")
        .Asks("parent_run_id", "Only those this run spawned.")
        .Asks("project", "Only those in sessions of this project.")
        .Asks("profile", "Only those under this profile.")
        .Asks("agent", "Only those by this agent.")
        .Pages().Gives("runs", RunJson.Default.IReadOnlyListRun).GivesNextCursor();
}
