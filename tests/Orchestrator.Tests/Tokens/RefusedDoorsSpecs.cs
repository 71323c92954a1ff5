using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Tests.Support;
using Orchestrator.Tokens;

namespace Orchestrator.Tests.Tokens;

/// <summary>Refusals are told, and a flood of them fills nothing.</summary>
public sealed class RefusedDoorsSpecs : IDisposable
{
    readonly TempStore temp = new();
    readonly ManualClock clock = new();
    readonly RefusedDoors doors;

    public RefusedDoorsSpecs() => doors = new RefusedDoors(temp.Store, temp.Log, clock);

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task The_first_is_told_at_once_and_the_rest_of_the_minute_as_one()
    {
        for (var i = 0; i < 5000; i++)
            doors.Note("bad_token", "192.0.2.7", "anyone", "GET", $"/runs/{i}");
        doors.Note("bad_token", "192.0.2.8", "anyone", "GET", "/");
        await doors.TellCounted();
        Assert.Equal([1, 1], await Counts());

        clock.Advance(TimeSpan.FromMinutes(1));
        await doors.TellCounted();
        Assert.Equal([1, 1, 4999], await Counts());
        Assert.Equal("/runs/4999", (string?)(await Told())[^1]["path"]);

        // A quiet minute is the end of it; the next one is a first again.
        clock.Advance(TimeSpan.FromMinutes(1));
        await doors.TellCounted();
        doors.Note("bad_token", "192.0.2.7", "anyone", "GET", "/");
        Assert.Equal([1, 1, 4999, 1], await Counts());
    }

    [Fact]
    public async Task Made_up_addresses_share_one_place()
    {
        for (var i = 0; i < 10_000; i++)
            doors.Note("no_token", $"2001:db8::{i:x}", "anyone", "GET", "/");
        await doors.TellCounted(all: true);
        var told = await Told();
        Assert.Equal(RefusedDoors.MostKinds + 2, told.Count);
        Assert.Equal(10_000, told.Sum(data => (long)data["count"]!));
    }

    [Theory]
    [InlineData("/runs/0123456789abcdef/wait", "/runs/0123456789abcdef/wait")]
    [InlineData("/x/agt_0123456789abcdef0123456789abcdef/y", "/x/…/y")]
    [InlineData("/\n\0\u0001", "/\n\0\u0001")]
    public async Task A_path_is_told_without_what_may_be_a_secret(string path, string told)
    {
        doors.Note("no_token", "unix", "anyone", "GET", path);
        doors.Note("bad_token", "unix", "anyone", "GET", "/" + string.Concat(Enumerable.Repeat("ab/", 500)));
        Assert.Equal([told.Length, 200], (await Told()).Select(data => ((string)data["path"]!).Length));
        Assert.Equal(told, (string?)(await Told())[0]["path"]);
    }

    async Task<List<int>> Counts() => [.. (await Told()).Select(data => (int)data["count"]!)];

    async Task<List<JsonNode>> Told()
    {
        // A write behind those that were begun: when it is done, so are they.
        await temp.Store.Probe();
        return [.. temp.Log.After(0, new EventFilter(), new PageSize(500, long.MaxValue)).Events.Select(e => JsonNode.Parse(e.Data)!)];
    }
}
