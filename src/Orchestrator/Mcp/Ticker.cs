namespace Orchestrator.Mcp;

/// <summary>Sends progress while a call waits: once at its beginning, then every few seconds, never after its end.</summary>
sealed class Ticker : IDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    readonly Lock gate = new();
    readonly ToolCall call;
    readonly TimeSpan limit;
    readonly Func<string> words;
    readonly long begun;
    readonly ITimer timer;
    bool over;

    /// <param name="call">The call that waits.</param>
    /// <param name="limit">Its limit.</param>
    /// <param name="words">What is waited for, asked anew each time.</param>
    public Ticker(ToolCall call, TimeSpan limit, Func<string> words)
    {
        (this.call, this.limit, this.words) = (call, limit, words);
        begun = call.Clock.GetTimestamp();
        timer = call.Clock.CreateTimer(_ => Tick(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    void Tick()
    {
        string text;
        try
        {
            text = words();
        }
        catch (Exception e) when (e is Fault or OperationCanceledException)
        {
            text = "waiting; the daemon does not answer just now";
        }
        lock (gate)
        {
            if (over) return;
            call.Tell(new WaitProgress(call.Clock.GetElapsedTime(begun).TotalSeconds, limit.TotalSeconds, text));
            // The next one is counted from here, so that a slow daemon never has two at once.
            timer.Change(Pause, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (gate) over = true;
        timer.Dispose();
    }
}
