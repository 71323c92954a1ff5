using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Terminals;

/// <summary>A real run in a folder of its own; nothing of it survives the test.</summary>
sealed class HeldRun : IAsyncDisposable
{
    public HeldRun()
    {
        Root = Directory.CreateTempSubdirectory("held-").FullName;
        Folder = new RunFolder(Path.Combine(Root, "run"));
        Folder.Create();
        WorkingFolder = Directory.CreateDirectory(Path.Combine(Root, "work")).FullName;
    }

    public string RunId { get; } = Ids.New();
    public string Root { get; }
    public RunFolder Folder { get; }
    public string WorkingFolder { get; }
    public ProcessIdentity Identity { get; private set; }
    public string Stdout => File.ReadAllText(Folder.StdoutPath);
    public string Stderr => File.ReadAllText(Folder.StderrPath);

    public Dictionary<string, string> Environment => field ??= new()
    {
        ["PATH"] = System.Environment.GetEnvironmentVariable("PATH") ?? "",
        [Leftovers.Marker] = RunId,
    };

    /// <summary>Starts a shell script as the agent.</summary>
    public HeldRun Script(string script, params string[] arguments) => Start(["/bin/sh", "-c", script, "agent", .. arguments]);

    public HeldRun Start(IReadOnlyList<string> argv, int fence = 1, string? workingFolder = null)
    {
        Identity = Holder.Start(new HoldOrder
        {
            RunId = RunId,
            Fence = fence,
            Folder = Folder,
            Argv = argv,
            WorkingFolder = workingFolder ?? WorkingFolder,
            Environment = Environment,
        });
        return this;
    }

    public Task<int> Exit() => Eventually.Number(Folder.ReadExit, "the run ends");

    /// <summary>Waits until the agent printed this.</summary>
    public Task Printed(string text) => Eventually.True(() => Stdout.Contains(text, StringComparison.Ordinal), $"the agent prints {text}");

    public async ValueTask DisposeAsync()
    {
        await Leftovers.Sweep(RunId, TimeSpan.Zero + TimeSpan.FromMilliseconds(400), TimeProvider.System);
        if (Identity.Pid > 0)
            await Eventually.True(() => !Identity.IsAlive, "the holder is gone");
        Holder.Reap(Identity.Pid);
        Directory.Delete(Root, recursive: true);
    }
}
