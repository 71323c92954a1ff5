using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;
using Orchestrator.Cli;
using Orchestrator.Http;

namespace Orchestrator.Daemon;

/// <summary>
/// Answers for requests the server could not even read (a broken request line, a header that is too long, headers that never end). The
/// server would send the bare status and close; here they get the same document as every other refusal. The event and its argument are
/// those of https://learn.microsoft.com/aspnet/core/fundamentals/servers/kestrel/diagnostics#detect-bad-requests; it comes before the
/// bare answer is written, which <see cref="Replacement"/> then takes the place of.
/// </summary>
sealed class UnreadableRequests : IObserver<KeyValuePair<string, object?>>
{
    const string EventName = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    /// <summary>Key of the connection's output among its items.</summary>
    static readonly object OutputKey = new();

    /// <summary>Set on a request that reached our own code, which answers for itself.</summary>
    public sealed record Reached;

    /// <summary>Lets answers be replaced on every connection of a listener.</summary>
    public static void Prepare(ListenOptions listener) => listener.Use(next => async connection =>
    {
        var transport = connection.Transport;
        var output = new Replacement(transport.Output);
        connection.Items[OutputKey] = output;
        connection.Transport = new Pair(transport.Input, output);
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = transport;
        }
    });

    /// <summary>Watches for such requests until the returned subscription ends.</summary>
    public static IDisposable Watch(IServiceProvider services) =>
        services.GetRequiredService<DiagnosticListener>().Subscribe(new UnreadableRequests(), name => name == EventName);

    public void OnNext(KeyValuePair<string, object?> told)
    {
        if (told.Key == EventName && told.Value is IFeatureCollection request && request.Get<Reached>() is null
            && request.Get<IBadRequestExceptionFeature>()?.Error is Microsoft.AspNetCore.Http.BadHttpRequestException error
            && request.Get<IHttpResponseFeature>() is { HasStarted: false }
            && request.Get<IConnectionItemsFeature>()?.Items[OutputKey] is Replacement output)
            output.Answer = Answer(error);
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    // 408, 414, 431 and 505 have no word of their own; the status says which it was.
    static byte[] Answer(Microsoft.AspNetCore.Http.BadHttpRequestException error)
    {
        var status = error.StatusCode;
        var body = Problem.Document(new Fault(FaultCode.InvalidRequest, error.Message), status);
        var head = string.Create(CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {ReasonPhrases.GetReasonPhrase(status)}\r\nConnection: close\r\nContent-Type: {Problem.ContentType}\r\n"
            + $"{OwnVersion.Header}: {Lifetime.Version}\r\nContent-Length: {body.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    /// <summary>The two directions of a connection.</summary>
    sealed record Pair(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Passes all on, until an answer of ours is set: that is sent once, and what the server writes then is dropped.</summary>
    sealed class Replacement(PipeWriter real) : PipeWriter
    {
        byte[]? dropped;
        bool replaced;

        /// <summary>What is sent instead; null while all is well.</summary>
        public byte[]? Answer { get; set; }

        public override bool CanGetUnflushedBytes => real.CanGetUnflushedBytes;

        public override long UnflushedBytes => real.UnflushedBytes;

        public override void Advance(int bytes)
        {
            if (Answer is null)
                real.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => Answer is null ? real.GetMemory(sizeHint) : Drop(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => Answer is null ? real.GetSpan(sizeHint) : Drop(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken stop = default)
        {
            if (Answer is null || replaced)
                return real.FlushAsync(stop);
            replaced = true;
            return real.WriteAsync(Answer, stop);
        }

        public override void CancelPendingFlush() => real.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => real.Complete(exception);

        byte[] Drop(int sizeHint) => dropped = dropped is { } old && sizeHint <= old.Length ? old : new byte[Math.Max(sizeHint, 4096)];
    }
}
