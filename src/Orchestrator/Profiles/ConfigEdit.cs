using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Profiles;

/// <summary>
/// One key of a configuration text set to another value. Only the characters of that value change: comments, order and blank lines stay.
/// What comes out is read again, and anything else that changed is a refusal.
/// </summary>
static partial class ConfigEdit
{
    /// <summary>The text with the key set. Throws <see cref="Fault"/> for a key that is none, or a text that cannot be edited so.</summary>
    /// <param name="text">The file as it stands; empty for none.</param>
    /// <param name="key">Path of the key, like <c>profiles.spark.effort</c>; a name with dots in double quotes.</param>
    /// <param name="value">As a person types it: a word, a number, or a list or map in JSON; <c>null</c> for none.</param>
    /// <param name="root">The keys there are.</param>
    public static string Set(string text, string key, string value, ConfigKey root)
    {
        var path = Parts(key);
        var rendered = Render(KeyAt(path, root), value, key);
        try
        {
            var edited = Splice(text, path, rendered);
            Compare(text, edited, path, rendered);
            return edited;
        }
        catch (Exception e) when (e is YamlException or ArgumentException or InvalidOperationException)
        {
            throw new Fault(FaultCode.Unprocessable, $"{key}: the file cannot be edited here without touching more than this key.",
                $"Write it by hand: {e.Message}");
        }
    }

    /// <summary>The names of a path.</summary>
    static IReadOnlyList<string> Parts(string key) =>
        PathText().IsMatch(key)
            ? [.. Part().Matches(key).Select(match => match.Groups["quoted"].Success ? match.Groups["quoted"].Value : match.Value)]
            : throw Fault.Unprocessable("key", $"'{Texts.Short(key)}' is no path of a key, like profiles.spark.effort.");

    static ConfigKey KeyAt(IReadOnlyList<string> path, ConfigKey root)
    {
        var key = root;
        for (var i = 0; i < path.Count; i++)
        {
            if (key.Kind == ConfigKind.TextMap)
                key = new ConfigKey(path[i], ConfigKind.Text, "");
            else if (key.Kind == ConfigKind.Named && ++i == path.Count)
                throw HoldsOthers(path, key);
            else
                key = key.Members.FirstOrDefault(member => member.Name == path[i]) ?? throw NoKey(path, i, key.Members);
        }
        return key.Kind is ConfigKind.Group or ConfigKind.Named or ConfigKind.Entries ? throw HoldsOthers(path, key) : key;
    }

    static Fault HoldsOthers(IReadOnlyList<string> path, ConfigKey key) => new(FaultCode.Unprocessable,
        $"key: {string.Join('.', path)} holds others; set one of them.",
        key.Kind == ConfigKind.Entries ? "Entries of a list are edited in the file itself."
            : $"Keys there: {string.Join(", ", key.Members.Select(member => member.Name))}.");

    static Fault NoKey(IReadOnlyList<string> path, int at, IReadOnlyList<ConfigKey> known)
    {
        var names = known.Select(member => member.Name).ToList();
        var near = NearestWord.To(path[at], names) is { } word ? $" Did you mean '{word}'?" : "";
        return new Fault(FaultCode.Unprocessable, $"key: there is no key '{Texts.Short(string.Join('.', path.Take(at + 1)))}'.{near}",
            names.Count > 0 ? $"Keys there: {string.Join(", ", names)}." : null);
    }

    static string Render(ConfigKey key, string value, string path)
    {
        if (value == "null")
            return value;
        switch (key.Kind)
        {
            case ConfigKind.Texts or ConfigKind.TextLists when !value.TrimStart().StartsWith('['):
                throw Fault.Unprocessable("value", $"{path} takes a list, like '[\"program\", \"argument\"]'.");
            case ConfigKind.TextMap when !value.TrimStart().StartsWith('{'):
                throw Fault.Unprocessable("value", $"{path} takes names with texts, like '{{\"NAME\": \"value\"}}'.");
            case ConfigKind.Texts or ConfigKind.TextLists or ConfigKind.TextMap:
                return Json(value, path);
            case ConfigKind.OneOrMore when value.TrimStart().StartsWith('['):
                return Json(value, path);
            case ConfigKind.Flag or ConfigKind.Count or ConfigKind.Seconds when PlainNumber().IsMatch(value):
                return value;
            default:
                return Quoted(value);
        }
    }

