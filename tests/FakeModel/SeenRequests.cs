using System.Text.Json.Nodes;

namespace Orchestrator.FakeModel;

/// <summary>The requests seen, in the order of their arrival, for GET /__requests.</summary>
sealed class SeenRequests
{
    readonly Lock _gate = new();
    readonly List<JsonObject> _requests = [];
    readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];

    /// <summary>Notes a request; the answer is given as its steps' verbs (empty for what is not a model call).</summary>
    public void Add(HttpRequest request, Ask? ask, JsonNode? body, IReadOnlyList<Step> answer)
    {
        var headers = new JsonObject();
        foreach (var (name, value) in request.Headers) headers[name.ToLowerInvariant()] = value.ToString();
        var seen = new JsonObject
        {
            ["method"] = request.Method,
            ["path"] = request.Path.Value + request.QueryString.Value,
            ["api"] = ask?.Api,
            ["conversation"] = ask?.Conversation,
            ["prompt"] = ask is { UserTexts: [.., var last] } ? last : null,
            ["model"] = ask?.Model,
            ["tools"] = new JsonArray([.. (ask?.Tools ?? []).Select(tool => (JsonNode)tool)]),
            ["answer"] = new JsonArray([.. answer.Select(step => (JsonNode)$"{step.Verb} {step.Argument}".Trim())]),
            ["headers"] = headers,
            ["body"] = body?.DeepClone(),
        };
        lock (_gate)
        {
            _requests.Add(seen);
            foreach (var (count, reached) in _waiting)
                if (_requests.Count >= count) reached.TrySetResult();
        }
    }

    /// <summary>Waits until so many requests were seen in all.</summary>
    public Task WaitFor(int count, CancellationToken gone)
    {
        lock (_gate)
        {
            if (_requests.Count >= count) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, reached));
            return reached.Task.WaitAsync(gone);
        }
    }

    /// <summary>All requests as a JSON array; without bodies they are short enough to read.</summary>
    public string ToJson(bool bodies)
    {
        lock (_gate)
            return new JsonArray([.. _requests.Select(request =>
            {
                var copy = (JsonObject)request.DeepClone();
                if (!bodies) copy.Remove("body");
                return (JsonNode)copy;
            })]).ToJsonString();
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        lock (_gate) _requests.Clear();
    }
}
