using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Tests.Support;

/// <summary>What was posted to a receiver: body and headers as they came.</summary>
sealed record Hook(string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Body)!;
}

/// <summary>A receiver of webhooks on a free port; it answers as it was told, 200 where it was told nothing more.</summary>
sealed class HookReceiver : IAsyncDisposable
{
    readonly WebApplication app;

    HookReceiver(WebApplication app) => this.app = app;

    /// <summary>Where to post.</summary>
    public string Url => app.Urls.Single() + "/hook";

    /// <summary>All that came, in order.</summary>
    public ConcurrentQueue<Hook> Hooks { get; } = [];

    /// <summary>Statuses of the next answers.</summary>
    public ConcurrentQueue<int> Answers { get; } = [];

    /// <summary>True once something came to another path than the one that was named.</summary>
    public bool Strayed { get; private set; }

    public static async Task<HookReceiver> Open()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var receiver = new HookReceiver(builder.Build());
        receiver.app.Urls.Add("http://127.0.0.1:0");
        receiver.app.MapPost("/hook", receiver.Take);
        receiver.app.MapFallback(() => receiver.Strayed = true);
        await receiver.app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    async Task<IResult> Take(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        var headers = request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString());
        Hooks.Enqueue(new Hook(body, headers));
        var status = Answers.TryDequeue(out var told) ? told : 200;
        if (status is >= 300 and < 400) request.HttpContext.Response.Headers.Location = app.Urls.Single() + "/elsewhere";
        return Results.StatusCode(status);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
