using System.Text.Json.Nodes;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Gates;

/// <summary>The daemon dies at each place of a check: the check gets its verdict, and no command runs twice.</summary>
public class CheckCrashSpecs
{
    [Theory]
    [InlineData(Checkpoint.CheckClaimed, Checkpoint.CheckCommandStarted)]
    [InlineData(Checkpoint.CheckCommandEnded, Checkpoint.CheckFinished)]
    public Task Each_command_runs_once_whatever_place_the_daemon_dies_at(string one, string other) =>
        SideBySide.Play([one, other], DiesAt);

    static async Task DiesAt(string checkpoint)
    {
        await using var stage = CheckStage.Prepare("""[["sh", "-c", "echo one >> ../ran"], ["sh", "-c", "echo two >> ../ran"]]""");
        await stage.Daemon.Start();
        var run = await stage.Run("write new.txt fresh");
        await stage.Daemon.Kill();
        await stage.Daemon.With("AGENTD_CRASH_AT", checkpoint).Start();
        var check = await Wanted(stage, run);
        await stage.Daemon.Died();
        await stage.Daemon.StartOrDie();
        await Eventually.True(() => !stage.Daemon.Alive || Finished(stage, check), "it dies again or is done", TimeSpan.FromSeconds(60));
        if (stage.Daemon.Alive)
            await stage.Daemon.Kill();
        stage.Daemon.Without("AGENTD_CRASH_AT");
        await stage.Daemon.Start();

        var done = await stage.Finished(check);

        Assert.Equal("passed: 2 of 2 verify commands passed.", CheckStage.Words(done));
        var ran = await File.ReadAllLinesAsync(Path.Combine(Path.GetDirectoryName((string)run["workspace"]!["path"]!)!, "ran"),
            TestContext.Current.CancellationToken);
        Assert.Equal(["one", "two"], ran);
        Assert.Empty(Leftovers.Find(check));
        var events = await stage.Daemon.EventsOf((string)run["id"]!);
        Assert.Single(events, e => (string?)e["event_type"] == "check.finished");
    }

    [Fact]
    public async Task A_command_outlives_the_daemon_and_the_next_one_hears_how_it_ended()
    {
        await using var stage = await CheckStage.Start(
            """[["sh", "-c", "echo begun >> ../ran; while [ ! -e ../go ]; do sleep 0.05; done"]]""");
        var run = await stage.Run("write new.txt fresh");
        var above = Path.GetDirectoryName((string)run["workspace"]!["path"]!)!;
        var check = await Wanted(stage, run);
        await Eventually.True(() => File.Exists(Path.Combine(above, "ran")), "the command runs");
        await stage.Daemon.Kill();
        await stage.Daemon.Start();
        await stage.Daemon.Stop();
        await stage.Daemon.Start();
        await File.WriteAllTextAsync(Path.Combine(above, "go"), "", TestContext.Current.CancellationToken);

        Assert.Equal("passed: 1 of 1 verify commands passed.", CheckStage.Words(await stage.Finished(check)));
        Assert.Equal(["begun"], await File.ReadAllLinesAsync(Path.Combine(above, "ran"), TestContext.Current.CancellationToken));
    }

    /// <summary>The daemon may die over the answer; the check's id is then in the store.</summary>
    static async Task<string> Wanted(CheckStage stage, JsonNode run)
    {
        try
        {
            using var answer = await stage.Daemon.Send(HttpMethod.Post, $"/runs/{run["id"]}/check", new JsonObject());
        }
        catch (HttpRequestException)
        {
            // It died before it could answer.
        }
        return await Eventually.Value(() => Read(stage, "select id from checks"), "the check is stored");
    }

    static bool Finished(CheckStage stage, string check) =>
        Read(stage, $"select id from checks where ended_at is not null and id = '{check}'") is not null;

    static string? Read(CheckStage stage, string sql)
    {
        Orchestrator.Store.NativeSqlite.Load();
        using var db = new Orchestrator.Store.Connection(Path.Combine(stage.Daemon.Data, "agent-orchestrator.db"), readOnly: true);
        return db.Text(sql);
    }
}
