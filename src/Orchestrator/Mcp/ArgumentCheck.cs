using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Profiles;

namespace Orchestrator.Mcp;

/// <summary>Holds the arguments of a call against the tool's own schema. Each refusal names the argument and says how it must be.</summary>
static class ArgumentCheck
{
    /// <summary>Longest text of one argument, in characters: what the daemon takes as a prompt or message.</summary>
    const int LongestText = 1024 * 1024;

    /// <summary>The arguments with null ones left out, or a <see cref="Fault"/>.</summary>
    public static JsonObject Checked(AgentTool tool, IEnumerable<KeyValuePair<string, JsonElement>> given)
    {
        var known = tool.Input["properties"]!.AsObject();
        var result = new JsonObject();
        foreach (var (name, value) in given)
        {
            if (known[name] is not JsonObject shape)
                throw Unknown(tool, name, [.. known.Select(member => member.Key)]);
            // Models often spell out what they leave open.
            if (value.ValueKind == JsonValueKind.Null) continue;
            Check(name, shape, value);
            result[name] = JsonNode.Parse(value.GetRawText());
        }
        foreach (var needed in tool.Input["required"] as JsonArray ?? [])
            if (result[(string)needed!] is null)
                throw Fault.Invalid((string)needed!, $"is required: {known[(string)needed!]!["description"]}");
        return result;
    }

    static Fault Unknown(AgentTool tool, string name, IReadOnlyCollection<string> known)
    {
        var guess = NearestWord.To(name, known) is { } near ? $" Did you mean '{near}'?" : "";
        return new Fault(FaultCode.InvalidRequest, $"{tool.Name} takes no argument '{Texts.Short(name)}'.{guess}",
            known.Count == 0 ? "It takes none." : $"It takes: {string.Join(", ", known)}.");
    }

    static void Check(string name, JsonObject shape, JsonElement value)
    {
        switch ((string)shape["type"]!)
        {
            case "string":
                CheckText(name, shape, value);
                break;
            case "boolean":
                if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) throw Wrong(name, "true or false", value);
                break;
            case "object":
                if (value.ValueKind != JsonValueKind.Object) throw Wrong(name, "an object", value);
                foreach (var member in value.EnumerateObject())
                    if (shape["properties"]?[member.Name] is JsonObject of) Check($"{name}.{member.Name}", of, member.Value);
                break;
            case "array":
                CheckList(name, shape, value);
                break;
            default:
                CheckNumber(name, shape, value);
                break;
        }
    }

    static void CheckText(string name, JsonObject shape, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) throw Wrong(name, "a text", value);
        var text = value.GetString()!;
        if (text.Length > LongestText)
            throw new Fault(FaultCode.TooLarge, $"{name}: is longer than 1 MiB.",
                "Put the long part into a file of the workspace and name it.");
        if (shape["enum"] is not JsonArray words) return;
        var known = words.Select(word => (string)word!).ToList();
        if (known.Contains(text)) return;
        var guess = NearestWord.To(text, known) is { } near ? $" Did you mean '{near}'?" : "";
        throw Fault.Invalid(name, $"must be one of {string.Join(", ", known)}, not '{Texts.Short(text)}'.{guess}");
    }

    static void CheckList(string name, JsonObject shape, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) throw Wrong(name, "a list", value);
        var (least, most) = ((int?)shape["minItems"] ?? 0, (int?)shape["maxItems"] ?? int.MaxValue);
        var count = value.GetArrayLength();
        if (count < least || count > most) throw Fault.Invalid(name, $"must hold {least} to {most} entries, not {count}.");
        foreach (var (entry, index) in value.EnumerateArray().Select((entry, index) => (entry, index)))
            Check($"{name}[{index}]", shape["items"]!.AsObject(), entry);
    }

    static void CheckNumber(string name, JsonObject shape, JsonElement value)
    {
        var whole = (string)shape["type"]! == "integer";
        var (least, most) = ((long)shape["minimum"]!, (long)shape["maximum"]!);
        var good = value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most
            && (!whole || value.TryGetInt64(out _));
        if (!good) throw Wrong(name, $"a {(whole ? "whole " : "")}number from {least} to {most}", value);
    }

    static Fault Wrong(string name, string wanted, JsonElement value) =>
        Fault.Invalid(name, $"must be {wanted}, not {Texts.Short(value.GetRawText())}.");
}
