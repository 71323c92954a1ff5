using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Orchestrator.Events;

/// <summary>One client that watches, by either protocol.</summary>
interface IWatcher
{
    /// <summary>Ends when the client's side has taken them, or at the limit.</summary>
    Task Send(IReadOnlyList<Event> events, CancellationToken limit);

    /// <summary>A sign of life when nothing happens.</summary>
    Task Beat(CancellationToken limit);

    /// <summary>The cursor cannot be served; the client must load anew and go on from <paramref name="cursor"/>.</summary>
    Task Reset(string data, long cursor, CancellationToken limit);

    /// <summary>Says why, when there is somebody who might hear it, and lets go.</summary>
    Task Close(Farewell? why);
}

/// <summary>Server-sent events: <c>id:</c> is the cursor, one <c>data:</c> line each, a comment as heartbeat.</summary>
sealed class SseWatcher(PipeWriter output, TimeProvider clock) : IWatcher
{
    public const string ContentType = "text/event-stream; charset=utf-8";

    static readonly TimeSpan ForGoodbye = TimeSpan.FromSeconds(1);

    public static async Task<SseWatcher> Begin(HttpContext context, TimeProvider clock)
    {
        context.Response.ContentType = ContentType;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpResponseBodyFeature>()?.DisableBuffering();
        var writer = context.Response.BodyWriter;
        // A first comment makes the headers go out at once.
        writer.Write(": connected\n\n"u8);
        await writer.FlushAsync(context.RequestAborted);
        return new SseWatcher(writer, clock);
    }

    public async Task Send(IReadOnlyList<Event> events, CancellationToken limit)
    {
        foreach (var next in events)
            Frame(next);
        await output.FlushAsync(limit);
    }

    public async Task Beat(CancellationToken limit)
    {
        output.Write(": beat\n\n"u8);
        await output.FlushAsync(limit);
    }

    public async Task Reset(string data, long cursor, CancellationToken limit)
    {
        output.Write(Encoding.UTF8.GetBytes($"event: reset\nid: {cursor}\ndata: {data}\n\n"));
        await output.FlushAsync(limit);
    }

    public async Task Close(Farewell? why)
    {
        if (why is null)
            return;
        using var soon = new CancellationTokenSource(ForGoodbye, clock);
        try
        {
            output.Write(Encoding.UTF8.GetBytes($": {why.Text}\n\n"));
            await output.FlushAsync(soon.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The other side is gone; nobody is there to be told.
        }
    }

    void Frame(Event next)
    {
        var frame = next.Frame.Span;
        var span = output.GetSpan(frame.Length + 40);
        "id: "u8.CopyTo(span);
        next.Seq.TryFormat(span[4..], out var digits, provider: CultureInfo.InvariantCulture);
        var at = 4 + digits;
        "\ndata: "u8.CopyTo(span[at..]);
        at += 7;
        frame.CopyTo(span[at..]);
        at += frame.Length;
        "\n\n"u8.CopyTo(span[at..]);
        output.Advance(at + 2);
    }
}
