using System.Text.Json.Nodes;

namespace Orchestrator.Cli;

/// <summary>
/// What a waiting person sees on standard error: on a terminal one line that is redrawn (elapsed time, last thing the agent
/// did), elsewhere a plain line per milestone.
/// </summary>
sealed class ProgressLine : IDisposable
{
    readonly Lock gate = new();
    readonly Surroundings around;
    readonly ITimer? redraw;
    readonly bool color;
    readonly long begun;
    string words = "waits for the daemon";
    bool drawn, done;

    public ProgressLine(Surroundings around, bool color)
    {
        (this.around, this.color) = (around, color);
        begun = around.Clock.GetTimestamp();
        if (around.ErrorIsTerminal)
            redraw = around.Clock.CreateTimer(_ => Draw(), null, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    /// <summary>Takes an event of the run that is waited for.</summary>
    public void Show(JsonNode entry)
    {
        if (EventWords.Of(entry) is not { } said) return;
        lock (gate)
        {
            if (done) return;
            words = said;
            if (!around.ErrorIsTerminal && EventWords.IsMilestone(entry)) around.Error.WriteLine($"[{Elapsed()}] {said}");
        }
        if (around.ErrorIsTerminal) Draw();
    }

    /// <summary>The last line, which stays; what still comes of events is not shown any more.</summary>
    public void End(string text)
    {
        lock (gate)
        {
            Clear();
            done = true;
            around.Error.WriteLine($"[{Elapsed()}] {text}");
        }
    }

    /// <summary>Writes a line that stays.</summary>
    public void Remark(string text)
    {
        lock (gate)
        {
            Clear();
            around.Error.WriteLine(text);
        }
    }

    void Draw()
    {
        lock (gate)
        {
            if (done) return;
            var width = Math.Max(20, Width() - 1);
            var line = $"{Elapsed()}  {words}";
            if (line.Length > width) line = line[..(width - 1)] + "…";
            // Carriage return, clear to the end of the line; faint so that it does not look like output.
            around.Error.Write(color ? $"\r\u001b[K\u001b[2m{line}\u001b[0m" : $"\r\u001b[K{line}");
            drawn = true;
        }
    }

    static int Width()
    {
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }

    void Clear()
    {
        if (drawn) around.Error.Write("\r\u001b[K");
        drawn = false;
    }

    string Elapsed()
    {
        var elapsed = around.Clock.GetElapsedTime(begun);
        return elapsed.TotalHours >= 1 ? $"{(int)elapsed.TotalHours}:{elapsed:mm\\:ss}" : $"{elapsed:mm\\:ss}";
    }

    public void Dispose()
    {
        redraw?.Dispose();
        lock (gate)
        {
            Clear();
            done = true;
        }
    }
}
