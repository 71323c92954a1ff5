using System.Text.Json.Nodes;

namespace Orchestrator.Verbs;

/// <summary>
/// Events between the daemon and the screen. A screen that is slower than a flood loses the oldest lines of output, counted; nothing
/// else is ever left out. A pipe loses nothing: there the daemon waits for the reader.
/// </summary>
/// <param name="most">Most events that wait.</param>
/// <param name="mayDrop">True for a screen.</param>
sealed class Backlog(int most, bool mayDrop)
{
    readonly object gate = new();
    readonly Queue<JsonNode> waiting = new();
    int skipped;
    bool done;
    Exception? failure;

    /// <summary>Adds one; waits while a pipe's reader is behind. False when nobody takes any more.</summary>
    public bool Add(JsonNode entry)
    {
        lock (gate)
        {
            while (!mayDrop && waiting.Count >= most && !done) Monitor.Wait(gate);
            if (done) return false;
            waiting.Enqueue(entry);
            if (waiting.Count > most) Drop();
            Monitor.PulseAll(gate);
            return true;
        }
    }

    /// <summary>Nothing more comes: the end of the run, or what went wrong.</summary>
    public void End(Exception? why = null)
    {
        lock (gate)
        {
            (done, failure) = (true, failure ?? why);
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Waits for events; what was left out before them, and none at the end.</summary>
    /// <exception cref="Fault">What <see cref="End"/> was told, after the last event.</exception>
    public (int Skipped, List<JsonNode> Events) Take()
    {
        lock (gate)
        {
            while (waiting.Count == 0 && !done) Monitor.Wait(gate);
            if (waiting.Count == 0 && failure is not null) throw failure;
            var (left, events) = (skipped, waiting.ToList());
            waiting.Clear();
            skipped = 0;
            Monitor.PulseAll(gate);
            return (left, events);
        }
    }

    /// <summary>Halves it, so that this is seldom done; the newest and all that is no output stay.</summary>
    void Drop()
    {
        var all = waiting.ToArray();
        waiting.Clear();
        for (var i = 0; i < all.Length; i++)
        {
            if (i >= all.Length / 2 || (string?)all[i]["event_type"] != "run.output") waiting.Enqueue(all[i]);
            else skipped++;
        }
    }
}
