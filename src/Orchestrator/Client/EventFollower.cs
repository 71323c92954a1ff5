using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cli;

namespace Orchestrator.Client;

/// <summary>Follows events from a cursor, across restarts of the daemon, each once and in order.</summary>
sealed class EventFollower(EventCalls events, Surroundings around, Action<string> remark, CancellationToken stop)
{
    /// <summary>Calls <paramref name="take"/> for each event until it answers false.</summary>
    /// <param name="session">Only this session's events; null for all.</param>
    /// <param name="run">Only this run's events; null for all.</param>
    /// <param name="after">Cursor to begin after; null for the first event, "latest" for now.</param>
    /// <param name="take">Takes one event; false ends the feed.</param>
    public void Follow(string? session, string? run, string? after, Func<JsonNode, bool> take)
    {
        var patience = new Patience(around.Clock, remark, stop);
        var cursor = after;
        while (true)
        {
            try
            {
                using var answer = events.Stream(session, run, null, null, cursor);
                patience.Answered();
                foreach (var frame in ServerSentEvents.Read(answer))
                {
                    patience.Answered();
                    if (frame.Event == "reset") remark("Older events are no longer kept; going on with the oldest there is.");
                    else if (!take(Event(frame))) return;
                    cursor = frame.Id ?? cursor;
                }
                throw new IOException("the stream ended");
            }
            catch (IOException e)
            {
                stop.ThrowIfCancellationRequested();
                patience.OnFailure(new Fault(FaultCode.Unavailable, $"The daemon went away ({e.Message})."));
            }
            catch (Fault fault)
            {
                patience.OnFailure(fault);
            }
        }
    }

    static JsonNode Event(Frame frame)
    {
        try
        {
            return JsonNode.Parse(frame.Data) ?? throw new IOException("an event without content");
        }
        catch (JsonException e)
        {
            throw new IOException("an event that is not JSON", e);
        }
    }
}
