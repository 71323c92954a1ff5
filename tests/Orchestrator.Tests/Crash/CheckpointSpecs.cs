using System.Text.Json.Nodes;
using Orchestrator.Runs;
using Orchestrator.Store;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Crash;

/// <summary>
/// The daemon dies at every named place between "accepted" and "ended", once and twice in a row: no run starts twice, none is lost, each
/// ends once and as it should.
/// </summary>
public class CheckpointSpecs
{
    static readonly string[] OfStops = [Checkpoint.StopRequested, Checkpoint.StopClimbed];
    static readonly string[] OfWorktrees = [Checkpoint.WorkspacePlanned, Checkpoint.WorkspaceMade, Checkpoint.BranchMoved];

    static readonly string[] OfFamilies =
        [Checkpoint.ChildSpawned, Checkpoint.RequestAsked, Checkpoint.RequestAnswered, Checkpoint.ChildReported];

    // Met in Runs/TwoWaySpecs.
    static readonly string[] OfTalks = [Checkpoint.InputStored, Checkpoint.InputWritten];

    // Met in Recovery/CoolDownStorySpecs.
    static readonly string[] OfRetries = [Checkpoint.RetryQueued];

    static IEnumerable<string> OfAnyRun => Checkpoint.All.Except(OfFamilies).Except(OfTalks).Except(OfRetries);

    public static TheoryData<string[]> Plain => SideBySide.Groups(3, OfAnyRun.Except(OfStops).Except(OfWorktrees));

    public static TheoryData<string[]> InWorktree => SideBySide.Groups(3, OfAnyRun.Except(OfStops));

    public static TheoryData<string[]> Canceled => SideBySide.Groups(3, OfAnyRun.Except(OfWorktrees));

    // Beside its own places those around the start and the end, where a family's runs are many at once.
    public static TheoryData<string[]> InFamily =>
        SideBySide.Groups(2, [.. OfFamilies, Checkpoint.HolderStarted, Checkpoint.StartRecorded, Checkpoint.OutputDrained]);

    [Theory]
    [MemberData(nameof(Plain))]
    public Task A_run_ends_once_when_the_daemon_dies_at_the_same_place_twice(string[] checkpoints) =>
        SideBySide.Play(checkpoints, DiesTwice);

    static async Task DiesTwice(string checkpoint)
    {
        await using var scene = Scene.Set();
        var id = await scene.DieAt(checkpoint);

        await scene.DieAgain(id);
        await scene.Daemon.Start();

        await scene.Succeeded(id);
    }

    // Every place of a run without a worktree is met here, too.
    [Theory]
    [MemberData(nameof(InWorktree))]
    public Task A_worktrees_work_is_committed_once_whatever_place_the_daemon_dies_at(string[] checkpoints) =>
        SideBySide.Play(checkpoints, InAWorktree);

    static async Task InAWorktree(string checkpoint)
    {
        using var repository = new TempRepository();
        await using var scene = Scene.Set(repository);
        var id = await scene.DieAt(checkpoint);

        await scene.Daemon.Start();

        var run = await scene.Succeeded(id);
        Assert.Equal("new.txt", (string?)run["files_changed"]!.AsArray().Single()!["path"]);
        Assert.Equal("made", (string?)run["commits"]!.AsArray().Single()!["subject"]);
        var workspace = run["workspace"]!;
        Assert.Equal("fresh", repository.Run("show", $"{workspace["branch"]}:new.txt"));
        Assert.Empty(repository.RunIn((string)workspace["path"]!, "status", "--porcelain"));
        Assert.Equal(2, repository.Run("worktree", "list").Split('\n').Length);
        Assert.Equal((string)workspace["branch"]!, repository.Run("branch", "--list", "agent/*", "--format=%(refname:short)"));
    }

    [Theory]
    [MemberData(nameof(Canceled))]
    public Task A_canceled_run_ends_canceled_whatever_place_the_daemon_dies_at(string[] checkpoints) =>
        SideBySide.Play(checkpoints, IsCanceled);

