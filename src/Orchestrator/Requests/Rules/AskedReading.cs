using System.Text.Json;
using Orchestrator.Workspaces;

namespace Orchestrator.Requests;

/// <summary>Whose request it is.</summary>
/// <param name="RunId">The run that asks.</param>
/// <param name="Profile">Its profile.</param>
/// <param name="Project">The project of its session; null for none.</param>
/// <param name="Workspace">Absolute folder it works in; null when there is none yet.</param>
sealed record Asker(string? RunId, string? Profile, string? Project, string? Workspace);

/// <summary>
/// Reads what a request asks for out of its detail, and looks up where its paths lead. Reads folders: never on the writing thread.
/// </summary>
static class AskedReading
{
    /// <summary>Members that say what is asked; a second one of the same name would be a second meaning.</summary>
    static readonly string[] Known = ["command", "path", "paths", "tool", "folder", "input", "partial"];

    // {"tool":"Bash","folder":"/repo","command":"git status"}      {"tool":"Write","folder":"/repo","path":"/repo/a.txt","diff":"+x"}
    // {"folder":"/repo","paths":["/repo/a.txt","/repo/b.txt"],"diff":"…","partial":true}
    public static Asked Of(string kind, JsonElement? detail, Asker asker)
    {
        var plain = new Asked { Kind = kind, Profile = asker.Profile, Project = asker.Project, RunId = asker.RunId };
        if (detail is not { ValueKind: JsonValueKind.Object } asked)
            return plain;
        var unclear = Unclear(asked);
        var folder = Text(asked, "folder") ?? asker.Workspace;
        var places = asker.Workspace is { } root ? new RealPlaces(root) : null;
        return plain with
        {
            Tool = Text(asked, "tool"),
            Command = Text(asked, "command"),
            Input = Text(asked, "input"),
            Paths = [.. Paths(asked).Select(path => Place(path, folder, places))],
            Unclear = unclear,
            Outside = folder is null || places is null || places.Inside(RealPlaces.Real(folder)) is not null ? null : folder,
        };
    }

    static AskedPath Place(string given, string? folder, RealPlaces? places)
    {
        var real = places is null || given.Length == 0 || given[0] == '~' || given.Any(char.IsControl) ? null
            : RealPlaces.Real(given[0] == '/' || folder is null ? given : $"{folder}/{given}");
        return new AskedPath(given, real, real is null ? null : places!.Inside(real));
    }

    static string? Unclear(JsonElement asked)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in asked.EnumerateObject())
        {
            if (!Known.Contains(member.Name, StringComparer.OrdinalIgnoreCase))
                continue;
            if (!seen.Add(member.Name) || !Known.Contains(member.Name))
                return $"'{member.Name}' is said in two ways";
            var fits = member.Name switch
            {
                "partial" => member.Value.ValueKind is JsonValueKind.False or JsonValueKind.Null,
                "paths" => member.Value.ValueKind == JsonValueKind.Array
                    && member.Value.EnumerateArray().All(each => each.ValueKind == JsonValueKind.String),
                _ => member.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null,
            };
            if (!fits)
                return member.Name == "partial" ? "not all that is asked stands in it" : $"its '{member.Name}' is no text";
        }
        return null;
    }

    static IEnumerable<string> Paths(JsonElement asked) =>
        asked.TryGetProperty("paths", out var several) && several.ValueKind == JsonValueKind.Array
            ? several.EnumerateArray().Where(each => each.ValueKind == JsonValueKind.String).Select(each => Text(each) ?? "")
            : Text(asked, "path") is { } one ? [one] : [];

    static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Text(value) : null;

    static string? Text(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: a text nobody could have meant.
            return value.GetRawText();
        }
    }
}
