using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Profiles;

/// <summary>Values of one group of keys. A key that was written as null is there with the value null: it undoes a lower layer.</summary>
/// <param name="Line">Line of the group in its file, from 1.</param>
/// <param name="Values">Key → string, bool, long, double, list, map or another group, by its <see cref="ConfigKind"/>.</param>
sealed record ConfigGroup(int Line, IReadOnlyDictionary<string, object?> Values)
{
    /// <summary>A group without keys.</summary>
    public static readonly ConfigGroup None = new(1, new Dictionary<string, object?>());

    public T? Get<T>(string key)
        where T : class => Values.GetValueOrDefault(key) as T;

    public T? Number<T>(string key)
        where T : struct => Values.GetValueOrDefault(key) is T value ? value : null;

    /// <summary>This group under the keys of a higher layer; groups and maps inside are merged, everything else is replaced.</summary>
    public ConfigGroup Under(ConfigGroup higher)
    {
        var merged = new Dictionary<string, object?>(Values);
        foreach (var (key, value) in higher.Values)
            merged[key] = (merged.GetValueOrDefault(key), value) switch
            {
                (ConfigGroup low, ConfigGroup high) => low.Under(high),
                (IReadOnlyDictionary<string, string> low, IReadOnlyDictionary<string, string> high) =>
                    new Dictionary<string, string>(low.Concat(high).GroupBy(p => p.Key).Select(g => g.Last())),
                _ => value,
            };
        return new ConfigGroup(higher.Line, merged);
    }
}

/// <summary>Checks YAML against the key table and collects every mistake with its line, so that one look mends them all.</summary>
sealed class ConfigReader(string file)
{
    readonly List<string> _problems = [];

