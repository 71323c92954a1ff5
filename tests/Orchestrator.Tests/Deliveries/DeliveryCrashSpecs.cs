using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Deliveries;

/// <summary>
/// The daemon dies at each place of a delivery, twice in a row: the branch never holds unverified or doubled work, and the work lands.
/// </summary>
public class DeliveryCrashSpecs
{
    static readonly string[] Places =
    [
        Checkpoint.DeliveryClaimed, Checkpoint.DeliveryIntegrated, Checkpoint.CheckCommandStarted, Checkpoint.CheckFinished,
        Checkpoint.DeliveryVerified, Checkpoint.DeliveryLanding, Checkpoint.DeliveryMoved, Checkpoint.DeliveryLanded,
    ];

    public static TheoryData<string[]> Every => SideBySide.Groups(2, Places);

    [Theory]
    [MemberData(nameof(Every))]
    public Task Work_lands_once_and_verified_whatever_place_the_daemon_dies_at(string[] checkpoints) =>
        SideBySide.Play(checkpoints, place => DiesAt(place, Array.IndexOf(Places, place) % 2 == 0 ? "squash" : "merge"));

    static async Task DiesAt(string checkpoint, string strategy)
    {
        await using var stage = DeliveryStage.Prepare("test -e new.txt");
        await stage.Daemon.Start();
        var run = await stage.Inner.Run("write new.txt fresh");
        await stage.Daemon.Kill();
        await stage.Daemon.With("AGENTD_CRASH_AT", checkpoint).Start();
        await Want(stage, run, strategy);
        await stage.Daemon.Died();
        await stage.Daemon.StartOrDie();
        await Eventually.True(() => !stage.Daemon.Alive || Read(stage, "select id from deliveries where ended_at is not null") is not null,
            "it dies again or is done", TimeSpan.FromSeconds(60));
        if (stage.Daemon.Alive)
            await stage.Daemon.Kill();
        stage.Daemon.Without("AGENTD_CRASH_AT");
        await stage.Daemon.Start();

        var ended = await stage.Ended(Read(stage, "select id from deliveries")!);

        Assert.True(DeliveryStage.Words(ended) == "landed", ended.ToJsonString());
        Assert.Single(stage.Subjects());
        Assert.Equal("fresh", stage.Repository.Run("show", "trunk:new.txt"));
        Assert.Single((await stage.Daemon.EventsOf((string)run["id"]!)), e => (string?)e["event_type"] == "delivery.landed");
        await Eventually.True(() => Directory.GetDirectories(Path.Combine(stage.Daemon.Data, "deliveries")).Length == 0, "all is tidy");
        stage.Sound();
    }

    /// <summary>The daemon may die over the answer; the delivery is then in the store.</summary>
    static async Task Want(DeliveryStage stage, JsonNode run, string strategy)
    {
        try
        {
            using var answer = await stage.Daemon.Send(HttpMethod.Post, $"/runs/{run["id"]}/deliver",
                new JsonObject { ["into"] = "trunk", ["strategy"] = strategy });
        }
        catch (HttpRequestException)
        {
            // It died before it could answer.
        }
    }

    static string? Read(DeliveryStage stage, string sql)
    {
        Orchestrator.Store.NativeSqlite.Load();
        using var db = new Orchestrator.Store.Connection(Path.Combine(stage.Daemon.Data, "agent-orchestrator.db"), readOnly: true);
        return db.Text(sql);
    }
}
