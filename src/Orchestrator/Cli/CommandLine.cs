using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;

namespace Orchestrator.Cli;

/// <summary>A word after <c>agentctl</c>, and the function that builds its command.</summary>
sealed record CommandEntry(string Name, Func<Command> Build);

/// <summary>
/// The tree of commands and the one place where a command's outcome becomes an exit code. Groups are built only when their
/// name was typed: a tree of all of them would cost more than most commands do.
/// </summary>
static class CommandLine
{
    /// <summary>The process's own surroundings unless a test brings others; flows with the call, so tests stay apart.</summary>
    static readonly AsyncLocal<Surroundings?> Current = new();

    /// <summary>Runs a command line and returns the exit code.</summary>
    /// <param name="args">The words after the program's name.</param>
    /// <param name="around">The process, or what a test puts in its place.</param>
    /// <param name="tree">Every command's name with the function that builds it, in the order of the help.</param>
    public static int Execute(string[] args, Surroundings around, CommandEntry[] tree)
    {
        Current.Value = around;
        var parsed = Parse(args, tree);
        if (args.Length == 0)
        {
            // Nothing was asked: the help is a remark here, not data.
            parsed.RootCommandResult.Command.Parse("--help").Invoke(new() { Output = around.Error, Error = around.Error });
            return ExitCodes.Usage;
        }
        return Invoke(parsed, around, "agentctl");
    }

    /// <summary>How words are split: "@name" is a text like any other, not a file to read arguments from.</summary>
    public static ParserConfiguration Rules => new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    /// <summary>Runs what was parsed; a wrong command line is explained on standard error.</summary>
    public static int Invoke(ParseResult parsed, Surroundings around, string program)
    {
        var streams = new InvocationConfiguration
        {
            Output = around.Out,
            Error = around.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        if (parsed.Action is not ParseErrorAction refusal) return Guarded(() => parsed.Invoke(streams), around);
        refusal.ShowHelp = false;
        var stray = Stray(parsed, program);
        // What options resemble a word that was none is no help.
        refusal.ShowTypoCorrections = stray is null;
        // The suggestions would go to standard output.
        parsed.Invoke(new() { Output = around.Error, Error = around.Error });
        if (stray is not null) around.Error.WriteLine(stray);
        around.Error.WriteLine($"See: {PathOf(parsed.CommandResult, program)} --help");
        return ExitCodes.Usage;
    }

    /// <summary>Where a text belongs that was given as a word of its own; null when that is not what is wrong.</summary>
    static string? Stray(ParseResult parsed, string program) =>
        parsed.CommandResult.Command is { Subcommands.Count: 0 } command
            && parsed.UnmatchedTokens is [var first, ..] && first is not ['-', ..]
            && command.Options.FirstOrDefault(option => option.Name is "--prompt" or "--text") is { } text
            ? $"The text goes to an option: {PathOf(parsed.CommandResult, program)} {text.Name} \"...\""
            : null;

    /// <summary>What nobody foresaw is told in words and with its place, not by an abort of the process.</summary>
    static int Guarded(Func<int> verb, Surroundings around)
    {
        try
        {
            return verb();
        }
        catch (Exception defect)
        {
            around.Error.WriteLine($"{Defect} {Output.Printable(defect.Message)}");
            around.Error.WriteLine(defect.ToString());
            return ExitCodes.Failed;
        }
    }

    /// <summary>How the message about a mistake of our own begins.</summary>
    public const string Defect = "agentctl stopped at a mistake of its own; please report it:";

    /// <summary>Parses without running. A word that is no known group makes the whole tree, for its help and suggestions.</summary>
    static ParseResult Parse(string[] args, CommandEntry[] tree)
    {
        var some = Root(Array.FindAll(tree, command => Array.IndexOf(args, command.Name) >= 0)).Parse(args, Rules);
        return some.Errors.Count == 0 && some.RootCommandResult.Command != some.CommandResult.Command
            ? some
            : Root(tree).Parse(args, Rules);
    }

    /// <summary>The root with these commands.</summary>
    static RootCommand Root(CommandEntry[] commands)
    {
        var root = new RootCommand("Agent Orchestrator: hand out work to coding agents, leave, come back, and trust what is there.");
        foreach (var option in GlobalOptions()) root.Add(option);
        foreach (var command in commands) root.Add(command.Build());
        return root;
    }

    static Option[] GlobalOptions()
    {
        Option[] options =
        [
            Verb.Text("--url", "Address of the daemon (AGENTCTL_URL).", "URL"),
            Verb.Text("--auth-token", "Token to show it (AGENTCTL_AUTH_TOKEN).", "TOKEN"),
            Verb.Text("--data", "The daemon's data folder (AGENTD_DATA).", "DIR"),
            Verb.Text("--format", "text, or json for one compact line.", "text|json"),
            Verb.Text("--field", "Print only this value of the answer, like run.status.", "PATH"),
            Verb.Flag("--no-color", "No colours (NO_COLOR)."),
            Verb.Flag("--quiet", "No progress and no remarks.", "-q"),
        ];
        foreach (var option in options) option.Recursive = true;
        return options;
    }

    static string PathOf(CommandResult result, string program) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent, program)} {result.Command.Name}" : program;

    /// <summary>Runs one verb's function; what it throws becomes a message, a hint and an exit code.</summary>
    public static int Run(ParseResult parsed, Func<Invocation, int> body)
    {
        var around = Current.Value ?? Surroundings.OfProcess();
        using var stop = new CancellationTokenSource();
        try
        {
            return body(new Invocation(parsed, around, stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or Fault)
        {
            return Explain(e, around);
        }
    }

    /// <inheritdoc cref="Run"/>
    public static async Task<int> RunAsync(ParseResult parsed, Func<Invocation, Task<int>> body)
    {
        var around = Current.Value ?? Surroundings.OfProcess();
        using var stop = new CancellationTokenSource();
        using var signals = OnInterrupt(stop.Cancel);
        try
        {
            return await body(new Invocation(parsed, around, stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or Fault)
        {
            return Explain(e, around);
        }
    }

    static int Explain(Exception refusal, Surroundings around)
    {
        if (refusal is not Fault fault) return ExitCodes.Interrupted;
        foreach (var line in fault.Message.Split('\n')) around.Error.WriteLine(Output.Printable(line));
        if (fault.Hint is not null) around.Error.WriteLine(Output.Printable(fault.Hint));
        return FaultTable.Of(fault.Code).ExitCode;
    }

    /// <summary>
    /// Lets Ctrl-C and SIGTERM end a wait in order instead of ending the process: only verbs that wait ask for it, because
    /// the signal machinery costs time at every start.
    /// </summary>
    public static IDisposable OnInterrupt(Action act)
    {
        void Handle(PosixSignalContext context)
        {
            context.Cancel = true;
            act();
        }
        return new Pair(
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle));
    }

    /// <summary>Two registrations that end together.</summary>
    sealed class Pair(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            first.Dispose();
            second.Dispose();
        }
    }
}
