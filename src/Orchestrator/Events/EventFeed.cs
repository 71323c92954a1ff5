namespace Orchestrator.Events;

/// <summary>
/// The newest events in memory and the wake-up for everybody who waits for more. A reader keeps its own cursor: wait, read after the
/// cursor, write all, flush once, repeat; there is no seam between history and live, and a slow reader costs nobody anything.
/// </summary>
sealed class EventFeed
{
    /// <summary>How many events are kept in memory; an older cursor reads the store.</summary>
    public const int Kept = 8192;

    /// <summary>Most bytes of event data kept in memory.</summary>
    public const int KeptBytes = 16 * 1024 * 1024;

    readonly Event?[] ring = new Event?[Kept];
    readonly Lock gate = new();
    TaskCompletionSource more = NewSignal();
    long latest;
    long oldest = 1;
    long bytes;

    /// <summary>Number of the last committed event.</summary>
    public long Latest => Interlocked.Read(ref latest);

    /// <summary>Begins after the last event the store holds.</summary>
    public void StartAt(long seq)
    {
        latest = seq;
        oldest = seq + 1;
    }

    /// <summary>Takes a committed event, in order; called by the store's writer.</summary>
    public void Add(Event committed)
    {
        lock (gate)
        {
            if (committed.Seq - oldest >= Kept)
                Forget();
            ring[committed.Seq % Kept] = committed;
            bytes += Size(committed);
            while (bytes > KeptBytes && oldest < committed.Seq)
                Forget();
            Interlocked.Exchange(ref latest, committed.Seq);
        }
    }

    /// <summary>Wakes all who wait; called once per committed batch.</summary>
    public void Wake() => Interlocked.Exchange(ref more, NewSignal()).TrySetResult();

    /// <summary>Ends when the log has grown beyond the cursor, or when <paramref name="stop"/> or the time says so.</summary>
    public async Task WaitBeyond(long cursor, TimeSpan atMost, TimeProvider clock, CancellationToken stop)
    {
        var begun = clock.GetTimestamp();
        while (Latest <= cursor)
        {
            var signal = Volatile.Read(ref more).Task;
            // Commits without events wake us too: the time goes on over all of them.
            if (Latest > cursor || atMost - clock.GetElapsedTime(begun) is not { Ticks: > 0 } left)
                return;
            try
            {
                await signal.WaitAsync(left, clock, stop);
            }
            catch (TimeoutException)
            {
                return;
            }
        }
    }

    /// <summary>A page out of memory, or null when the cursor is older than what is kept here.</summary>
    public EventPage? TryRead(long cursor, EventFilter filter, PageSize size)
    {
        var (found, length) = (new List<Event>(), 0L);
        lock (gate)
        {
            if (cursor + 1 < oldest)
                return null;
            var scanned = cursor;
            while (scanned < latest && found.Count < size.Events && length < size.Characters)
            {
                var candidate = ring[++scanned % Kept]!;
                if (!filter.Matches(candidate))
                    continue;
                found.Add(candidate);
                length += candidate.Data.Length;
            }

            return new EventPage(found, scanned);
        }
    }

    void Forget()
    {
        ref var place = ref ring[oldest++ % Kept];
        bytes -= place is null ? 0 : Size(place);
        place = null;
    }

    // The text is UTF-16 in memory, and a watched event keeps its UTF-8 frame too.
    static int Size(Event kept) => (kept.Data.Length * 3) + 300;

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
