using Orchestrator.Profiles;
using Orchestrator.Tests.Support;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.Workspaces;

/// <summary>What a file may say of worktrees, and what is made of it.</summary>
public class WorktreeSettingsSpecs
{
    static readonly ProfileRules NoRules = new([], _ => null, _ => [], _ => null, () => []);

    [Theory]
    [InlineData("agent/{id}-{slug}", null)]
    [InlineData("{project}/{id}", null)]
    [InlineData("team_a/wip.{id}.{slug}", null)]
    [InlineData("agent/{slug}", "{id} must be in it")]
    [InlineData("agent/{id}-{title}", "in braces")]
    [InlineData("-{id}", "may begin with '-'")]
    [InlineData("agent/.{id}", "may begin with '.'")]
    [InlineData("/{id}", "no '/' at the beginning")]
    [InlineData("a//{id}", "no two in a row")]
    [InlineData("{id}/", "no '/' at the beginning or end")]
    [InlineData("{id}.lock", "'.lock'")]
    [InlineData("{id}.", "end with '.'")]
    [InlineData("a..{id}", "two dots")]
    [InlineData("a b{id}", "not ' '")]
    [InlineData("a~{id}", "not '~'")]
    [InlineData("a@{id}", "not '@'")]
    [InlineData("a:{id}", "not ':'")]
    public void A_pattern_is_held_against_the_rules_of_git(string pattern, string? problem)
    {
        if (problem is null)
            Assert.Null(BranchPattern.Problem(pattern));
        else
            Assert.Contains(problem, BranchPattern.Problem(pattern), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("agent/{id}-{slug}", "Fix it", "agent/01234567-fix-it")]
    [InlineData("agent/{id}-{slug}", "", "agent/01234567")]
    [InlineData("{slug}/{id}", "", "run/01234567")]
    [InlineData("{project}/{id}_{slug}", "Ä", "my-shop/01234567")]
    public void Every_title_gives_a_name_that_git_takes(string pattern, string title, string branch)
    {
        Assert.Equal(branch, BranchName.For("0123456789abcdef", title, pattern, "My Shop"));
        using var repository = new TempRepository(commit: false);
        Assert.Equal(branch, repository.Run("check-ref-format", "--branch", branch));
    }

    [Fact]
    public void What_a_project_says_wins_over_what_is_said_of_all()
    {
        var file = Parse("""
            worktrees: {branch: "all/{id}", ports: {from: 20000}, grace_s: 60}
            projects:
              own: {branch: "own/{id}", setup: [[npm, ci]], teardown: [[make, down]], setup_s: 5, ports: {from: 30000, count: 3}}
              plain: {}
            """);
        var holds = InForce.Of(NoRules, file, ConfigFile.None);
        var own = WorktreeSettings.Of(holds, "own", () => false);
        Assert.Equal(("own/{id}", new PortPlan(30000, 3), TimeSpan.FromSeconds(5)), (own.Branch, own.Ports, own.Limit));
        Assert.Equal(["npm", "ci"], Assert.Single(own.Setup));
        Assert.Equal(["make", "down"], Assert.Single(own.Teardown));
        // The user's own file needs nobody's word.
        Assert.Null(own.Untrusted);
        var plain = WorktreeSettings.Of(holds, "plain", () => false);
        Assert.Equal(("all/{id}", new PortPlan(20000, 10), 0), (plain.Branch, plain.Ports, plain.Setup.Count));
        Assert.Equal(TimeSpan.FromMinutes(1), file.Worktrees.Grace);
        Assert.Equal(BranchPattern.Default, WorktreeSettings.Of(InForce.Of(NoRules,
            ConfigFile.None, ConfigFile.None), "x", () => false).Branch);
    }

    [Theory]
    [InlineData("worktrees: {branch: \"a/{slug}\"}", "c.yaml:1: worktrees.branch: 'a/{slug}' is no pattern")]
    [InlineData("projects:\n  p: {branch: \"{id}..x\"}", "c.yaml:2: projects.p.branch: '{id}..x' is no pattern")]
    [InlineData("projects:\n  p: {setup: [[]]}", "c.yaml:2: projects.p.setup: a command needs a program")]
    [InlineData("projects:\n  p: {ports: {count: 5}}", "projects.p.ports.from: is missing")]
    [InlineData("worktrees: {ports: {from: 80}}", "worktrees.ports: a port from 1024")]
    [InlineData("worktrees: {ports: {from: 65530, count: 100}}", "none beyond 65535")]
    public void A_mistake_is_told_with_its_key(string text, string told) =>
        Assert.Contains(told, Assert.Throws<Fault>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Commands_of_a_repositorys_own_file_need_a_persons_word()
    {
        var own = Parse("projects:\n  p: {setup: [[make, it]]}");
        var holds = InForce.Of(NoRules, ConfigFile.None, own);
        Assert.Equal("projects.p.setup", Assert.Single(holds.Danger.Settings).Key);
        Assert.Contains("nobody has trusted", WorktreeSettings.Of(holds, "p", () => false).Untrusted!.Message, StringComparison.Ordinal);
        Assert.Null(WorktreeSettings.Of(holds, "p", () => true).Untrusted);
    }

    [Theory]
    [InlineData("", 20000)]
    [InlineData("20000+10", 20010)]
    [InlineData("20005+10", 20020)]
    [InlineData("20010+10", 20000)]
    [InlineData("20000+10 20010+10 20030+10", 20020)]
    [InlineData("1024+64512", null)]
    public void No_two_ranges_of_ports_meet(string taken, int? first)
    {
        var ranges = taken.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('+'))
            .Select(parts => (int.Parse(parts[0], null), int.Parse(parts[1], null)));
        Assert.Equal(first, PortRanges.Next(20000, 10, ranges));
    }

    [Theory]
    [InlineData("removed", false, null, false, WorktreeState.Removed)]
    [InlineData("ready", true, null, true, WorktreeState.Removing)]
    [InlineData("creating", false, "starting", false, WorktreeState.Making)]
    [InlineData("ready", false, null, false, WorktreeState.Missing)]
    [InlineData("in_use", true, "running", false, WorktreeState.Working)]
    [InlineData("in_use", true, "waiting", false, WorktreeState.Waiting)]
    [InlineData("ready", true, "queued", false, WorktreeState.Idle)]
    [InlineData("kept", true, null, false, WorktreeState.Kept)]
    [InlineData("ready", true, null, false, WorktreeState.Idle)]
    public void A_worktrees_state_is_one_word(string status, bool there, string? run, bool removal, string word) =>
        Assert.Equal(word, WorktreeState.Of(status, there, run, removal));

    static ConfigFile Parse(string text) => ConfigFile.Parse(text, "c.yaml", ["command"]);
}
