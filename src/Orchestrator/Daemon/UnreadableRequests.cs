using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Orchestrator.Http;

namespace Orchestrator.Daemon;

/// <summary>
/// Answers for requests the server could not even read (a broken request line, a header that is too long, headers that never end). The
/// server would send the bare status; here they get the same document as every other refusal. The event and its argument are those of
/// https://learn.microsoft.com/aspnet/core/fundamentals/servers/kestrel/diagnostics#detect-bad-requests.
/// </summary>
sealed class UnreadableRequests : IObserver<KeyValuePair<string, object?>>
{
    const string EventName = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    /// <summary>Set on a request that reached our own code, which answers for itself.</summary>
    public sealed record Reached;

    /// <summary>From now on, until the returned subscription ends.</summary>
    public static IDisposable Watch(IServiceProvider services) =>
        services.GetRequiredService<DiagnosticListener>().Subscribe(new UnreadableRequests(), name => name == EventName);

    public void OnNext(KeyValuePair<string, object?> told)
    {
        if (told.Key != EventName || told.Value is not IFeatureCollection request || request.Get<Reached>() is not null
            || request.Get<IBadRequestExceptionFeature>()?.Error is not BadHttpRequestException error
            || request.Get<IHttpResponseFeature>() is not { HasStarted: false } response
            || request.Get<IHttpResponseBodyFeature>() is not { } body)
            return;
        var document = Problem.Document(Of(error), error.StatusCode);
        response.StatusCode = error.StatusCode;
        response.Headers.ContentType = Problem.ContentType;
        response.Headers.ContentLength = document.Length;
        document.CopyTo(body.Writer.GetSpan(document.Length));
        body.Writer.Advance(document.Length);
        // Small enough for the socket's buffer; whether the sender still reads is its own affair.
        _ = body.Writer.FlushAsync().AsTask();
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    // 408, 414, 431 and 505 have no word of their own; the status says which it was.
    static Fault Of(BadHttpRequestException error) => new(
        error.StatusCode == StatusCodes.Status413PayloadTooLarge ? FaultCode.TooLarge : FaultCode.InvalidRequest, error.Message);
}
