using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Tests.Support;

/// <summary>An answer that is given instead of the usual one.</summary>
sealed record Instead(int Status, string Body, params (string Name, string Value)[] Headers);

/// <summary>
/// A server that answers as GitHub's REST API is documented to (https://docs.github.com/rest), on a free port, over real bare repositories
/// that git pushes to: authentication, entity tags, pages with Link headers, rate limit headers, and refusals in their documented shapes.
/// </summary>
sealed class GitHubServer : IAsyncDisposable
{
    public const string Token = "ghp_TheDaemonsOwnSecretToken0123456789ab";

    readonly WebApplication app;
    readonly GitHubBook book;

    GitHubServer(WebApplication app, string root)
    {
        (this.app, Root) = (app, root);
        Git = new GitHttp(Path.Combine(root, "repositories"), password => password == Token);
        book = new GitHubBook(Path.Combine(root, "repositories"), () => Url);
    }

    string Root { get; }

    public string Url => app.Urls.Single();

    public GitHttp Git { get; }

    /// <summary>What is there: repositories, pull requests, checks, remarks.</summary>
    public GitHubBook Book => book;

    /// <summary>Method and path of what was asked, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>How many of them were answered with 304.</summary>
    public int Unchanged { get; private set; }

    /// <summary>The next answers to requests whose method and path begin like this.</summary>
    public ConcurrentDictionary<string, ConcurrentQueue<Instead>> Next { get; } = [];

    /// <summary>Scopes of the token, as a classic one has them.</summary>
    public string Scopes { get; set; } = "repo";

    public static async Task<GitHubServer> Open()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = new GitHubServer(builder.Build(), Directory.CreateTempSubdirectory("github-").FullName);
        server.app.Urls.Add("http://127.0.0.1:0");
        server.app.Map("/api/v3/{**path}", server.Api);
        server.app.Map("/{**path}", (HttpContext context, string path) => server.Git.Serve(context, path));
        await server.app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>Answers once with something else.</summary>
    public void Once(string begins, Instead answer) => Next.GetOrAdd(begins, _ => []).Enqueue(answer);

    async Task Api(HttpContext context, string path)
    {
        var request = context.Request;
        var asked = $"{request.Method} /{path}";
        Asked.Enqueue(asked);
        using var reader = new StreamReader(request.Body);
        var body = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        var told = Next.Where(pair => asked.StartsWith(pair.Key, StringComparison.Ordinal))
            .Select(pair => pair.Value.TryDequeue(out var next) ? next : null).FirstOrDefault(next => next is not null);
        await Send(context, told ?? Answer(request, path, body));
    }

    Instead Answer(HttpRequest request, string path, string body)
    {
        if (request.Headers.UserAgent.Count == 0)
            return new Instead(403, "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.");
        var authorization = request.Headers.Authorization.ToString();
        if (authorization.Length == 0 && path.StartsWith("repos/", StringComparison.Ordinal))
            return book.IsPublic(path) ? Page(request, book.Answer(request.Method, path.Split('/'), request.Query, null))
                : GitHubBook.Refuse(404, "Not Found");
        if (authorization.Length == 0)
            return GitHubBook.Refuse(401, "Requires authentication");
        if (authorization != $"Bearer {Token}")
            return GitHubBook.Refuse(401, "Bad credentials");
        JsonNode? given = null;
        if (request.Method != "GET")
        {
            try
            {
                given = JsonNode.Parse(body);
            }
            catch (System.Text.Json.JsonException)
            {
                return GitHubBook.Refuse(400, "Problems parsing JSON");
            }
        }
        return Page(request, book.Answer(request.Method, path.Split('/'), request.Query, given));
    }

    /// <summary>One page of a list, with its Link header.</summary>
    Instead Page(HttpRequest request, (int Status, JsonNode? Body, string? List) answer)
    {
        var list = answer.List is { Length: > 0 } member ? answer.Body![member] as JsonArray : answer.Body as JsonArray;
        if (answer.Status != 200 || list is null)
            return new Instead(answer.Status, answer.Body?.ToJsonString() ?? "");
        int Query(string name, int usual) => int.TryParse(request.Query[name], out var number) ? number : usual;
        var (size, page) = (Math.Min(PageSize, Query("per_page", 30)), Query("page", 1));
        var (all, part) = (list.Count, new JsonArray([.. list.Skip((page - 1) * size).Take(size).Select(one => one!.DeepClone())]));
        var body = (JsonNode)part;
        if (answer.List is { Length: > 0 } name)
        {
            body = answer.Body!.DeepClone();
            body[name] = part;
        }
        if (page * size >= all)
            return new Instead(200, body.ToJsonString());
        var next = string.Join('&', request.Query.Where(pair => pair.Key != "page")
            .Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value.ToString())}").Append($"page={page + 1}"));
        return new Instead(200, body.ToJsonString(), ("Link",
            $"<{Url}{request.Path}?{next}>; rel=\"next\", <{Url}{request.Path}?{next}>; rel=\"last\""));
    }

    /// <summary>Most entries of a page, to see pages in tests; GitHub's own most is 100.</summary>
    public int PageSize { get; set; } = 100;

    async Task Send(HttpContext context, Instead answer)
    {
        var response = context.Response;
        response.Headers["X-RateLimit-Limit"] = "5000";
        response.Headers["X-RateLimit-Remaining"] = "4999";
        response.Headers["X-RateLimit-Reset"] = "1893456000";
        response.Headers["X-OAuth-Scopes"] = Scopes;
        response.Headers["X-Accepted-OAuth-Scopes"] = "repo";
        foreach (var (name, value) in answer.Headers)
            response.Headers[name] = value;
        if (answer.Status == 200 && context.Request.Method == "GET")
        {
            var tag = $"W/\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(answer.Body)))}\"";
            response.Headers.ETag = tag;
            if (context.Request.Headers.IfNoneMatch.ToString() == tag)
            {
                Unchanged++;
                response.StatusCode = 304;
                return;
            }
        }
        response.StatusCode = answer.Status;
        response.ContentType = "application/json; charset=utf-8";
        await response.WriteAsync(answer.Body, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }
}