    /// <summary>"file:line: key: problem", in the order of the file.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>The top group; empty for an empty file.</summary>
    public ConfigGroup Read(string text, ConfigKey root)
    {
        try
        {
            if (TooDeep(text) is { } line)
            {
                _problems.Add($"{file}:{line.ToString(CultureInfo.InvariantCulture)}: nested too deep for a configuration");
                return ConfigGroup.None;
            }
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count > 1)
                Problem(stream.Documents[1].RootNode, "", "a second document; one file holds one configuration");
            return stream.Documents.Count == 0 || IsNull(stream.Documents[0].RootNode)
                ? ConfigGroup.None
                : Value(stream.Documents[0].RootNode, root, "") as ConfigGroup ?? ConfigGroup.None;
        }
        catch (YamlException e)
        {
            _problems.Add($"{file}:{e.Start.Line.ToString(CultureInfo.InvariantCulture)}: this is no YAML: {e.Message}");
            return ConfigGroup.None;
        }
    }

    /// <summary>The line where nesting passes what any key needs: loading recurses, and a deep file would end the process.</summary>
    static long? TooDeep(string text)
    {
        var parser = new Parser(new StringReader(text));
        for (var depth = 0; parser.MoveNext();)
        {
            depth += parser.Current?.NestingIncrease ?? 0;
            if (depth > 32)
                return parser.Current?.Start.Line;
        }
        return null;
    }

    object? Value(YamlNode node, ConfigKey key, string path)
    {
        if (IsNull(node))
            return null;
        return key.Kind switch
        {
            ConfigKind.Group => Group(node, key, path),
            ConfigKind.Named => Named(node, key, path),
            ConfigKind.Texts => Texts(node, path),
            ConfigKind.TextLists => Sequence(node, path, "a list of lists, like [[\"dotnet\", \"test\"]]", Texts),
            ConfigKind.Entries => Sequence(node, path, "a list of entries, each with keys", (item, inner) => Group(item, key, inner)),
            ConfigKind.TextMap => TextMap(node, path),
            _ => node is YamlScalarNode scalar ? Scalar(scalar, key, path) : Expected(node, path, Describe(key)),
        };
    }

    object? Scalar(YamlScalarNode node, ConfigKey key, string path)
    {
        var text = node.Value ?? "";
        switch (key.Kind)
        {
            case ConfigKind.Word when !key.Words.Contains(text):
                var near = NearestWord.To(text, [.. key.Words]);
                var hint = near is null ? "" : $"; did you mean '{near}'?";
                return Problem(node, path, $"'{text}' is not one of {string.Join(", ", key.Words)}{hint}");
            case ConfigKind.Flag when IsPlain(node) && bool.TryParse(text, out var flag):
                return flag;
            case ConfigKind.Count when IsPlain(node)
                && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1:
                return (long)count;
            case ConfigKind.Seconds when IsPlain(node)
                && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
                && seconds is > 0 and <= 31_536_000:
                return seconds;
            case ConfigKind.Text or ConfigKind.Word:
                return text;
            default:
                return Expected(node, path, Describe(key));
        }
    }

    static string Describe(ConfigKey key) => key.Kind switch
    {
        ConfigKind.Flag => "true or false",
        ConfigKind.Count => "a whole number from 1",
        ConfigKind.Seconds => "seconds as a number more than 0 and at most 31536000",
        ConfigKind.Word => $"one of {string.Join(", ", key.Words)}",
        _ => "a text",
    };

    ConfigGroup? Group(YamlNode node, ConfigKey key, string path)
    {
        if (node is not YamlMappingNode map)
            return Expected(node, path, "keys with values") as ConfigGroup;
        var values = new Dictionary<string, object?>();
        foreach (var (nameNode, valueNode) in map)
        {
            var name = NameOf(nameNode);
            var inner = Join(path, name);
            if (key.Members.FirstOrDefault(member => member.Name == name) is { } member)
                values[name] = Value(valueNode, member, inner);
            else
                Problem(nameNode, inner, UnknownKey(name, key));
        }
        return new ConfigGroup(LineOf(node), values);
    }

    static string UnknownKey(string name, ConfigKey parent)
    {
        var known = parent.Members.Select(member => member.Name).ToList();
        return NearestWord.To(name, known) is { } near
            ? $"there is no such key; did you mean '{near}'?"
            : $"there is no such key; the keys here are {string.Join(", ", known)}";
    }

    ConfigGroup? Named(YamlNode node, ConfigKey key, string path)
    {
        if (node is not YamlMappingNode map)
            return Expected(node, path, "names with keys below them") as ConfigGroup;
        var entries = new Dictionary<string, object?>();
        foreach (var (nameNode, valueNode) in map)
        {
            var name = NameOf(nameNode);
            if (!IsGoodName(name))
                Problem(nameNode, Join(path, name), "a name is 1 to 64 letters, digits, '.', '_' or '-', the first a letter or digit");
            else if (IsNull(valueNode))
                entries[name] = new ConfigGroup(LineOf(nameNode), ConfigGroup.None.Values);
            else if (Group(valueNode, key, Join(path, name)) is { } group)
                entries[name] = group with { Line = LineOf(nameNode) };
        }
        return new ConfigGroup(LineOf(node), entries);
    }

    /// <summary>Names go into paths of error messages, option values and table columns.</summary>
    static bool IsGoodName(string name) =>
        name.Length is >= 1 and <= 64 && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    List<string>? Texts(YamlNode node, string path) =>
        Sequence(node, path, "a list of texts, like [\"program\", \"argument\"]", (item, inner) =>
            item is YamlScalarNode scalar && !IsNull(item) ? scalar.Value ?? "" : Expected(item, inner, "a text") as string);

    List<T>? Sequence<T>(YamlNode node, string path, string expected, Func<YamlNode, string, T?> read)
        where T : class
    {
        if (node is not YamlSequenceNode sequence)
            return Expected(node, path, expected) as List<T>;
        return [.. sequence.Select((item, i) => read(item, $"{path}[{i.ToString(CultureInfo.InvariantCulture)}]")).OfType<T>()];
    }

    Dictionary<string, string>? TextMap(YamlNode node, string path)
    {
        if (node is not YamlMappingNode map)
            return Expected(node, path, "names with texts") as Dictionary<string, string>;
        var values = new Dictionary<string, string>();
        foreach (var (nameNode, valueNode) in map)
        {
            var name = NameOf(nameNode);
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal))
                Problem(nameNode, Join(path, name), "this cannot be a name");
            else if (valueNode is YamlScalarNode scalar)
                values[name] = IsNull(valueNode) ? "" : scalar.Value ?? "";
            else
                Expected(valueNode, Join(path, name), "a text");
        }
        return values;
    }

    object? Expected(YamlNode node, string path, string what)
    {
        var found = node switch
        {
            YamlMappingNode => "keys with values",
            YamlSequenceNode => "a list",
            YamlScalarNode scalar => $"'{scalar.Value}'",
            _ => "something else",
        };
        return Problem(node, path, $"{what} expected, found {found}");
    }

    object? Problem(YamlNode node, string path, string what)
    {
        _problems.Add($"{file}:{LineOf(node).ToString(CultureInfo.InvariantCulture)}: {(path.Length > 0 ? path + ": " : "")}{what}");
        return null;
    }

    static int LineOf(YamlNode node) => (int)node.Start.Line;

    static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    static string NameOf(YamlNode node) => node is YamlScalarNode scalar ? scalar.Value ?? "" : node.ToString();

    static bool IsPlain(YamlScalarNode node) => node.Style == ScalarStyle.Plain;

    static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or "Null" or "NULL" or null };
}
