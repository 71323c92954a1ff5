using Orchestrator.Agents;
using Orchestrator.Profiles;

namespace Orchestrator.Tests.Profiles;

/// <summary>What of a repository's own file needs a person's word.</summary>
public class DangerSpecs
{
    [Theory]
    [InlineData("profiles: {a: {agent: codex, model: m, effort: low, limits: {idle_s: 5}, sandbox: read-only}}", "")]
    [InlineData("profiles: {a: {agent: command, command: [x, y]}}", "profiles.a.command=\"x\" \"y\"")]
    [InlineData("profiles: {a: {agent: codex, args: [--yolo]}}", "profiles.a.args=\"--yolo\"")]
    [InlineData("profiles: {a: {agent: codex, env: {B: '2', A: '1'}}}", "profiles.a.env=A=\"1\" B=\"2\"")]
    [InlineData("profiles: {a: {agent: codex, sandbox: full-access}}", "profiles.a.sandbox=full-access")]
    [InlineData("profiles: {free: {model: m}}", "profiles.free.sandbox=full-access")]
    [InlineData("profiles: {review: {sandbox: workspace-write}}", "profiles.review.sandbox=workspace-write")]
    [InlineData("profiles: {review: {agent: claude}}", "profiles.review.sandbox=workspace-write")]
    [InlineData("profiles: {deep: {sandbox: read-only}}", "")]
    [InlineData("profiles: {careful: {approval: ask}}", "profiles.careful.approval=ask")]
    [InlineData("profiles: {careful: {approval: ~}}", "profiles.careful.approval=null")]
    [InlineData("profiles: {careful: {approval: deny}}", "")]
    [InlineData("profiles: {a: {agent: codex, escalates_to: free}}", "profiles.a.escalates_to=free")]
    [InlineData("profiles: {a: {agent: codex, escalates_to: deep}}", "")]
    [InlineData("routes: [{kind: bug, profile: free}]", "routes.profile=free")]
    [InlineData("routes: [{kind: bug, profile: deep}]", "")]
    [InlineData("projects: {p: {profiles: {code: free, plan: deep}}}", "projects.p.profiles.code=free")]
    [InlineData("projects: {p: {verify: [[make, test]]}}", "projects.p.verify=\"make\" \"test\"")]
    public void What_could_do_harm_is_found(string own, string expected)
    {
        var danger = Of(own);
        Assert.Equal(expected, string.Join(" ", danger.Settings.Select(setting => $"{setting.Key}={setting.Value}")));
        Assert.Equal(expected.Length == 0, danger.Hash is null);
    }

    [Fact]
    public void The_hash_stands_for_what_is_said_and_for_nothing_else()
    {
        var first = Of("profiles: {a: {agent: command, command: [x, y]}}").Hash;
        Assert.Equal(first, Of("# moved\n\nprofiles:\n  a: {command: [x, y], agent: command, model: m}").Hash);
        Assert.NotEqual(first, Of("profiles: {a: {agent: command, command: ['x y']}}").Hash);
        Assert.NotEqual(first, Of("profiles: {b: {agent: command, command: [x, y]}}").Hash);
    }

    static Danger Of(string own) => new AgentConfig(new Dictionary<string, string>()).Of(
        AgentConfig.Parse(
            "profiles: {free: {agent: codex, sandbox: full-access}, careful: {agent: claude, protocol: stream, approval: ask-first}}",
            "/f.yaml"),
        AgentConfig.Parse(own, "/p/.agent-orchestrator.yaml")).Danger;
}
