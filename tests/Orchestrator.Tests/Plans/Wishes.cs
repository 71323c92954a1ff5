using System.Text.Json.Nodes;

namespace Orchestrator.Tests.Plans;

/// <summary>Wishes as people have them, and what a planner makes of each: parts, the skill each needs, and what waits for what.</summary>
static class Wishes
{
    /// <summary>Wish, and its parts as <c>id:skill:ids it waits for</c>.</summary>
    public static readonly IReadOnlyDictionary<string, (string Text, string[] Parts)> Examples = new Dictionary<string, (string, string[])>
    {
        ["fitness"] = ("Make me a personal fitness programme for twelve weeks.",
            ["research:web-search:", "assessment:fitness:", "workouts:fitness:research,assessment", "nutrition:meal-planning:assessment",
                "tracking:spreadsheet:workouts,nutrition"]),
        ["paper"] = ("Write a short research paper on urban bees.",
            ["topic:academic-search:", "literature:summary:topic", "outline:writing:literature", "sections:writing:outline",
                "citations:citation:sections", "proofreading:editing:sections,citations"]),
        ["web-app"] = ("Build a simple web app that keeps a shopping list.",
            ["requirements:requirements:", "architecture:architecture:requirements", "code:coding:architecture", "tests:testing:code",
                "deployment:deployment:code,tests"]),
        ["party"] = ("Plan a birthday party for twenty guests.",
            ["budget:budget:", "guests:contacts:", "venue:venue-search:budget,guests", "invitations:writing:guests,venue",
                "catering:venue-search:budget,guests", "schedule:planning:venue,catering"]),
    };

    /// <summary>The planner's result for one of them.</summary>
    public static JsonObject Plan(string name) => Plan(name, [.. Examples[name].Parts.Select(part => part.Split(':'))
        .Select(part => Part(part[0], part[2].Split(',', StringSplitOptions.RemoveEmptyEntries), part[1]))]);

    public static JsonObject Plan(string title, params JsonObject[] parts) => new()
    {
        ["title"] = title,
        ["summary"] = $"cut into {parts.Length}",
        ["items"] = new JsonArray([.. parts]),
    };

    public static JsonObject Part(string id, string[] on, string? kind = null, string? phase = null) => new()
    {
        ["id"] = id,
        ["title"] = $"do {id}",
        ["description"] = $"All about {id}.",
        ["kind"] = kind,
        ["criteria"] = new JsonArray($"{id} is there"),
        ["depends_on"] = new JsonArray([.. on.Select(one => (JsonNode)one)]),
        ["phase"] = phase,
    };
}
