using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Http;

namespace Orchestrator.Daemon;

/// <summary>Makes the OpenAPI 3.1 document from the table of routes. The same table gives the same text, whatever order it is in.</summary>
sealed partial class OpenApiDocument(IReadOnlyList<Http.Route> table)
{
    const string Json = "application/json";

    static readonly FaultCode[] OfEveryRoute = [FaultCode.InvalidRequest, FaultCode.Unavailable];
    static readonly FaultCode[] OfATokensRoute = [FaultCode.Unauthorized, FaultCode.Forbidden, FaultCode.RateLimited];
    static readonly FaultCode[] OfABody = [FaultCode.TooLarge, FaultCode.Unprocessable];

    readonly OpenApiSchemas schemas = new();

    /// <summary>The document as a tree; each call makes a new one.</summary>
    public JsonObject Write()
    {
        var paths = new JsonObject();
        foreach (var path in table.GroupBy(route => route.Pattern).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var item = new JsonObject();
            foreach (var route in path.OrderBy(route => route.Method, StringComparer.Ordinal))
                item[route.Method.ToLowerInvariant()] = Operation(route);
            // The document knows no part that takes the rest of the path.
            paths[path.Key.Replace("{**", "{", StringComparison.Ordinal)] = item;
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["jsonSchemaDialect"] = "https://json-schema.org/draft/2020-12/schema",
            ["info"] = new JsonObject
            {
                ["title"] = "Agent Orchestrator",
                ["version"] = Lifetime.Version,
                ["description"] = "The daemon's HTTP face. docs/api-contract.md says what holds for all routes.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = $"http://127.0.0.1:{DaemonSettings.DefaultPort}" }),
            ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" } },
                ["responses"] = new JsonObject { ["Problem"] = Content("A refusal.", Problem.ContentType, Shape.Named("Problem")) },
                ["schemas"] = schemas.Named(),
            },
        };
    }

