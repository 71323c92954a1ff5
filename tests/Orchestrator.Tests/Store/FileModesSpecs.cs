using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Store;

/// <summary>What is stored is for its owner only, also in a data folder that others may enter.</summary>
public class FileModesSpecs
{
    const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    [Fact]
    public async Task Nobody_else_may_read_the_database_its_log_the_token_or_a_run()
    {
        await using var daemon = TestDaemon.Prepare();
        File.SetUnixFileMode(daemon.Data, (UnixFileMode)0b111_101_101);
        await daemon.Start();
        var id = await daemon.Run("print hello");
        await daemon.Ended(id);

        var database = Path.Combine(daemon.Data, "agent-orchestrator.db");
        string[] own = [database, database + "-wal", database + "-shm", Path.Combine(daemon.Data, "token"),
            Path.Combine(daemon.Data, "runs"), Path.Combine(daemon.Data, "workspaces"),
            Path.Combine(daemon.Data, "worktrees"), Path.Combine(daemon.Data, "runs", id), Path.Combine(daemon.Data, "runs", id, "stdout")];

        Assert.All(own, path => Assert.True((File.GetUnixFileMode(path) & Others) == 0, $"{path}: {File.GetUnixFileMode(path)}"));
    }
}
