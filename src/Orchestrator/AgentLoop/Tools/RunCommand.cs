using System.Globalization;
using Orchestrator.Terminals;

namespace Orchestrator.AgentLoop.Tools;

/// <summary>run: a command in the workspace, with a time limit. Nothing confines it but the user the daemon runs as.</summary>
static class RunCommand
{
    public const string Name = "run";

    const int DefaultSeconds = 120;

    const int MostSeconds = 1800;

    /// <summary>Bytes kept of each stream before the middle is left out.</summary>
    const int MostOutput = 1 << 20;

    public static async Task<ToolOutcome> Run(ToolPlace place, ToolArguments arguments, CancellationToken stop)
    {
        // Models give a list where a line was asked for, and the other way round.
        var list = arguments.List("argv") ?? arguments.List("command");
        IReadOnlyList<string> argv = list is { Count: > 0 } ? list : ["sh", "-c", arguments.Need("command")];
        if (argv[0].Length == 0 || argv.Any(word => word.Contains('\0', StringComparison.Ordinal)))
            throw new ToolRefusal("The command is empty or holds a NUL character.") { Understood = false };
        var seconds = arguments.Number("timeout_s", 1, MostSeconds) ?? DefaultSeconds;
        try
        {
            var ended = await ShortProcess.Run(new ShortOrder
            {
                Argv = argv,
                Folder = place.Paths.Root,
                Environment = place.Environment,
                Limit = TimeSpan.FromSeconds(seconds),
                MaxOutput = MostOutput,
            }, stop);
            return Outcome(ended, seconds);
        }
        catch (SpawnFailure failure)
        {
            throw new ToolRefusal(failure.Message);
        }
    }

    static ToolOutcome Outcome(ShortResult ended, int seconds)
    {
        var output = ended.Stderr.Length == 0 ? ended.Stdout
            : ended.Stdout.Length == 0 ? ended.Stderr
            : ended.Stdout.TrimEnd('\n') + "\n" + ended.Stderr;
        output = ToolOutcome.Bounded(output);
        if (ended.TimedOut)
            output += string.Create(CultureInfo.InvariantCulture, $"\n[killed after {seconds} s; timeout_s sets another limit]");
        return new(output, Failed: ended.ExitCode != 0 || ended.TimedOut, ExitCode: ended.ExitCode);
    }
}