    static async Task IsCanceled(string checkpoint)
    {
        await using var scene = Scene.Set();
        scene.Steps = ["grandchild 300 setsid", "hang"];
        var id = await scene.Accepted(checkpoint);
        await scene.CancelAndDie(id);
        scene.Daemon.Without(Scene.CrashAt);
        await scene.Daemon.Start();
        using var again = await scene.Daemon.Send(HttpMethod.Post, $"/runs/{id}/cancel");

        Assert.True(again.IsSuccessStatusCode, await again.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await scene.Ended(id, "canceled");
    }

    [Theory]
    [MemberData(nameof(InFamily))]
    public Task A_family_ends_and_is_told_once_when_the_daemon_dies_at_a_place_three_times(string[] checkpoints) =>
        SideBySide.Play(checkpoints, OfAFamily);

    static async Task OfAFamily(string checkpoint)
    {
        await using var family = Kinship.Prepare(depth: 2, width: 2, slots: 3);
        await family.Daemon.With(Scene.CrashAt, checkpoint).Start();
        await family.Begin();
        await family.Daemon.Died();
        for (var life = 0; life < 2; life++)
        {
            await family.Daemon.StartOrDie();
            await family.Daemon.Died();
        }

        family.Daemon.Without(Scene.CrashAt);
        await family.Daemon.Start();

        await family.Check();
    }

    /// <summary>A daemon, what its one run does, and what must be true of it in the end.</summary>
    sealed class Scene : IAsyncDisposable
    {
        public const string CrashAt = "AGENTD_CRASH_AT";

        string? project;

        public required TestDaemon Daemon { get; init; }

        /// <summary>What the agent does after it has noted its start.</summary>
        public string[] Steps { get; set; } =
            ["print at work", "write new.txt fresh", """result {"goal_met":true,"summary":"made"}"""];

        string Starts => Path.Combine(Daemon.Root, "starts");

        public static Scene Set(TempRepository? repository = null) => new()
        {
            Daemon = TestDaemon.Prepare(repository is null ? null : $"projects: {{demo: {{path: {repository.Path}}}}}"),
            project = repository is null ? null : "demo",
        };

        /// <summary>Starts the daemon, gives it the run and waits until it has died at the checkpoint; the run's id.</summary>
        public async Task<string> DieAt(string checkpoint)
        {
            var id = await Accepted(checkpoint);
            await Daemon.Died();
            Daemon.Without(CrashAt);
            return id;
        }

        /// <summary>The same until the run is accepted and either the daemon has died or the agent is at work.</summary>
        public async Task<string> Accepted(string checkpoint)
        {
            await Daemon.With(CrashAt, checkpoint).Start();
            var id = await Give();
            await Eventually.True(() => !Daemon.Alive || File.Exists(Starts), "the daemon died or the agent is at work");
            return id;
        }

        /// <summary>One more life with the same checkpoint: until it dies there again, or the run has ended.</summary>
        public async Task DieAgain(string id)
        {
            var checkpoint = CheckpointOfLastLife!;
            await Daemon.With(CrashAt, checkpoint).StartOrDie();
            await Eventually.True(() => !Daemon.Alive || HasEnded(id), "the daemon died again or the run has ended");
            if (Daemon.Alive)
                await Daemon.Kill();
            Daemon.Without(CrashAt);
        }

        /// <summary>Cancels the run; the daemon may die over the answer, or the run end before it says what would let it die.</summary>
        public async Task CancelAndDie(string id)
        {
            try
            {
                using var answer = await Daemon.Send(HttpMethod.Post, $"/runs/{id}/cancel");
            }
            catch (HttpRequestException)
            {
                // It died before or over the answer.
            }

            await Eventually.True(() => !Daemon.Alive || HasEnded(id), "the daemon died or the run has ended");
            if (Daemon.Alive)
                await Daemon.Kill();
        }

        public Task<JsonNode> Succeeded(string id) => Ended(id, "succeeded");

        /// <summary>The run has that end, once; its agent was started once at most, and nothing of it lives on.</summary>
        public async Task<JsonNode> Ended(string id, string status)
        {
            var run = await Daemon.Ended(id);
            Assert.True((string?)run["status"] == status, $"{run.ToJsonString()}\n{Daemon.Said}");
            var events = await Daemon.EventsOf(id);
            var told = string.Join(' ', events.Select(e => (string?)e["event_type"]));
            Assert.True(events.Count(e => RunEvents.IsEnd((string)e["event_type"]!)) == 1, told);
            Assert.True(RunEvents.IsEnd((string)events[^1]["event_type"]!), told);
            Assert.True(events.Count(e => (string?)e["event_type"] == "run.queued") == 1, told);
            var starts = File.Exists(Starts) ? await File.ReadAllLinesAsync(Starts, TestContext.Current.CancellationToken) : [];
            if (status == "succeeded")
            {
                Assert.True(events.Count(e => (string?)e["event_type"] == "run.started") == 1, told);
                Assert.True(events.Count(e => (string?)e["data"]!["text"] == "at work") == 1, told);
                Assert.Equal(["started"], starts);
                Assert.Equal("none", (string?)run["protection"]);
                Assert.Equal(0, (int?)run["exit_code"]);
            }

            Assert.True(starts.Length <= 1, "the agent was started twice");
            Assert.Empty(Leftovers.Find(id));
            var all = await Daemon.Events();
            Assert.Equal(Enumerable.Range(1, all.Count), all.Select(e => int.Parse((string)e["cursor"]!, null)));
            return run;
        }

        public ValueTask DisposeAsync() => Daemon.DisposeAsync();

        string? CheckpointOfLastLife { get; set; }

        /// <summary>Posts the run. The daemon may die over the answer: then the next one is asked, with the same key.</summary>
        async Task<string> Give()
        {
            CheckpointOfLastLife = Daemon.Variable(CrashAt);
            var order = TestDaemon.Order(["print hello", $"append {Starts} started", .. Steps]);
            order["idempotency_key"] = "once";
            if (project is not null)
                order["project"] = project;
            try
            {
                using var answer = await Daemon.Send(HttpMethod.Post, "/runs", order);
                return await IdOf(answer);
            }
            catch (HttpRequestException)
            {
                await Daemon.Died();
                Daemon.Without(CrashAt);
                await Daemon.Start();
                using var answer = await Daemon.Send(HttpMethod.Post, "/runs", order);
                Assert.Equal("true", answer.Headers.GetValues("Idempotent-Replay").Single());
                var id = await IdOf(answer);
                await Daemon.Kill();
                return id;
            }
        }

        static async Task<string> IdOf(HttpResponseMessage answer)
        {
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, text);
            return (string)JsonNode.Parse(text)!["run"]!["id"]!;
        }

        bool HasEnded(string id)
        {
            NativeSqlite.Load();
            using var db = new Connection(Path.Combine(Daemon.Data, "agent-orchestrator.db"), readOnly: true);
            return db.Number("select count(*) from runs where id = @id and ended_at is not null", ("@id", id)) == 1;
        }
    }
}
