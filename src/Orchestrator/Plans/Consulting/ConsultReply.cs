using System.Text.Json;

namespace Orchestrator.Plans;

/// <summary>What a controller answered, held against what it was asked. Pure: it believes nothing that is not about that.</summary>
/// <param name="Answer">What holds: ids in their order, or an option; empty when nothing does.</param>
/// <param name="Problem">Why it cannot be used; null when it can.</param>
sealed record ConsultReply(IReadOnlyList<string> Answer, string? Problem, string? Why = null, string? Note = null)
{
    const int MostText = 1000;

    // {"decision": "CONTINUE", "order": ["3", "1"], "why": "others wait for 3"}
    /// <summary>An order of what was ready. What it does not name comes after what it names, as the document has it.</summary>
    /// <param name="ready">Ids by the document's ids, in the document's order.</param>
    public static ConsultReply Order(string? json, IReadOnlyList<(string Foreign, string Item)> ready) => Read(json, root =>
    {
        if (!root.TryGetProperty("order", out var list) || list.ValueKind != JsonValueKind.Array)
            return Unusable("It has no order.");
        var (known, order) = (ready.ToDictionary(one => one.Foreign, one => one.Item, StringComparer.Ordinal), new List<string>());
        foreach (var one in list.EnumerateArray())
        {
            var id = one.ValueKind == JsonValueKind.String ? one.GetString()!.Trim() : one.GetRawText();
            if (!known.TryGetValue(id, out var item))
                return Unusable($"'{Texts.Short(id)}' is none of the units that were ready.");
            if (order.Contains(item))
                return Unusable($"'{Texts.Short(id)}' is named twice.");
            order.Add(item);
        }

        return order.Count == 0 ? Unusable("Its order is empty.")
            : new ConsultReply([.. order, .. ready.Select(one => one.Item).Except(order)], null, Text(root, "why"));
    });

    // {"decision": "CONTINUE", "option": "retry", "note": "use the other port", "why": "…"}
    /// <summary>One of the options it was given.</summary>
    public static ConsultReply Decide(string? json) => Read(json, root => Text(root, "option") switch
    {
        Options.Retry => new ConsultReply([Options.Retry], null, Text(root, "why"), Text(root, "note")),
        Person => new ConsultReply([Person], null, Text(root, "why"), Text(root, "note")),
        Options.Skip or Options.Abort => Unusable("Leaving a unit out, or calling a plan off, is a person's."),
        var other => Unusable($"'{Texts.Short(other ?? "")}' is none of {Options.Retry}, {Person}."),
    });

    /// <summary>The option that leaves it to a person.</summary>
    public const string Person = "person";

    static ConsultReply Read(string? json, Func<JsonElement, ConsultReply> read)
    {
        if (json is null)
            return Unusable("There is no JSON object in its answer.");
        try
        {
            using var parsed = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Json.MaxDepth });
            var root = parsed.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return Unusable("It is no JSON object.");
            // Whether a plan is complete stands in its rows; who says it is has not looked.
            return Text(root, "decision") is { } decision && !decision.Equals("CONTINUE", StringComparison.OrdinalIgnoreCase)
                ? Unusable($"It says {Texts.Short(decision)}, and units are open.") : read(root);
        }
        catch (JsonException problem)
        {
            return Unusable($"It cannot be read: {Texts.Short(problem.Message)}");
        }
    }

    static ConsultReply Unusable(string problem) => new([], problem);

    static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String && member.GetString() is { } text
            && text.Trim() is { Length: > 0 } trimmed ? Clean(trimmed) : null;

    static string Clean(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= MostText ? line : line[..(char.IsHighSurrogate(line[MostText - 1]) ? MostText - 1 : MostText)] + "…";
    }
}
