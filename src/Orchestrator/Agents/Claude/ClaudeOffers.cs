using System.Text.Json.Nodes;

namespace Orchestrator.Agents.Claude;

/// <summary>
/// What Claude itself would no longer ask for after a yes (<c>permission_suggestions</c>). Offered only where a person can read the whole
/// of it, and only for the conversation of this run: nothing is written into the user's settings.
/// </summary>
static class ClaudeOffers
{
    const int MostRules = 5;
    const int OptionLength = 180;

    // [{"type":"addRules","rules":[{"toolName":"Bash","ruleContent":"python3 -c 1:*"}],"behavior":"allow","destination":"localSettings"}]
    // [{"type":"setMode","mode":"acceptEdits",…}]      [{"type":"addDirectories",…}]      wider than their words: not offered
    /// <summary>The option's words; null when there is nothing honest to offer.</summary>
    public static string? Of(string? suggestions)
    {
        if (suggestions is null || JsonNode.Parse(suggestions) is not JsonArray { Count: > 0 } all)
            return null;
        var words = new List<string>();
        foreach (var suggestion in all)
        {
            if (suggestion is not JsonObject one || Text(one["type"]) != "addRules" || Text(one["behavior"]) != "allow"
                || one["rules"] is not JsonArray rules)
                return null;
            foreach (var rule in rules)
            {
                if (rule is not JsonObject each || Text(each["toolName"]) is not { } tool || Text(each["ruleContent"]) is not { } content)
                    return null;
                words.Add($"{tool}({content})");
            }
        }
        var option = $"yes, and in this run also: {string.Join(", ", words)}";
        return words.Count is > 0 and <= MostRules && option.Length <= OptionLength && !option.Any(char.IsControl) ? option : null;
    }

    /// <summary>The suggestions as they hold for the conversation alone.</summary>
    public static JsonArray ForSession(JsonArray rules)
    {
        foreach (var rule in rules.OfType<JsonObject>())
            rule["destination"] = "session";
        return (JsonArray)rules.DeepClone();
    }

    static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
