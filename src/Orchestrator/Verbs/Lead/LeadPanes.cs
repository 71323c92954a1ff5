using Orchestrator.Cli;
using Orchestrator.Client;

namespace Orchestrator.Verbs;

/// <summary>Opens a pane for each run a lead starts, while it leads. What goes wrong with a pane troubles nothing else.</summary>
static class LeadPanes
{
    /// <summary>Follows the lead's session from a thread of its own.</summary>
    public static void Follow(Invocation call, string session, string? project, CancellationToken stop)
    {
        // Remarks would be written into the lead's own screen.
        var feed = new EventFollower(call.Api(stop).Events, call.Around, _ => { }, stop);
        new Thread(() =>
        {
            try
            {
                feed.Follow(session, null, null, entry =>
                {
                    if (entry.Text("event_type") == "session.spawned" && entry.Text("data.run_id") is { } run)
                        PaneBoard.Of(call, project).Open(run, $"{run[..Math.Min(8, run.Length)]} {entry.Text("data.title")}");
                    return true;
                });
            }
            catch (Exception e) when (e is Fault or OperationCanceledException)
            {
                // The lead has ended, or the daemon stays away: there is nothing more to show.
            }
        })
        { IsBackground = true, Name = "panes" }.Start();
    }
}