    static string Json(string value, string path)
    {
        try
        {
            return JsonNode.Parse(value)!.ToJsonString(Orchestrator.Json.PlainOptions);
        }
        catch (JsonException)
        {
            throw Fault.Unprocessable("value", $"{path} takes JSON, and this is none.");
        }
    }

    static string Quoted(string text) => PlainWord().IsMatch(text) && !Special().IsMatch(text)
        ? text
        : JsonValue.Create(text).ToJsonString(Orchestrator.Json.PlainOptions);

    static string Splice(string text, IReadOnlyList<string> path, string value)
    {
        if (Root(text) is not { } root)
            return Ended(text) + Block(path, 0, value);
        var ends = FlowEnds(text);
        var map = root as YamlMappingNode ?? throw new InvalidOperationException("it holds no keys");
        for (var i = 0; ; i++)
        {
            var (key, child) = map.Children.FirstOrDefault(pair => pair.Key is YamlScalarNode name && name.Value == path[i]);
            if (key is null)
                return map.Style == MappingStyle.Flow
                    ? IntoFlow(text, map, EndOf(map, ends), path.Skip(i), value)
                    : Below(text, EndOf(map, ends), (int)map.Children[0].Key.Start.Column - 1, path.Skip(i), value);
            if (i == path.Count - 1)
                return Replace(text, key, child, ends, value);
            if (child is YamlMappingNode { Children.Count: > 0 } inner)
                map = inner;
            else if (map.Style == MappingStyle.Flow || child is YamlMappingNode)
                return Replace(text, key, child, ends, Flow(path.Skip(i + 1), value));
            else if (child is YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or null })
                return Below(text, (int)key.End.Index, (int)key.Start.Column + 1, path.Skip(i + 1), value);
            else
                return Replace(text, key, child, ends, Flow(path.Skip(i + 1), value));
        }
    }

    static string Replace(string text, YamlNode key, YamlNode child, Dictionary<long, int> ends, string value)
    {
        var colon = text.IndexOf(':', (int)key.End.Index) + 1;
        var isEmpty = child is YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or null };
        var isBlock = child is YamlMappingNode { Style: not MappingStyle.Flow } or YamlSequenceNode { Style: not SequenceStyle.Flow };
        var (from, to) = isEmpty ? (colon, colon) : isBlock ? (colon, EndOf(child, ends)) : ((int)child.Start.Index, EndOf(child, ends));
        return text[..from] + (isEmpty || isBlock ? " " : "") + value + text[to..];
    }

    static string IntoFlow(string text, YamlMappingNode map, int end, IEnumerable<string> path, string value)
    {
        var close = end - 1;
        var before = text[..close].TrimEnd();
        var comma = map.Children.Count == 0 ? "" : before.EndsWith(',') ? " " : ", ";
        return $"{before}{comma}{FlowEntry(path, value)}{text[close..]}";
    }

    /// <summary>After the line in which something ends.</summary>
    static string Below(string text, int end, int indent, IEnumerable<string> path, string value)
    {
        var line = end > 0 && text[end - 1] == '\n' ? end : text.IndexOf('\n', end) is var next and >= 0 ? next + 1 : text.Length;
        return Ended(text[..line]) + Block([.. path], indent, value) + text[line..];
    }

    static string Block(IReadOnlyList<string> path, int indent, string value) => string.Concat(path.Select((name, i) =>
        $"{new string(' ', indent + (2 * i))}{Quoted(name)}:{(i == path.Count - 1 ? " " + value : "")}\n"));

    static string Flow(IEnumerable<string> path, string value) => $"{{{FlowEntry(path, value)}}}";

    static string FlowEntry(IEnumerable<string> path, string value)
    {
        List<string> names = [.. path.Select(Quoted)];
        return string.Join(": {", names) + ": " + value + new string('}', names.Count - 1);
    }

    static string Ended(string text) => text.Length == 0 || text.EndsWith('\n') ? text : text + "\n";

    /// <summary>Behind a node's last character. The marks of lists and maps do not say it.</summary>
    static int EndOf(YamlNode node, Dictionary<long, int> ends) => node switch
    {
        YamlMappingNode { Style: not MappingStyle.Flow, Children.Count: > 0 } map => Math.Max(
            (int)map.Children[^1].Key.End.Index, EndOf(map.Children[^1].Value, ends)),
        YamlSequenceNode { Style: not SequenceStyle.Flow, Children.Count: > 0 } list => EndOf(list.Children[^1], ends),
        YamlMappingNode or YamlSequenceNode => ends[node.Start.Index],
        _ => (int)node.End.Index,
    };

    /// <summary>Where each list in [ ] and each map in { } ends, by where it begins.</summary>
    static Dictionary<long, int> FlowEnds(string text)
    {
        var (ends, open) = (new Dictionary<long, int>(), new Stack<ParsingEvent>());
        var parser = new Parser(new StringReader(text));
        while (parser.MoveNext())
        {
            if (parser.Current is MappingStart or SequenceStart)
                open.Push(parser.Current);
            else if (parser.Current is MappingEnd or SequenceEnd)
                // Its mark stands at the bracket. A block begins where its first entry does, which ended before it.
                ends.TryAdd(open.Pop().Start.Index, (int)parser.Current.Start.Index + 1);
        }
        return ends;
    }

    static YamlNode? Root(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents.Count == 0 || stream.Documents[0].RootNode is YamlScalarNode { Value: "" or null }
            ? null
            : stream.Documents[0].RootNode;
    }

    /// <summary>Holds what was against what is: only this key may differ.</summary>
    static void Compare(string before, string after, IReadOnlyList<string> path, string value)
    {
        var (old, now) = (Leaves(before), Leaves(after));
        var mine = string.Join(Separator, path);
        // A parent that was empty has something below it now.
        foreach (var key in old.Keys.Where(key => IsWithin(key, mine) || IsWithin(mine, key)).ToList())
            old.Remove(key);
        var written = Leaves($"x: {value}");
        foreach (var (key, leaf) in written)
            old[mine + key[1..]] = leaf;
        if (old.Count != now.Count || old.Any(pair => now.GetValueOrDefault(pair.Key) != pair.Value))
            throw new InvalidOperationException("more than this key would change");
    }

    static bool IsWithin(string key, string of) => key == of || key.StartsWith(of + Separator, StringComparison.Ordinal);

    const string Separator = "\u0001";

    static Dictionary<string, string> Leaves(string text)
    {
        var leaves = new Dictionary<string, string>();
        void Walk(string at, YamlNode node)
        {
            if (node is YamlMappingNode { Children.Count: > 0 } map)
                foreach (var (key, child) in map)
                    Walk(at.Length == 0 ? $"{key}" : $"{at}{Separator}{key}", child);
            else if (node is YamlSequenceNode { Children.Count: > 0 } list)
                foreach (var (i, child) in list.Index())
                    Walk($"{at}{Separator}{i}", child);
            else if (at.Length > 0)
                leaves[at] = node is YamlScalarNode scalar ? $"{scalar.Value}" : node is YamlMappingNode ? "{}" : "[]";
        }
        if (Root(text) is { } root)
            Walk("", root);
        return leaves;
    }

    // profiles."gpt-5.5".model
    [GeneratedRegex("^(?:[^.\"]+|\"[^\"]+\")(?:\\.(?:[^.\"]+|\"[^\"]+\"))*$")]
    private static partial Regex PathText();

    [GeneratedRegex("\"(?<quoted>[^\"]+)\"|[^.\"]+")]
    private static partial Regex Part();

    [GeneratedRegex("^[A-Za-z_/][A-Za-z0-9_./-]*$")]
    private static partial Regex PlainWord();

    [GeneratedRegex("^(?:true|false|null|yes|no|on|off|y|n)$", RegexOptions.IgnoreCase)]
    private static partial Regex Special();

    [GeneratedRegex("^(?:true|false|[0-9]+(?:\\.[0-9]+)?)$")]
    private static partial Regex PlainNumber();
}
