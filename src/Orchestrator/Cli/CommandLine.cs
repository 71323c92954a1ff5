using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;

namespace Orchestrator.Cli;

/// <summary>
/// The tree of commands and the one place where a command's outcome becomes an exit code. Groups are built only when their
/// name was typed: a tree of all of them would cost more than most commands do.
/// </summary>
static class CommandLine
{
    /// <summary>
    /// The process's own surroundings unless a test brings others; flows with the call, so tests do not see each other's.
    /// </summary>
    static readonly AsyncLocal<Surroundings?> Current = new();

    /// <summary>Runs a command line and returns the exit code.</summary>
    public static int Execute(string[] args, Surroundings around)
    {
        Current.Value = around;
        var parsed = Parse(args);
        if (args.Length == 0)
        {
            // Nothing was asked: the help is a remark here, not data.
            parsed.RootCommandResult.Command.Parse("--help").Invoke(new() { Output = around.Error, Error = around.Error });
            return ExitCodes.Usage;
        }
        var streams = new InvocationConfiguration
        {
            Output = around.Out,
            Error = around.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        if (parsed.Action is not ParseErrorAction refusal) return parsed.Invoke(streams);
        refusal.ShowHelp = false;
        // The suggestions would go to standard output.
        parsed.Invoke(new() { Output = around.Error, Error = around.Error });
        around.Error.WriteLine($"See: {PathOf(parsed.CommandResult)} --help");
        return ExitCodes.Usage;
    }

    /// <summary>Parses without running. A word that is no known group makes the whole tree, for its help and suggestions.</summary>
    public static ParseResult Parse(string[] args)
    {
        // Without a replacer "@name" is a text like any other, not a file to read arguments from.
        var rules = new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
        var some = Root(name => args.Contains(name)).Parse(args, rules);
        return some.Errors.Count == 0 && some.RootCommandResult.Command != some.CommandResult.Command
            ? some
            : Root(_ => true).Parse(args, rules);
    }

    /// <summary>The tree with the groups for which <paramref name="wanted"/> holds.</summary>
    public static RootCommand Root(Func<string, bool> wanted)
    {
        var root = new RootCommand("Agent Orchestrator: hand out work to coding agents, leave, come back, and trust what is there.");
        foreach (var option in GlobalOptions()) root.Add(option);
        foreach (var (name, build) in CommandTree.Commands)
        {
            if (wanted(name)) root.Add(build());
        }
        return root;
    }

    static Option[] GlobalOptions()
    {
        Option[] options =
        [
            Verb.Text("--url", "Address of the daemon (AGENTCTL_URL).", "URL"),
            Verb.Text("--auth-token", "Token to show it (AGENTCTL_AUTH_TOKEN).", "TOKEN"),
            Verb.Text("--data", "The daemon's data folder (AGENTD_DATA).", "DIR"),
            FormatOption(),
            Verb.Text("--field", "Print only this value of the answer, like run.status.", "PATH"),
            Verb.Flag("--no-color", "No colours (NO_COLOR)."),
            Verb.Flag("--quiet", "No progress and no remarks.", "-q"),
        ];
        foreach (var option in options) option.Recursive = true;
        return options;
    }

    static Option<string> FormatOption()
    {
        var format = Verb.Text("--format", "text, or json for one compact line.", "text|json");
        format.AcceptOnlyFromAmong("text", "json");
        return format;
    }

    static string PathOf(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : "agentctl";

    /// <summary>Runs one verb's function; what it throws becomes a message, a hint and an exit code.</summary>
    public static int Run(ParseResult parsed, Func<Invocation, int> body)
    {
        var around = Current.Value ?? Surroundings.OfProcess();
        using var stop = new CancellationTokenSource();
        try
        {
            return body(new Invocation(parsed, around, stop.Token));
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (Fault fault)
        {
            around.Error.WriteLine(Output.Printable(fault.Message));
            if (fault.Hint is not null) around.Error.WriteLine(Output.Printable(fault.Hint));
            return FaultTable.Of(fault.Code).ExitCode;
        }
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
        return new Pair(PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
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
