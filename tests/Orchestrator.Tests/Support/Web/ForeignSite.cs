using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Tests.Support;

/// <summary>
/// A stranger's web site on a port of its own. Its page is loaded when its script has posted /done, so a browser that waits for the page
/// also waits for the script. What it does not have itself it gets from behind, headers and all: a name that was resolved anew, as the
/// browser sees it.
/// </summary>
sealed class ForeignSite : IAsyncDisposable
{
    static readonly TimeSpan Longest = TimeSpan.FromSeconds(80);

    readonly WebApplication app;
    readonly HttpClient client = new();

    ForeignSite(WebApplication app) => this.app = app;

    public Uri Url => new(app.Urls.Single());

    /// <param name="page">The HTML at /.</param>
    /// <param name="behind">Where every other path leads; null for nowhere.</param>
    public static async Task<ForeignSite> Open(string page, string? behind = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var site = new ForeignSite(app);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.MapGet("/", () => Results.Content(page, "text/html; charset=utf-8"));
        app.MapGet("/hold", async (HttpContext call) => await done.Task.WaitAsync(Longest, TimeProvider.System, call.RequestAborted));
        app.MapPost("/done", () => done.TrySetResult());
        if (behind is not null)
            app.MapFallback(call => site.Forward(call, new Uri(behind)));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return site;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        client.Dispose();
    }

    async Task Forward(HttpContext call, Uri behind)
    {
        var asked = call.Request;
        using var request = new HttpRequestMessage(new HttpMethod(asked.Method), new Uri(behind, asked.Path + asked.QueryString));
        if (asked.ContentLength is > 0 || asked.Headers.TransferEncoding.Count > 0)
            request.Content = new StreamContent(asked.Body);
        foreach (var (name, values) in asked.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray()))
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        try
        {
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, call.RequestAborted);
            call.Response.StatusCode = (int)answer.StatusCode;
            call.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            await call.Response.StartAsync(call.RequestAborted);
            await answer.Content.CopyToAsync(call.Response.Body, call.RequestAborted);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            // The browser or the daemon went away.
            call.Abort();
        }
    }
}