    /// <summary>The operation's name in camel case; where one name has several routes, what the path adds to it.</summary>
    public static string IdOf(Http.Route route, IReadOnlyList<Http.Route> table)
    {
        var id = char.ToLowerInvariant(route.Operation[0]) + route.Operation[1..];
        if (table.Count(other => other.Operation == route.Operation) == 1)
            return id;
        var words = route.Pattern.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word[0] != '{' && !word.Equals(route.Operation, StringComparison.OrdinalIgnoreCase));
        return id + string.Concat(words.Select(word => char.ToUpperInvariant(word[0]) + word[1..].Split('.')[0]));
    }

    JsonObject Operation(Http.Route route)
    {
        var doc = route.Doc?.Invoke() ?? RouteDoc.Of(route.Operation);
        var operation = new JsonObject
        {
            ["operationId"] = IdOf(route, table),
            ["summary"] = doc.Summary,
            ["tags"] = new JsonArray(route.Pattern.Split('/')[1] is { Length: > 0 } first ? first : "front"),
            ["x-scope"] = Word(route.Scope),
            ["x-run-token"] = Word(route.OwnRun),
        };
        if (route.Scope == Scope.Open)
            operation["security"] = new JsonArray();
        if (Parameters(route, doc) is { Count: > 0 } parameters)
            operation["parameters"] = parameters;
        if (doc.Body is not null)
            operation["requestBody"] = Body(doc);
        operation["responses"] = Responses(route, doc);
        return operation;
    }

    static JsonArray Parameters(Http.Route route, RouteDoc doc)
    {
        var parameters = new JsonArray();
        foreach (Match part in PathPart().Matches(route.Pattern))
            parameters.Add(Parameter("path", part.Groups[1].Value, PartMeaning(route.Pattern, part), Shape.Text, required: true));
        foreach (var query in doc.Query)
        {
            // A shape may be asked for twice; a node stands in one place.
            var parameter = Parameter("query", query.Name, query.Meaning, query.Shape.DeepClone().AsObject(), required: false);
            if (query.OlderName)
                parameter["deprecated"] = true;
            parameters.Add(parameter);
        }

        if (TakesKey(doc))
        {
            var key = Shape.Text;
            key["maxLength"] = 200;
            parameters.Add(Parameter("header", "Idempotency-Key", "The same as idempotency_key in the body.", key, required: false));
        }

        return parameters;
    }

    static JsonObject Parameter(string place, string name, string meaning, JsonObject shape, bool required) => new()
    {
        ["name"] = name, ["in"] = place, ["description"] = meaning, ["required"] = required, ["schema"] = shape,
    };

    // "/sessions/{id}/events": the id of a session.
    static string PartMeaning(string pattern, Match part)
    {
        var noun = pattern[..part.Index].Split('/', StringSplitOptions.RemoveEmptyEntries)[^1].TrimEnd('s');
        return part.Groups[1].Value == "id" ? $"Id of the {noun}, or any unique beginning of it." : $"The {noun}'s {part.Groups[1].Value}.";
    }

    static bool TakesKey(RouteDoc doc) => doc.Body?.Properties.Any(property => property.Name == "idempotency_key") ?? false;

    JsonObject Body(RouteDoc doc)
    {
        var shape = schemas.OfRequest(doc.Body!, doc.Required);
        // An empty body is an empty object, so it may be left out where nothing is required.
        return new JsonObject
        {
            ["required"] = doc.Required.Count > 0,
            ["content"] = new JsonObject { [Json] = new JsonObject { ["schema"] = shape } },
        };
    }

    JsonObject Responses(Http.Route route, RouteDoc doc)
    {
        var responses = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        if (doc.IsCreation)
            responses["201"] = Answer(doc, "It was made.");
        if (!doc.IsCreation)
            responses["200"] = Answer(doc, "The answer.");
        else if (TakesKey(doc))
            responses["200"] = Answer(doc, "It was made before: the first answer to this idempotency key (Idempotent-Replay: true).");
        if (doc.Raw?.ContentType == "text/event-stream")
            responses["101"] = new JsonObject { ["description"] = "The answer to a WebSocket upgrade: each message is one event." };
        foreach (var status in Refusals(route, doc).Select(code => FaultTable.Of(code).Status).Distinct())
            responses[$"{status}"] = new JsonObject { ["$ref"] = "#/components/responses/Problem" };
        responses["default"] = new JsonObject { ["$ref"] = "#/components/responses/Problem" };
        return new JsonObject(responses.Select(row => KeyValuePair.Create<string, JsonNode?>(row.Key, row.Value)));
    }

    /// <summary>Every refusal a caller of the route should know.</summary>
    public static IEnumerable<FaultCode> Refusals(Http.Route route, RouteDoc doc) =>
    [
        .. OfEveryRoute,
        .. route.Scope == Scope.Open ? [] : OfATokensRoute,
        .. doc.Body is null ? [] : OfABody,
        .. TakesKey(doc) ? [FaultCode.IdempotencyMismatch] : Array.Empty<FaultCode>(),
        .. PathPart().IsMatch(route.Pattern) ? [FaultCode.NotFound] : Array.Empty<FaultCode>(),
        .. doc.Refusals,
    ];

    JsonObject Answer(RouteDoc doc, string meaning)
    {
        var content = new JsonObject();
        if (doc.Members.Count > 0)
            content[Json] = new JsonObject { ["schema"] = Shape.Members([.. doc.Members.Select(m => (m.Name, schemas.OfMember(m)))]) };
        if (doc.Raw is not { } raw)
            return new JsonObject { ["description"] = meaning, ["content"] = content };
        content[raw.ContentType] = new JsonObject { ["schema"] = Shape.Any };
        var answer = new JsonObject { ["description"] = raw.Meaning, ["content"] = content };
        if (raw.Headers.Count > 0)
        {
            answer["headers"] = new JsonObject(raw.Headers.Select(header => KeyValuePair.Create<string, JsonNode?>(header.Name,
                new JsonObject { ["description"] = header.Meaning, ["schema"] = Shape.Text })));
        }

        return answer;
    }

    static JsonObject Content(string meaning, string type, JsonObject shape) => new()
    {
        ["description"] = meaning, ["content"] = new JsonObject { [type] = new JsonObject { ["schema"] = shape } },
    };

    // "SessionInReach" → "session in reach".
    static string Word<T>(T value) where T : struct, Enum => Hump().Replace(value.ToString(), " $1").TrimStart().ToLowerInvariant();

    [GeneratedRegex(@"\{(?:\*\*)?(\w+)\}")]
    private static partial Regex PathPart();

    [GeneratedRegex("([A-Z])")]
    private static partial Regex Hump();
}
