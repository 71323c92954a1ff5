using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;

namespace Orchestrator.Verbs;

/// <summary>The events of one run: the last ones of those there are, then those that come, without a seam.</summary>
sealed class RunTail(Api api, Surroundings around, string run, Action<string> remark, CancellationToken stop)
{
    /// <summary>How far back the first look goes, in events of the whole daemon; each further one goes four times as far.</summary>
    const long FirstLook = 4096;

    /// <summary>What was shown last: the live part begins behind it.</summary>
    string? cursor;

    /// <summary>Every past event, page by page.</summary>
    public void All(Action<JsonNode> show) => Pages(null, show);

    /// <summary>
    /// The last so many past events. Only as much is read as that needs, however long the run's past is.
    /// </summary>
    /// <returns>The events, oldest first, and whether there are earlier ones.</returns>
    public (List<JsonNode> Events, bool Cut) Last(int most)
    {
        var latest = long.Parse(Latest(), CultureInfo.InvariantCulture);
        for (var back = FirstLook; ; back *= 4)
        {
            var from = Math.Max(0, latest - back);
            var last = new Queue<JsonNode>();
            var cut = from > 0;
            Pages(from.ToString(CultureInfo.InvariantCulture), entry =>
            {
                last.Enqueue(entry);
                if (last.Count <= most) return;
                last.Dequeue();
                cut = true;
            });
            // Its first event in sight: there is nothing before it.
            if (last.FirstOrDefault()?.Text("event_type") == "run.queued") cut = false;
            if (from == 0 || last.Count == most || !cut) return ([.. last], cut);
        }
    }

    /// <summary>Those that come, until <paramref name="take"/> has enough; survives restarts of the daemon.</summary>
    public void Live(Func<JsonNode, bool> take) => new EventFollower(api.Events, around, remark, stop).Follow(null, run, cursor, take);

    string Latest() => api.Events.List(null, null, null, null, new Page(1, "latest")).Text("next_cursor") ?? "0";

    void Pages(string? after, Action<JsonNode> show)
    {
        cursor = after;
        var patience = new Patience(around.Clock, remark, stop);
        while (true)
        {
            try
            {
                var page = api.Events.List(null, run, null, null, new Page(500, cursor));
                patience.Answered();
                var any = false;
                foreach (var entry in page.Entries("events"))
                {
                    any = true;
                    show(entry);
                }
                cursor = page.Text("next_cursor") ?? cursor;
                if (!any) return;
            }
            catch (Fault fault)
            {
                patience.OnFailure(fault);
            }
        }
    }
}
