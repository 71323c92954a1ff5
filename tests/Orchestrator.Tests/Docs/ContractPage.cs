using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Tests.Tidy;

namespace Orchestrator.Tests.Docs;

/// <summary>The generated parts of docs/api-contract.md: every route, and the shape of what goes over the wire.</summary>
static partial class ContractPage
{
    const string Path = "docs/api-contract.md";

    public static string Text()
    {
        var document = RouteTable.OpenApi();
        var page = SourceTree.Repository.Files.Single(f => f.Path == Path).Text;
        page = GeneratedDocs.FillText(page, Path, "routes", Routes(document));
        return GeneratedDocs.FillText(page, Path, "shapes", Shapes(document));
    }

    static string Routes(JsonObject document)
    {
        var groups = RouteTable.Operations(document).GroupBy(o => (string)o.Operation["tags"]![0]!);
        return string.Join("\n\n", groups.Select(group => $"### {group.Key}\n\n" + GeneratedDocs.Table(
            ["Route", "What it does", "Takes", "Gives", "Token"],
            group.Select(o => new[]
            {
                $"`{o.Method} {o.Path}`", (string)o.Operation["summary"]!, Takes(document, o.Operation), Gives(o.Operation),
                Token(o.Operation),
            }))));
    }

    /// <summary>Query values with a question mark, members of the body with a star where they must be there.</summary>
    static string Takes(JsonObject document, JsonObject operation)
    {
        var query = (operation["parameters"] as JsonArray ?? [])
            .Where(p => (string)p!["in"]! == "query" && p["deprecated"] is null).Select(p => $"`?{p!["name"]}`");
        var schema = operation["requestBody"]?["content"]?["application/json"]?["schema"];
        var name = schema is null ? null : Reference().Match(schema.ToJsonString()).Groups[1].Value;
        var required = (schema?["required"] as JsonArray ?? []).Select(member => (string)member!).ToHashSet();
        var members = name is null ? [] : document["components"]!["schemas"]![name]!["properties"]!.AsObject()
            .Select(m => $"`{m.Key}`{(required.Contains(m.Key) ? "\\*" : "")}");
        return string.Join(", ", query.Concat(members));
    }

    static string Gives(JsonObject operation)
    {
        var (status, answer) = operation["responses"]!.AsObject().Last(r => r.Key is "200" or "201");
        var kinds = answer!["content"]!.AsObject().Select(content => content.Key == "application/json"
            ? string.Join(", ", content.Value!["schema"]!["properties"]!.AsObject().Select(m => $"`{m.Key}`{Named(m.Value!)}"))
            : content.Key);
        return (status == "201" ? "201: " : "") + string.Join(" or ", kinds);
    }

    // The shape's name where it has one: " Run", " Run[]".
    static string Named(JsonNode schema) => Type(schema) is var type && char.IsUpper(type[0]) ? $" {type}" : "";

    static string Token(JsonObject operation) => (string)operation["x-scope"]! is var scope && scope == "open" ? "none"
        : (string)operation["x-run-token"]! is var run && run == "never" ? $"`{scope}`" : $"`{scope}`, or a run's: {run}";

    static string Shapes(JsonObject document) => GeneratedDocs.Table(["Shape", "Members"],
        document["components"]!["schemas"]!.AsObject().Where(s => !s.Key.EndsWith("Request", StringComparison.Ordinal)).Select(s => new[]
        {
            s.Key, string.Join(", ", s.Value!["properties"]!.AsObject().Select(m => $"`{m.Key}` {Type(m.Value!)}")),
        }));

    /// <summary>A schema in a word or two.</summary>
    static string Type(JsonNode schema)
    {
        if (schema["$ref"] is { } reference) return ((string)reference!).Split('/')[^1];
        if (schema["anyOf"] is JsonArray forms) return string.Join(" or ", forms.Select(form => Type(form!)));
        if (schema["enum"] is JsonArray words) return words.Count > 12 ? "text" : string.Join(" or ", words.Select(word => $"*{word}*"));
        if (schema["type"] is JsonArray types) return string.Join(" or ", types.Select(type => Word(schema, (string)type!)));
        return schema["type"] is { } single ? Word(schema, (string)single!) : "any JSON";
    }

    static string Word(JsonNode schema, string type) => type switch
    {
        "array" => $"{Type(schema["items"]!)}[]",
        "string" when (string?)schema["format"] == "date-time" => "time",
        "string" => "text",
        "integer" => "whole number",
        "boolean" => "true or false",
        _ => type,
    };

    [GeneratedRegex("schemas/(\\w+)")]
    private static partial Regex Reference();
}
