using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Items;

/// <summary>
/// Five hundred items through eight workers. A third of them fail, die or give up, some once and some always, many build on others, and
/// the daemon is killed twice on the way: each reaches the end its script says, with just as many attempts, and no attempt is made twice.
/// </summary>
public sealed class ManyItemsSpecs : IAsyncLifetime
{
    const int Count = 500;

    // One line per attempt in a file named as the item; the prompt's line "plan: fail ok" says how each ends, the last word for all after.
    const string Agent = """
        prompt=$(cat)
        id=$(printf '%s\n' "$prompt" | sed -n 's/^name: //p')
        set -- $(printf '%s\n' "$prompt" | sed -n 's/^plan: //p')
        echo begun >>"$TALLY/$id"
        made=$(wc -l <"$TALLY/$id")
        while [ "$made" -gt 1 ] && [ $# -gt 1 ]; do shift; made=$((made - 1)); done
        case $1 in
          ok) echo '{"goal_met": true, "summary": "met"}' ;;
          fail) echo 'it does not work' >&2; exit 1 ;;
          die) kill -9 $$ ;;
          unmet) echo '{"goal_met": false, "summary": "not met"}' ;;
        esac
        """;

    static readonly string[] Plans = ["fail ok", "fail fail ok", "die ok", "fail", "die", "unmet", "fail unmet"];

    readonly string tally = TestPrograms.Scratch("tally-" + Ids.New());
    TestDaemon daemon = null!;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(tally);
        daemon = TestDaemon.Prepare($$"""
              shell:
                agent: command
                command: {{new JsonArray("/bin/sh", "-c", Agent).ToJsonString()}}
                env: {TALLY: {{tally}} }
            projects:
              many: {path: {{tally}}, isolation: none, auto_run: true, max_parallel: 8, verify: [["true"]]}
            routes:
              - profile: shell
            limits: {max_concurrency: 8}
            """);
        await daemon.Start();
    }

    public async ValueTask DisposeAsync()
    {
        await daemon.DisposeAsync();
        Directory.Delete(tally, recursive: true);
    }

    [Fact]
    public async Task Five_hundred_items_reach_their_right_ends_though_agents_fail_and_the_daemon_dies()
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var wishes = Wish(new Random(seed));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(lane => Task.Run(async () =>
        {
            for (var i = lane; i < Count; i += 8)
                wishes[i].Id = (string)(await daemon.Post("/items", new JsonObject
                {
                    ["title"] = $"item {i}",
                    ["description"] = $"name: n{i}\nplan: {wishes[i].Plan}",
                    ["project"] = "many",
                    ["reviews"] = 0,
                    // Who says nothing works alone in a folder that all share.
                    ["writes"] = new JsonArray($"n{i}"),
                }))["item"]!["id"]!;
        })));
        foreach (var wish in wishes)
            if (wish.On is { } on)
            {
                using var linked = await daemon.Send(HttpMethod.Patch, $"/items/{wish.Id}",
                    new JsonObject { ["blocked_by"] = new JsonArray(wishes[on].Id) });
                linked.EnsureSuccessStatusCode();
            }

        foreach (var wish in wishes)
            await daemon.Post($"/items/{wish.Id}/ready");
        for (var kill = 0; kill < 2; kill++)
        {
            var target = (kill + 1) * Count / 4;
            await Eventually.True(() => Directory.GetFiles(tally).Length >= target, $"{target} items were begun",
                TimeSpan.FromSeconds(120));
            await daemon.Kill();
            await daemon.Start();
        }

        var right = wishes.ToDictionary(wish => wish.Id, wish => (wish.Status(wishes), wish.Attempts(wishes)));
        var counts = right.Values.GroupBy(one => one.Item1).ToDictionary(group => group.Key, group => group.Count());
        try
        {
            await Eventually.True(() => daemon.Look("/api/queue/stats")["byStatus"] is { } seen
                && counts.All(count => (int?)seen[count.Key] == count.Value), "all are where they belong", TimeSpan.FromSeconds(240));
        }
        catch (Xunit.Sdk.XunitException)
        {
            // Which of them are not is said below.
        }

        Assert.Equal(right.OrderBy(one => one.Key, StringComparer.Ordinal), Seen().OrderBy(one => one.Key, StringComparer.Ordinal));
        // Nothing begins any more where all have reached their ends.
        Assert.All(daemon.List("/runs?status=queued&limit=500", "runs"), run => Assert.Fail($"{run} is still to come"));
        for (var i = 0; i < Count; i++)
            Assert.Equal(wishes[i].Attempts(wishes), Lines($"n{i}"));
        Assert.InRange(AtOnce(daemon.List("/runs?limit=500", "runs")), 4, 8);
    }

    /// <summary>Most of the runs that were at work at one moment.</summary>
    static int AtOnce(IEnumerable<JsonNode> runs)
    {
        var steps = runs.Where(run => run["started_at"] is not null).SelectMany(run => new[]
        {
            (At: (DateTimeOffset)run["started_at"]!, By: 1), (At: (DateTimeOffset)run["ended_at"]!, By: -1),
        });
        var (now, most) = (0, 0);
        foreach (var step in steps.OrderBy(step => step.At).ThenBy(step => step.By))
            most = Math.Max(most, now += step.By);
        return most;
    }

    /// <summary>Where each item is, and how many attempts were made at it.</summary>
    Dictionary<string, (string, int)> Seen() => daemon.List("/items?limit=500", "items")
        .ToDictionary(item => (string)item["id"]!,
            item => ((string)item["status"]!, Lines(((string)item["title"]!).Replace("item ", "n", StringComparison.Ordinal))));

    int Lines(string name) => File.Exists(Path.Combine(tally, name)) ? File.ReadAllLines(Path.Combine(tally, name)).Length : 0;

    static List<Wished> Wish(Random random) =>
        [.. Enumerable.Range(0, Count).Select(i => new Wished(
            random.Next(3) > 0 ? "ok" : Plans[random.Next(Plans.Length)],
            i > 0 && random.Next(4) == 0 ? random.Next(i) : null))];

    /// <summary>An item, what its attempts do, and which one it builds on.</summary>
    sealed record Wished(string Plan, int? On)
    {
        public string Id { get; set; } = "";

        bool Works => Plan.EndsWith("ok", StringComparison.Ordinal);

        public string Status(IReadOnlyList<Wished> all) => Waits(all) ? "ready" : Works ? "done" : "blocked";

        /// <summary>What never works is tried three times before a person is asked.</summary>
        public int Attempts(IReadOnlyList<Wished> all) => Waits(all) ? 0 : Works ? Plan.Split(' ').Length : 3;

        bool Waits(IReadOnlyList<Wished> all) => On is { } on && (all[on].Waits(all) || all[on].Status(all) == "blocked");
    }
}
