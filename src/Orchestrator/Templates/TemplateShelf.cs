using System.Reflection;
using System.Text;
using Orchestrator.Profiles;

namespace Orchestrator.Templates;

/// <summary>
/// Every prompt template there is: those of the project's folder before those of the data folder before the built-in ones. A file that
/// begins with <see cref="CopyMark"/> is an untouched copy and counts for nothing.
/// </summary>
/// <param name="project">The project's folder; null for none.</param>
/// <param name="data">The data folder.</param>
sealed class TemplateShelf(string? project, string data)
{
    /// <summary>The first line of the copies that <c>init</c> makes.</summary>
    public const string CopyMark = "<!-- A copy of the built-in template. Without this line it counts instead of it. -->";

    /// <summary>Longest template in bytes.</summary>
    const int MaxLength = 256 * 1024;

    const string Resources = "Templates/";
    const string BuiltInOrigin = "built in";

    /// <summary>Where a person puts templates of his own.</summary>
    public static string OfData(string data) => Path.Combine(data, "templates");

    /// <summary>Where a project keeps its own.</summary>
    public static string OfProject(string project) => Path.Combine(project, ".agent-orchestrator", "templates");

    /// <summary>The built-in ones, name and text.</summary>
    public static IReadOnlyList<(string Name, string Text)> BuiltIn => [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(Resources, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        .Select(name => (Path.GetFileNameWithoutExtension(name), Resource(name)))];

    /// <summary>What <c>init</c> puts into a project as AGENTS.md.</summary>
    public static string ProjectPage => Resource("TemplateFiles/agents.md");

    /// <summary>Those that count, by name.</summary>
    public IReadOnlyList<PromptTemplate> All() => [.. Folders().SelectMany(NamesIn).Concat(BuiltIn.Select(one => one.Name))
        .Distinct().Order(StringComparer.Ordinal).Select(Find).OfType<PromptTemplate>()];

    /// <summary>The one of that name, or a refusal that lists what there is.</summary>
    public PromptTemplate Of(string name)
    {
        if (Find(name) is { } found)
            return found;
        var known = Folders().SelectMany(NamesIn).Concat(BuiltIn.Select(one => one.Name)).Distinct().Order(StringComparer.Ordinal).ToList();
        var near = NearestWord.To(name, known);
        throw new Fault(FaultCode.Unprocessable,
            $"There is no template '{Texts.Short(name)}'{(near is null ? "." : $"; did you mean '{near}'?")}",
            $"Templates: {string.Join(", ", known)}. Own ones go into {OfData(data)}, a project's into .agent-orchestrator/templates.");
    }

    /// <summary>The one of that name that somebody wrote; null when only the built-in one, or an untouched copy of it, is there.</summary>
    public PromptTemplate? Own(string name) => Find(name) is { Origin: not BuiltInOrigin } own ? own : null;

    PromptTemplate? Find(string name)
    {
        if (!IsName(name))
            return null;
        foreach (var folder in Folders())
        {
            var file = Path.Combine(folder, name + ".md");
            if (Read(file) is { } text && !text.StartsWith(CopyMark, StringComparison.Ordinal))
                return PromptTemplate.Parse(name, file, text);
        }

        return BuiltIn.FirstOrDefault(one => one.Name == name) is { Text: { } own } ? PromptTemplate.Parse(name, BuiltInOrigin, own) : null;
    }

    IEnumerable<string> Folders() => project is null ? [OfData(data)] : [OfProject(project), OfData(data)];

    static IEnumerable<string> NamesIn(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*.md").Select(file => Path.GetFileNameWithoutExtension(file)!).Where(IsName)
        : [];

    // It becomes part of a path.
    static bool IsName(string name) => name.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    static string? Read(string path)
    {
        var file = new FileInfo(path);
        // What has no length may be a pipe: opening it would wait for ever.
        if (!file.Exists || file.Length == 0)
            return null;
        if (file.Length > MaxLength)
            throw new Fault(FaultCode.TooLarge, $"{path} is longer than 256 KiB: this is no template.");
        try
        {
            var bytes = File.ReadAllBytes(path);
            return System.Text.Unicode.Utf8.IsValid(bytes)
                ? Encoding.UTF8.GetString(bytes).TrimStart('\ufeff')
                : throw new Fault(FaultCode.Unprocessable, $"{path} is not UTF-8.", "Convert it first, for example with iconv.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Fault(FaultCode.Unprocessable, $"The template {path} cannot be read: {e.Message}");
        }
    }

    static string Resource(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
