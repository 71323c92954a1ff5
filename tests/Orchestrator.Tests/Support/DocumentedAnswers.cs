using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Agents;
using Orchestrator.Tests.Docs;

namespace Orchestrator.Tests.Support;

/// <summary>
/// Holds every JSON answer the tests get from the real daemon against the OpenAPI document: its status, its content type, every member
/// that is promised, and no member of ours that is not described.
/// </summary>
sealed class DocumentedAnswers() : DelegatingHandler(new SocketsHttpHandler())
{
    /// <summary>The document with every described object closed, so that a member nobody described is noticed.</summary>
    static readonly Lazy<JsonObject> Closed = new(() =>
    {
        var document = RouteTable.OpenApi();
        Close(document["paths"]!);
        Close(document["components"]!);
        // A refusal may say more than the ordinary.
        document["components"]!["schemas"]!["Problem"]!.AsObject().Remove("additionalProperties");
        return document;
    });

    static readonly Lazy<IReadOnlyList<(Regex Path, int Holes, string Method, JsonObject Operation)>> Operations = new(() =>
    [
        .. RouteTable.Operations(Closed.Value).Select(o => (
            new Regex("^" + Regex.Replace(o.Path, @"\{\w+\}", "[^/]+") + "$"), o.Path.Count(c => c == '{'), o.Method, o.Operation)),
    ]);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken stop)
    {
        var answer = await base.SendAsync(request, stop);
        if (request.Method == HttpMethod.Head || answer.Content.Headers.ContentType?.MediaType is not { } type
            || !type.EndsWith("json", StringComparison.Ordinal))
            return answer;
        await answer.Content.LoadIntoBufferAsync(stop);
        var body = await answer.Content.ReadAsStringAsync(stop);
        var problem = Mismatch(request.Method.Method, request.RequestUri!.AbsolutePath, (int)answer.StatusCode, type, body);
        Assert.True(problem is null, $"{request.Method} {request.RequestUri.AbsolutePath} answered {(int)answer.StatusCode} with what "
            + $"docs/openapi.json does not say ({problem}); its registration's doc describes it. The answer: {body}");
        return answer;
    }

    /// <summary>What the document does not say of an answer; null when it fits, and for paths that no route has.</summary>
    public static string? Mismatch(string method, string path, int status, string type, string body)
    {
        var found = Operations.Value.Where(o => o.Method == method && o.Path.IsMatch(path)).OrderBy(o => o.Holes).ToList();
        if (found.Count == 0)
            return null;
        var responses = found[0].Operation["responses"]!;
        var response = responses[$"{status}"] ?? (status >= 400 ? responses["default"] : null);
        if (response is null)
            return $"the status {status} is not described";
        if (response["$ref"] is { } reference)
            response = ((string)reference!).Split('/').Skip(1).Aggregate((JsonNode)Closed.Value, (node, step) => node[step]!);
        if (response["content"]?[type]?["schema"] is not { } schema)
            return $"the content type {type} is not described";
        var rules = schema.DeepClone().AsObject();
        rules["components"] = Closed.Value["components"]!.DeepClone();
        return SchemaCheck.Mismatch(rules.ToJsonString(), body);
    }

    static void Close(JsonNode node)
    {
        if (node is JsonObject { Count: > 0 } members)
        {
            if (members["properties"] is JsonObject { Count: > 0 }) members["additionalProperties"] = false;
            foreach (var (_, member) in members.ToList())
                if (member is not null) Close(member);
        }
        else if (node is JsonArray entries)
        {
            foreach (var entry in entries)
                if (entry is not null) Close(entry);
        }
    }
}
