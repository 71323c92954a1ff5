using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;

namespace Orchestrator.Cli;

/// <summary>One invocation of a verb: what was typed, where it runs, and which daemon it is about.</summary>
sealed class Invocation
{
    /// <summary>Longest text of a prompt or message the daemon takes.</summary>
    public const int TextLimit = 1024 * 1024;

    /// <summary>Longest file or standard input read for one.</summary>
    const int FileLimit = 10 * 1024 * 1024;

    readonly ParseResult parsed;

    public Invocation(ParseResult parsed, Surroundings around, CancellationToken stop)
    {
        this.parsed = parsed;
        (Around, Stop) = (around, stop);
        var flags = new Settings.Flags(Text("--url"), Text("--auth-token"), Text("--data"));
        Settings = Settings.Resolve(flags, around) with
        {
            Compact = Format == "json",
            Field = Text("--field"),
            Quiet = Flag("--quiet"),
            Command = Words(parsed.CommandResult),
            Color = !Flag("--no-color") && around.Variable("NO_COLOR") is null,
        };
        Output = new Output(around.Out, around.Error, Settings);
        Settings = Settings with { Skew = new VersionSkew(Output.Remark) };
    }

    public Surroundings Around { get; }
    public Settings Settings { get; }
    public Output Output { get; }

    /// <summary>What <c>--format</c> says: text, json, or one of the command's own; null when it says nothing.</summary>
    public string? Format
    {
        get
        {
            string[] known = ["text", "json", .. (parsed.CommandResult.Command as SpeakingCommand)?.Formats ?? []];
            return Text("--format") is not { } said || known.Contains(said) ? Text("--format")
                : throw Usage($"--format is {string.Join(" or ", known)} here, not '{said}'.");
        }
    }

    /// <summary>Ctrl-C or a termination signal.</summary>
    public CancellationToken Stop { get; }

    static string Words(CommandResult command) => command.Parent is CommandResult parent
        ? $"{Words(parent)} {command.Command.Name}".TrimStart()
        : "";

    /// <summary>The value of an option or argument; null when it was not given.</summary>
    public string? Text(string name) => parsed.GetResult(name) is null ? null : parsed.GetValue<string>(name);

    /// <summary>The values of an option that may be repeated.</summary>
    public string[] Texts(string name) => parsed.GetResult(name) is null ? [] : parsed.GetValue<string[]>(name) ?? [];

    /// <summary>True when the switch was given.</summary>
    public bool Flag(string name) => parsed.GetResult(name) is OptionResult { Implicit: false };

    /// <summary>The value of an option that has to be there.</summary>
    public string Need(string name) => Text(name) ?? throw Usage($"{name} is missing.");

    /// <summary>A number of seconds, as given to <c>--timeout</c> and its like; null when not given.</summary>
    public TimeSpan? Seconds(string name)
    {
        if (Text(name) is not { } text) return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e9)
            return TimeSpan.FromSeconds(seconds);
        throw Usage($"{name} takes a number of seconds, not '{text}'.");
    }

    /// <summary>A whole number within bounds; null when not given.</summary>
    public int? Number(string name, int least, int most)
    {
        if (Text(name) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
            return number;
        throw Usage($"{name} takes a whole number from {least} to {most}, not '{text}'.");
    }

    /// <summary>An id given positionally or by its option; both must agree.</summary>
    public string Id(string kind) => MaybeId(kind) ?? throw Usage($"Which {kind}? Give its id.");

    /// <inheritdoc cref="Id"/>
    public string? MaybeId(string kind)
    {
        var (word, option) = (Text(kind), Text($"--{kind}-id"));
        if (word is not null && option is not null && word != option)
            throw Usage($"Two different {kind}s were given: '{word}' and '{option}'.");
        return word ?? option;
    }

    /// <summary>The text of a prompt: a file, else standard input.</summary>
    /// <param name="file">Path of the file; null or "-" for standard input.</param>
    public string ReadPrompt(string? file)
    {
        var text = ReadText(file, "The prompt");
        return string.IsNullOrWhiteSpace(text)
            ? throw Usage("The prompt is empty.", "Pipe it in, or give --prompt or --prompt-file.")
            : text;
    }

    /// <summary>A text, also an empty one.</summary>
    /// <param name="file">Path of the file; null or "-" for standard input.</param>
    /// <param name="what">How messages name it.</param>
    public string ReadText(string? file, string what)
    {
        byte[] bytes;
        if (file is null or "-")
        {
            if (Around.InputIsTerminal)
                Output.Remark($"Type {char.ToLowerInvariant(what[0])}{what[1..]}; Ctrl-D on a line of its own ends it.");
            bytes = ReadBounded(Around.RawIn(), "standard input");
        }
        else
        {
            try
            {
                bytes = ReadBounded(File.OpenRead(Path.GetFullPath(file, Around.Folder)), file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw Usage($"{what} file cannot be read: {e.Message}");
            }
        }
        // Another encoding would reach the agent with its letters replaced, and nobody would know.
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
            throw Usage($"{what} is not UTF-8.", "Convert it first, for example with iconv.");
        return CheckText(Encoding.UTF8.GetString(bytes).TrimStart('\ufeff'), what);
    }

    /// <summary>Refuses a text the daemon would refuse, before it is sent.</summary>
    public static string CheckText(string text, string what) =>
        Encoding.UTF8.GetByteCount(text) <= TextLimit
            ? text
            : throw new Fault(FaultCode.TooLarge, $"{what} is longer than 1 MiB.",
                "Put the long part into a file of the project and name it.");

    static byte[] ReadBounded(Stream source, string name)
    {
        using (source)
        {
            using var all = new MemoryStream();
            var piece = new byte[64 * 1024];
            for (int count; (count = source.Read(piece)) > 0;)
            {
                all.Write(piece, 0, count);
                if (all.Length > FileLimit) throw new Fault(FaultCode.TooLarge, $"{name} is longer than 10 MiB.");
            }
            return all.ToArray();
        }
    }

    /// <summary>A wrong command line: exit 2.</summary>
    public static Fault Usage(string message, string? hint = null) => new(FaultCode.InvalidRequest, message, hint);
}
