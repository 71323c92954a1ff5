using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Http;

namespace Orchestrator.Tests.Docs;

/// <summary>The OpenAPI document is whole in itself and says something of every route.</summary>
public partial class OpenApiSpecs
{
    /// <summary>Types a JSON Schema may name.</summary>
    static readonly string[] SchemaTypes = ["object", "array", "string", "integer", "number", "boolean", "null"];

    static readonly JsonObject Document = RouteTable.OpenApi();

    [Fact]
    public void Every_route_is_described_where_it_is_registered()
    {
        foreach (var route in RouteTable.All)
        {
            Assert.True(route.Doc is not null,
                $"{route.Method} {route.Pattern} ({route.Operation}): describe it in its registration, "
                + "doc: () => RouteDoc.Of(\"…\").Takes(…).Asks(…).Gives(…).");
            var doc = route.Doc();
            Assert.True(doc.Summary.Length > 7 && doc.Summary.EndsWith('.'), $"{route.Operation}: no sentence: '{doc.Summary}'.");
            Assert.True(doc.Members.Count > 0 || doc.Raw is not null, $"{route.Operation} says nothing of its answer.");
            Assert.True(doc.Body is null || route.Method != "GET", $"{route.Operation}: a GET has no body.");
            foreach (var required in doc.Required)
                Assert.True(doc.Body!.Properties.Any(p => p.Name == required), $"{route.Operation}: its body has no member '{required}'.");
        }
    }

    [Fact]
    public void Every_reference_leads_somewhere()
    {
        var references = Nodes(Document).OfType<JsonObject>().Where(node => node.ContainsKey("$ref")).Select(node => (string)node["$ref"]!)
            .ToHashSet();
        Assert.NotEmpty(references);
        Assert.All(references, reference => Assert.True(Find(reference) is not null, $"{reference} leads nowhere."));
        var named = Document["components"]!["schemas"]!.AsObject().Select(schema => $"#/components/schemas/{schema.Key}");
        Assert.Empty(named.Except(references));
    }

    [Fact]
    public void Operation_ids_are_unique_names()
    {
        var ids = RouteTable.Operations(Document).Select(o => (string)o.Operation["operationId"]!).ToList();
        Assert.Equal(RouteTable.All.Count, ids.Count);
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^[a-z][A-Za-z]*$", id));
    }

    [Fact]
    public void Parameters_are_those_of_the_path_and_none_twice()
    {
        foreach (var (path, method, operation) in RouteTable.Operations(Document))
        {
            var parameters = (operation["parameters"] as JsonArray ?? []).Select(p => ((string)p!["in"]!, (string)p["name"]!)).ToList();
            Assert.True(parameters.Count == parameters.Distinct().Count(), $"{method} {path} declares a parameter twice.");
            Assert.Equal(PathPart().Matches(path).Select(m => m.Groups[1].Value),
                parameters.Where(p => p.Item1 == "path").Select(p => p.Item2));
            Assert.True(operation["responses"]!.AsObject().Any(r => r.Key[0] == '2'), $"{method} {path} has no answer.");
            Assert.NotNull(operation["responses"]!["default"]);
        }
    }

    [Fact]
    public void Schemas_are_json_schema_of_the_declared_dialect()
    {
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", (string?)Document["jsonSchemaDialect"]);
        foreach (var schema in Nodes(Document).OfType<JsonObject>().Where(node => node["type"] is not null && node["in"] is null))
        {
            var types = schema["type"] is JsonArray list ? [.. list.Select(t => (string)t!)] : new[] { Text(schema["type"]) };
            // A property may be called type, and a security scheme has a type too.
            if (types.Contains("") || schema.ContainsKey("scheme")) continue;
            Assert.All(types, type => Assert.Contains(type, SchemaTypes));
            Assert.False(schema.ContainsKey("nullable"), $"nullable is a word of OpenAPI 3.0: {schema.ToJsonString()}");
            if (schema["required"] is JsonArray required && schema["properties"] is JsonObject properties)
                Assert.All(required, name => Assert.True(properties.ContainsKey((string)name!), $"{name} is not described."));
        }
    }

    [Fact]
    public void Refusals_are_the_closed_list()
    {
        var problem = Document["components"]!["schemas"]!["Problem"]!["properties"]!;
        var codes = problem["code"]!["enum"]!.AsArray().Select(code => (string)code!);
        Assert.Equal(Enum.GetValues<FaultCode>().Select(code => FaultTable.Of(code).Word), codes);
        var response = Document["components"]!["responses"]!["Problem"]!["content"]!.AsObject();
        Assert.Equal([Problem.ContentType], response.Select(content => content.Key));
    }

    [Fact]
    public void What_carries_a_key_in_the_body_takes_it_in_the_header_too()
    {
        foreach (var (path, method, operation) in RouteTable.Operations(Document))
        {
            var inBody = operation["requestBody"]?.ToJsonString() is { } body && Members(body).Contains("idempotency_key");
            var inHeader = (operation["parameters"] as JsonArray ?? []).Any(p => (string?)p!["name"] == "Idempotency-Key");
            Assert.True(inBody == inHeader, $"{method} {path}: idempotency_key and the header do not go together.");
        }
    }

    /// <summary>Member names of the record a body refers to.</summary>
    static IEnumerable<string> Members(string body) => Reference().Match(body) is { Success: true } match
        ? Find(match.Groups[1].Value)!["properties"]!.AsObject().Select(property => property.Key)
        : [];

    static JsonNode? Find(string reference) => reference.Split('/').Skip(1).Aggregate((JsonNode?)Document, (node, step) => node?[step]);

    static IEnumerable<JsonNode> Nodes(JsonNode? node) => node switch
    {
        JsonObject members => [node, .. members.SelectMany(member => Nodes(member.Value))],
        JsonArray entries => [node, .. entries.SelectMany(Nodes)],
        _ => [],
    };

    static string Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex PathPart();

    [GeneratedRegex("\"\\$ref\":\"([^\"]+)\"")]
    private static partial Regex Reference();
}
