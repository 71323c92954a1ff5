using Orchestrator.Workspaces;

namespace Orchestrator.Tests.Workspaces;

/// <summary>What is told and what is repaired of one worktree, as a table.</summary>
public class RowRulesSpecs
{
    static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch;
    static readonly WorktreeEntry Entry = new("w", "/repo/.git/worktrees/w", "/data/w", "agent/x", null);

    [Theory]
    // What fits.
    [InlineData("ready", null, true, true, true, "here", false, null, null)]
    [InlineData("kept", null, true, true, true, "here", false, null, null)]
    [InlineData("in_use", "run", true, true, true, "here", true, null, null)]
    [InlineData("creating", "run", false, true, true, "none", false, null, null)]
    [InlineData("removed", null, false, true, true, "none", false, null, null)]
    [InlineData("removed", null, true, true, true, "here", false, null, null)]
    // What is repaired: files prove that nothing is lost.
    [InlineData("ready", null, false, true, true, "none", false, "row_without_folder", "ForgetRow")]
    [InlineData("creating", null, false, true, true, "none", false, "row_without_folder", "ForgetRow")]
    [InlineData("in_use", null, true, true, true, "here", false, "row_without_run", "ReleaseRow")]
    [InlineData("removed", null, false, true, true, "here", false, "entry_without_folder", "ForgetEntry")]
    // What is only told.
    [InlineData("removed", null, false, true, true, "locked", false, null, null)]
    [InlineData("in_use", "run", false, true, true, "here", false, "row_without_folder", null)]
    [InlineData("ready", null, false, true, true, "here", false, "row_without_folder", null)]
    [InlineData("ready", null, false, true, true, "locked", false, "locked", null)]
    [InlineData("ready", null, false, true, true, "elsewhere", false, "moved", null)]
    [InlineData("ready", null, false, false, true, "here", false, "disk_missing", null)]
    [InlineData("ready", null, false, false, true, "none", false, "disk_missing", null)]
    [InlineData("ready", null, false, true, false, "none", false, "disk_missing", null)]
    [InlineData("ready", null, true, true, true, "none", false, "row_unregistered", null)]
    [InlineData("ready", null, true, true, true, "here", true, "detached", null)]
    public void A_row_is_judged(string status, string? run, bool folder, bool above, bool repository, string entry, bool detached,
        string? kind, string? repair)
    {
        var row = new Workspace("id", "s", "p", "worktree", "/data/w", "agent/x", null, status, null) { Common = "/repo/.git" };
        var found = RowRules.Judge(new RowFacts(row, At, run, folder, above, repository,
            entry switch { "here" => Entry, "locked" => Entry with { Locked = "" }, _ => null },
            entry == "elsewhere" ? Entry with { Path = "/other/w" } : null, detached));
        Assert.Equal((kind, repair), (found?.Kind, found?.Repair?.ToString()));
        Assert.True(found is null || Discrepancy.Kinds.ContainsKey(found.Kind));
    }

    [Fact]
    public void A_repair_waits_for_its_time_of_grace()
    {
        var found = new Discrepancy(Discrepancy.FolderWithoutRow, "/f", "x", At, Repair.RemoveEmptyFolder);
        Assert.False(found.IsDue(At + TimeSpan.FromHours(23), TimeSpan.FromHours(24)));
        Assert.True(found.IsDue(At + TimeSpan.FromHours(24), TimeSpan.FromHours(24)));
        Assert.False((found with { Repair = null }).IsDue(At + TimeSpan.FromDays(99), TimeSpan.FromHours(24)));
    }
}
