using System.Collections.Concurrent;
using Orchestrator.Terminals;

namespace Orchestrator.Workspaces;

/// <summary>One git command.</summary>
sealed record GitCall
{
    /// <summary>Subcommand and arguments; never text of an agent that could pass for an option.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Absolute folder it runs in.</summary>
    public required string Folder { get; init; }

    /// <summary>The git folder, told instead of searched: what `.git` in <see cref="Folder"/> says is then not read.</summary>
    public string? GitFolder { get; init; }

    /// <summary>The checked-out files; needs <see cref="GitFolder"/>.</summary>
    public string? Top { get; init; }

    /// <summary>An index file of our own; null for the worktree's.</summary>
    public string? IndexFile { get; init; }

    /// <summary>What it reads.</summary>
    public string Stdin { get; init; } = "";

    /// <summary>
    /// True for commands that write. Where that is a ref, a worktree or its index, the caller holds <see cref="Git.Alone"/>.
    /// </summary>
    public bool Changes { get; init; }

    /// <summary>True forces objects and refs to the disk before it ends: before something is removed for good.</summary>
    public bool Durable { get; init; }

    /// <summary>Filter drivers that must not run, from <see cref="LocalFilters"/>.</summary>
    public IReadOnlyList<string> FiltersOff { get; init; } = [];

    /// <summary>Further variables, set last.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>After this it is killed.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Bytes of output kept.</summary>
    public int MaxOutput { get; init; } = 4 << 20;
}

/// <summary>
/// Runs git in places where agents wrote. Nothing found there may start a program of an agent's choice outside its sandbox: hooks,
/// the file system monitor, signing programs, pagers, editors, external diff and text conversion are off, no protocol is allowed
/// (so no ssh command, credential helper or remote helper runs, also not for a partial clone), submodules are not entered, replaced
/// objects are not believed, and the environment is an allow-list without a secret of the daemon.
/// What stays possible: filters (clean, smudge) of the user's own global configuration run, as they must for LFS; those of the
/// repository's configuration are off (<see cref="LocalFilters"/>); ignore and attribute rules an agent wrote are obeyed; an agent
/// without a sandbox runs as the same user and can change that user's own configuration.
/// </summary>
sealed class Git
{
    // Every one beats the repository's own configuration: the command line is read last.
    static readonly string[] Distrust =
    [
        "--no-pager", "--no-replace-objects",
        "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false",
        "-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false", "-c", "log.showSignature=false",
        "-c", "core.sshCommand=false", "-c", "core.editor=:", "-c", "sequence.editor=:", "-c", "core.askPass=",
        "-c", "submodule.recurse=false", "-c", "diff.ignoreSubmodules=dirty",
        // Nothing in the background, nothing that stops half-way over taste, indexes in one piece.
        "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.safecrlf=false", "-c", "core.splitIndex=false",
        "-c", "core.quotePath=true", "-c", "i18n.logOutputEncoding=UTF-8", "-c", "i18n.commitEncoding=UTF-8",
        "-c", "advice.addEmbeddedRepo=false", "-c", "advice.detachedHead=false",
    ];

    // The first for git 2.36 and later, the second before.
    static readonly string[] ToDisk = ["-c", "core.fsync=objects,reference", "-c", "core.fsyncObjectFiles=true"];

    // Who the user is and where things are; everything else, every GIT_* that redirects git included, stays behind.
    static readonly string[] Passed =
    [
        "PATH", "HOME", "USER", "LOGNAME", "XDG_CONFIG_HOME", "TMPDIR", "TZ", "DEVELOPER_DIR", "EMAIL",
        "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL",
        "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
    ];

    // One per repository for the life of the daemon: as many as there are projects.
    static readonly ConcurrentDictionary<string, SemaphoreSlim> Turns = new(StringComparer.Ordinal);

