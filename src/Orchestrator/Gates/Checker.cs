using Orchestrator.Agents;
using Orchestrator.Terminals;
using Orchestrator.Workspaces;

namespace Orchestrator.Gates;

/// <summary>
/// One check from claim to verdict. Every step that matters is in the store or in a command's folder before the next one begins: a new
/// daemon goes on from any of them, and no command runs twice at once.
/// </summary>
sealed class Checker(CheckStore checks, WorkFacts work, IReadOnlyDictionary<string, string> environment, string folder, TimeProvider clock)
{
    const int TailCharacters = 4000;

    static readonly Dictionary<string, string> NoVariables = [];

    readonly HeldCommand commands = new(clock);

    /// <summary>
    /// Does it, unless a run is at work there. Meanwhile no run begins in that worktree, and it is not cleaned up: they wait in line.
    /// </summary>
    public async Task Run(Check check, CancellationToken shutdown)
    {
        var order = check.Order;
        using var alone = order.Kind == WorkspaceKinds.Worktree ? await Git.Alone(order.Path, shutdown) : null;
        if (order.WorkspaceId is { } workspace && checks.Store.Read(db => CheckRows.AtWork(db, workspace)) is not null)
            return;
        var looked = await work.Look(order, Directory.CreateDirectory(Path.Combine(folder, check.Id)).FullName, shutdown);
        if (await checks.Store.Write(transaction => checks.Claim(transaction, check.Id, looked.Head)) is not { } mine)
            return;
        Checkpoint.Reach(Checkpoint.CheckClaimed);
        var facts = looked.Facts;
        if (facts.Impossible is null)
        {
            if (await Verify(mine, shutdown) is not { } ended)
                return;
            facts = facts with { Commands = ended };
            facts = facts with { Moved = looked.Head is not null && WorkFacts.Head(order) != looked.Head };
        }
        await checks.Store.Write(transaction => checks.Finish(transaction, mine, GateVerdict.Of(facts)));
        Checkpoint.Reach(Checkpoint.CheckFinished);
    }

    /// <summary>
    /// Runs the commands in order, up to and with the first that does not pass; those an earlier daemon saw pass are not run again. Null
    /// when the check is no longer wanted.
    /// </summary>
    async Task<IReadOnlyList<CommandFact>?> Verify(Check mine, CancellationToken shutdown)
    {
        var facts = mine.Evidence.Select(passed => new CommandFact(passed.Command!, passed.ExitCode, false, null)).ToList();
        var variables = AgentEnvironment.Build(environment, [], NoVariables, NoVariables, NoVariables);
        foreach (var argv in mine.Order.Commands.Skip(facts.Count))
        {
            var no = facts.Count + 1;
            var name = $"{(mine.Commit is { } commit ? commit[..12] : "folder")}-{no}";
            var begun = clock.GetUtcNow();
            var fact = await One(mine, argv, Path.Combine(folder, mine.Id, name), variables, shutdown);
            Checkpoint.Reach(Checkpoint.CheckCommandEnded);
            facts.Add(fact);
            var evidence = new Evidence
            {
                No = no,
                Kind = "command",
                Outcome = fact.Passed ? "passed" : "failed",
                Text = fact.Passed ? $"'{fact.Line}' passed." : GateVerdict.Said(fact),
                Command = argv,
                ExitCode = fact.ExitCode,
                Tail = Tail(new RunFolder(Path.Combine(folder, mine.Id, name))),
                Folder = Path.Combine(mine.Id, name),
                StartedAt = begun,
                EndedAt = clock.GetUtcNow(),
            };
            if (!await checks.Store.Write(transaction => checks.Keep(transaction, mine, evidence)))
                return null;
            if (!fact.Passed)
                break;
        }
        return facts;
    }

    async Task<CommandFact> One(Check mine, IReadOnlyList<string> argv, string place, Dictionary<string, string> variables,
        CancellationToken shutdown)
    {
        var problem = "It names no program.";
        var program = argv.Count == 0 ? null
            : Executable.Find(argv[0], variables.GetValueOrDefault("PATH"), mine.Order.Start, out problem);
        if (program is null)
            return new CommandFact(argv, null, false, problem);
        var end = await commands.Run(new CommandOrder
        {
            Id = mine.Id,
            Fence = (int)mine.Fence,
            Folder = place,
            Argv = [program, .. argv.Skip(1)],
            WorkingFolder = mine.Order.Start,
            Environment = variables,
            Limit = mine.Order.Limit,
        }, shutdown);
        return new CommandFact(argv, end.ExitCode, end.TimedOut, end.Problem);
    }

    static string Tail(RunFolder place)
    {
        var (stdout, stderr) = (Last(place.StdoutPath), Last(place.StderrPath));
        return stderr.Length == 0 ? stdout : stdout.Length == 0 ? stderr : $"{stdout.TrimEnd('\n')}\n--- stderr ---\n{stderr}";
    }

    static string Last(string path)
    {
        if (new FileInfo(path) is not { Exists: true, LinkTarget: null, Length: > 0 })
            return "";
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(-Math.Min(file.Length, TailCharacters), SeekOrigin.End);
        var bytes = new byte[TailCharacters];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return System.Text.Encoding.UTF8.GetString(bytes.AsSpan(0, read)).Replace("\0", "", StringComparison.Ordinal);
    }
}
