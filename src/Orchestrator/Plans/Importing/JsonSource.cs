using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Plans;

/// <summary>Reading JSON that a person or another program wrote: nothing in it throws, and what is of a wrong type is a finding.
/// Pure.</summary>
static class JsonSource
{
    static readonly JsonDocumentOptions Tolerant = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = Json.MaxDepth,
        // Which of two members of one name counts would be a guess.
        AllowDuplicateProperties = false,
    };

    /// <summary>The document; null when it is none, with why.</summary>
    public static (JsonElement? Root, ImportFinding? Problem) Parse(SourceText source)
    {
        try
        {
            using var document = JsonDocument.Parse(source.Text.TrimStart('\ufeff'), Tolerant);
            Decode(document.RootElement);
            return (document.RootElement.Clone(), null);
        }
        catch (JsonException e)
        {
            var line = (int)Math.Min(e.LineNumber ?? 0, int.MaxValue - 1) + 1;
            return (null, ImportFinding.Of(FindingWeight.Error, "not_json", Place(source, line),
                $"It cannot be read as JSON: {FirstSentence(e.Message)}", null, "Mend the text there; a JSON checker shows it.", line));
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return (null, ImportFinding.Of(FindingWeight.Error, "not_json", source.Name.Length > 0 ? source.Name : null,
                "It holds characters that no text can hold (half a surrogate pair, for example).", null, "Write it as UTF-8."));
        }
    }

    /// <summary>Throws where a text or a name holds what no text can hold: "\ud800" alone is good JSON.</summary>
    static void Decode(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
            element.GetString();
        else if (element.ValueKind == JsonValueKind.Array)
            foreach (var entry in element.EnumerateArray())
                Decode(entry);
        else if (element.ValueKind == JsonValueKind.Object)
            foreach (var member in element.EnumerateObject())
                if (member.Name is not null)
                    Decode(member.Value);
    }

    /// <summary>An element as a node, remarks and trailing commas left out.</summary>
    public static JsonNode? Node(JsonElement element) => JsonNode.Parse(element.GetRawText(), documentOptions: Tolerant);

    static string Place(SourceText source, int line) => source.Name.Length > 0 ? $"{source.Name}:{line}" : $"line {line}";

    static string FirstSentence(string message) =>
        message.IndexOf(" LineNumber:", StringComparison.Ordinal) is > 0 and var end ? message[..end].Trim() : message;
}

/// <summary>One object of a source with the path to it; asked for its members, it notes what does not fit.</summary>
sealed class JsonFields(JsonElement members, string path, List<ImportFinding> findings)
{
    public string Path => path;

    public bool Has(string name) => members.TryGetProperty(name, out _);

    public JsonElement? Find(string name) =>
        members.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A text, or a number or truth value as it is written.</summary>
    public string? Text(string name)
    {
        if (Find(name) is not { } value)
            return null;
        if (Plain(value) is { } text)
            return text;
        Wrong(name, "a text");
        return null;
    }

    public long? Whole(string name)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number))
            return number;
        // 12, "12", "#12", "https://github.com/acme/shop/issues/12"
        if (value.ValueKind == JsonValueKind.String && value.GetString()!.Trim().TrimEnd('/').Split('/')[^1] is var last
            && long.TryParse(last.TrimStart('#'), System.Globalization.NumberStyles.None,
                System.Globalization.CultureInfo.InvariantCulture, out number))
            return number;
        Wrong(name, "a whole number");
        return null;
    }

    public bool Flag(string name)
    {
        if (Find(name) is not { } value)
            return false;
        if (bool.TryParse(Plain(value), out var said))
            return said;
        Say(FindingWeight.Warning, "wrong_type", name, $"{name} is neither true nor false.", "It was left out.", "Make it true or false.");
        return false;
    }

    /// <summary>A list of texts; one text stands for a list of it.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (Find(name) is not { } value)
            return [];
        if (value.ValueKind != JsonValueKind.Array)
        {
            if (Plain(value) is { Length: > 0 } only)
                return [only];
            Wrong(name, "a list of texts");
            return [];
        }

        var texts = new List<string>();
        foreach (var entry in value.EnumerateArray())
            if (Plain(entry) is { } text)
                texts.Add(text);
            else
                Wrong($"{name}[{texts.Count}]", "a text");
        return texts;
    }

    /// <summary>The objects of a list, each with its path.</summary>
    public IReadOnlyList<JsonFields> Objects(string name)
    {
        if (Find(name) is not { } value)
            return [];
        if (value.ValueKind != JsonValueKind.Array)
        {
            Wrong(name, "a list of objects");
            return [];
        }

        var found = new List<JsonFields>();
        foreach (var (at, entry) in value.EnumerateArray().Index())
            if (entry.ValueKind == JsonValueKind.Object)
                found.Add(new JsonFields(entry, $"{path}.{name}[{at}]", findings));
            else
                Wrong($"{name}[{at}]", "an object");
        return found;
    }

    /// <summary>Members beside those, as one JSON object; null when there are none.</summary>
    public string? Others(IReadOnlyCollection<string> known)
    {
        var others = new JsonObject();
        foreach (var member in members.EnumerateObject())
            if (!known.Contains(member.Name))
                others[member.Name] = JsonSource.Node(member.Value);
        return others.Count == 0 ? null : others.ToJsonString(Json.PlainOptions);
    }

    public void Say(FindingWeight weight, string code, string member, string text, string? done = null, string? fix = null) =>
        findings.Add(ImportFinding.Of(weight, code, member.Length > 0 ? $"{path}.{member}" : path, text, done, fix));

    void Wrong(string name, string wanted) => Say(FindingWeight.Warning, "wrong_type", name,
        $"{name} is no {wanted[(wanted.IndexOf(' ', StringComparison.Ordinal) + 1)..]}.", "It was left out.", $"Make it {wanted}.");

    static string? Plain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };
}
