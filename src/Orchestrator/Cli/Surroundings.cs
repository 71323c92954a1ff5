using System.Collections;
using System.Text;

namespace Orchestrator.Cli;

/// <summary>What a command sees of its process: variables, folder, streams, and whether a person is at the other end.</summary>
sealed class Surroundings
{
    /// <summary>Looks up an environment variable; an empty one counts as not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>All variables, for a command that starts programs.</summary>
    public Func<IReadOnlyDictionary<string, string>> Variables { get; init; } = () => new Dictionary<string, string>();

    /// <summary>Absolute working folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Data, and nothing else.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Everything for a person: errors, hints, progress.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>The bytes of standard output, for raw data.</summary>
    public required Func<Stream> RawOut { get; init; }

    /// <summary>The bytes of standard input.</summary>
    public required Func<Stream> RawIn { get; init; }

    /// <summary>True when standard input is a terminal.</summary>
    public bool InputIsTerminal { get; init; }

    /// <summary>True when standard output is a terminal that can redraw a line.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>True when standard error is a terminal that can redraw a line.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Clock for limits and elapsed times.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>The real process. The writers are our own: those of <see cref="Console"/> cost milliseconds at every start.</summary>
    public static Surroundings OfProcess()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new Surroundings
        {
            Variable = name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null,
            Variables = () => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
                .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? ""),
            Folder = Environment.CurrentDirectory,
            Out = new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true, NewLine = "\n" },
            Error = new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true, NewLine = "\n" },
            RawOut = Console.OpenStandardOutput,
            RawIn = Console.OpenStandardInput,
            InputIsTerminal = !Console.IsInputRedirected,
            OutIsTerminal = !Console.IsOutputRedirected && CanRedraw,
            ErrorIsTerminal = !Console.IsErrorRedirected && CanRedraw,
        };
    }

    static bool CanRedraw => Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } and not "dumb";
}