    readonly string program;
    readonly Dictionary<string, string> surroundings = new(StringComparer.Ordinal)
    {
        ["LC_ALL"] = "C",
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["GIT_PAGER"] = "cat",
        ["GIT_EDITOR"] = ":",
        ["GIT_ALLOW_PROTOCOL"] = "none",
        ["GIT_NO_LAZY_FETCH"] = "1",
        ["GIT_SSH_COMMAND"] = "false",
        ["GIT_ASKPASS"] = "",
    };

    /// <param name="environment">What the allow-list picks from; null for the daemon's own.</param>
    /// <param name="program">A name for PATH or an absolute path.</param>
    public Git(IReadOnlyDictionary<string, string>? environment = null, string program = "git")
    {
        this.program = program;
        foreach (var name in Passed)
        {
            var value = environment is null ? Environment.GetEnvironmentVariable(name) : environment.GetValueOrDefault(name);
            if (value is not null)
                surroundings[name] = value;
        }
    }

    /// <summary>Waits until no other changing command of ours works on the repository; dispose to let the next one in.</summary>
    public static async Task<IDisposable> Alone(string commonFolder, CancellationToken stop)
    {
        var turn = Turns.GetOrAdd(RealPath.Of(commonFolder), _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(stop);
        return new Turn(turn);
    }

    /// <summary>Runs it to its end. A bad exit is the caller's to judge.</summary>
    /// <exception cref="Fault">git is not installed.</exception>
    public async Task<ShortResult> Run(GitCall call, CancellationToken stop)
    {
        var order = new ShortOrder
        {
            Argv = [program, .. Distrust, .. call.Durable ? ToDisk : [], .. Where(call), .. call.Arguments],
            Folder = call.Folder,
            Environment = Variables(call),
            Stdin = call.Stdin,
            Limit = call.Limit,
            MaxOutput = call.MaxOutput,
        };
        try
        {
            return await ShortProcess.Run(order, stop);
        }
        catch (SpawnFailure problem)
        {
            throw Directory.Exists(call.Folder)
                ? new Fault(FaultCode.Unavailable, $"git cannot be started: {problem.Message}",
                    "Install git (2.30 or newer) and put it on the daemon's PATH; agentctl doctor checks it.")
                : new Fault(FaultCode.Gone, $"The folder {call.Folder} is gone.");
        }
    }

    /// <summary>The sentence of git's own that says why it refused, bounded.</summary>
    public static string Why(ShortResult result)
    {
        if (result.TimedOut)
            return "git did not finish in time";
        var lines = result.Stderr.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var line = lines.FirstOrDefault(text => text.StartsWith("fatal:", StringComparison.Ordinal))
            ?? lines.FirstOrDefault(text => text.StartsWith("error:", StringComparison.Ordinal)) ?? lines.FirstOrDefault();
        return line is null ? $"git ended with exit code {result.ExitCode}" : line.Length > 300 ? line[..300] : line;
    }

    static IEnumerable<string> Where(GitCall call)
    {
        if (call.GitFolder is not null)
            yield return "--git-dir=" + call.GitFolder;
        if (call.Top is not null)
            yield return "--work-tree=" + call.Top;
    }

    Dictionary<string, string> Variables(GitCall call)
    {
        var all = new Dictionary<string, string>(surroundings, StringComparer.Ordinal);
        if (!call.Changes)
            all["GIT_OPTIONAL_LOCKS"] = "0";
        if (call.IndexFile is not null)
            all["GIT_INDEX_FILE"] = call.IndexFile;
        var count = 0;
        foreach (var name in call.FiltersOff)
        {
            // By variables, because a driver's name may hold a '=', which `-c name=value` cannot say.
            foreach (var (key, value) in new[] { ("clean", ""), ("smudge", ""), ("process", ""), ("required", "false") })
            {
                all[$"GIT_CONFIG_KEY_{count}"] = $"filter.{name}.{key}";
                all[$"GIT_CONFIG_VALUE_{count++}"] = value;
            }
        }
        if (count > 0)
            all["GIT_CONFIG_COUNT"] = $"{count}";
        foreach (var (name, value) in call.Variables)
            all[name] = value;
        return all;
    }

    /// <summary>Gives the repository to the next in line when disposed.</summary>
    sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
