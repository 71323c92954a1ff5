using Orchestrator.Agents;
using Orchestrator.Profiles;

namespace Orchestrator.Tests.Profiles;

public class ProfileBookSpecs
{
    [Fact]
    public void Without_any_file_there_is_a_plain_profile_per_agent_and_the_named_ones()
    {
        var book = Merge();
        foreach (var agent in AgentCatalog.Names)
        {
            var plain = book.Of(agent);
            Assert.Equal(agent, plain.Agent);
            Assert.Equal((null, null, Sandbox.WorkspaceWrite), (plain.Model, plain.Effort, plain.Sandbox));
            Assert.Equal("built in", plain.Origin);
        }
        Assert.All((string[])["review", "plan", "manage"], name => Assert.Equal(Sandbox.ReadOnly, book.Of(name).Sandbox));
        Assert.Equal(("low", "low", "deep"), (book.Of("spark").Effort, book.Of("spark").Verbosity, book.Of("spark").EscalatesTo));
        Assert.Equal(("xhigh", "medium"), (book.Of("deep").Effort, book.Of("review").Effort));
        Assert.Equal(["-c", "model_reasoning_summary=\"detailed\""], book.Of("deep").Args);
        Assert.All((string[])["spark", "deep", "review"], name => Assert.Equal(Approval.Deny, book.Of(name).Approval));
        Assert.NotNull(book.Of(AgentCatalog.DefaultProfile));
    }

    [Fact]
    public void A_file_changes_single_keys_of_what_is_below_it()
    {
        var book = Merge(
            "profiles: {codex: {model: m1, env: {A: '1', B: '1'}, limits: {total_s: 10, idle_s: 5}}, own: {agent: claude, args: [x]}}",
            "profiles: {codex: {effort: high, env: {B: '2'}, limits: {idle_s: 6}}, own: {args: []}}");
        var codex = book.Of("codex");
        Assert.Equal(("m1", "high"), (codex.Model, codex.Effort));
        Assert.Equal(("1", "2"), (codex.Env["A"], codex.Env["B"]));
        Assert.Equal((10.0, 6.0), (codex.TotalLimit!.Value.TotalSeconds, codex.IdleLimit!.Value.TotalSeconds));
        Assert.Equal("/f1.yaml:1", codex.Origin);
        Assert.Equal("claude", book.Of("own").Agent);
        Assert.Empty(book.Of("own").Args);
    }

    [Fact]
    public void Null_undoes_what_is_below()
    {
        var book = Merge(
            "profiles: {deep: {effort: ~}, codex: {model: m, limits: {idle_s: 5}}}",
            "profiles: {codex: {model: ~, limits: {idle_s: ~}}}");
        Assert.Null(book.Of("deep").Effort);
        Assert.Null(book.Of("codex").Model);
        Assert.Null(book.Of("codex").IdleLimit);
    }

    [Fact]
    public void A_name_given_to_another_agent_keeps_nothing_of_the_old_one()
    {
        var deep = Merge("profiles: {deep: {agent: claude}}").Of("deep");
        Assert.Equal(("claude", null), (deep.Agent, deep.Effort));
    }

    [Fact]
    public void A_profile_without_an_agent_is_refused() =>
        Assert.Equal(
            "/f0.yaml:2: profiles.mine: 'agent' is missing: which agent runs it?",
            Assert.Throws<Fault>(() => Merge("profiles:\n  mine: {model: x}")).Message);

    [Fact]
    public void An_escalation_to_nowhere_is_refused() =>
        Assert.Contains(
            "escalates_to: there is no profile 'dep'; did you mean 'deep'?",
            Assert.Throws<Fault>(() => Merge("profiles: {codex: {escalates_to: dep}}")).Message, StringComparison.Ordinal);

    [Fact]
    public void An_unknown_profile_is_refused_with_the_nearest_and_all_names()
    {
        var fault = Assert.Throws<Fault>(() => Merge().Of("sprak"));
        Assert.Equal(FaultCode.Unprocessable, fault.Code);
        Assert.Equal("there is no profile 'sprak'; did you mean 'spark'?", fault.Message);
        Assert.Contains("claude, codex, command, deep, gemini, manage, openai, opencode, plan, review, spark", fault.Hint,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("agnet", "agent", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("same", "same", 0)]
    public void Distance_counts_slips_of_the_hand(string a, string b, int steps) => Assert.Equal(steps, NearestWord.Distance(a, b));

    static ProfileBook Merge(params string[] files) => ProfileBook.Merge(
        BuiltInProfiles.All, [.. files.Select((text, i) => ConfigFile.Parse(text, $"/f{i}.yaml", AgentCatalog.Names))]);
}
