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
    public void What_is_done_after_a_failure_is_said_for_all_and_for_one_key_by_key()
    {
        var book = Merge(
            "retry: {mode: provider, attempts: 5}\nprofiles: {spark: {retry: {mode: full, max_wait_s: 60}}}",
            "retry: {on_limit: stop}\nprofiles: {spark: {retry: {max_tokens: 7}}}");
        Assert.Equal(new RetryPolicy { Mode = RetryMode.Provider, Attempts = 5, AskOnLimit = false }, book.Of("deep").Retry);
        Assert.Equal(new RetryPolicy
        {
            Mode = RetryMode.Full,
            Attempts = 5,
            AskOnLimit = false,
            LongestWait = TimeSpan.FromMinutes(1),
            Tokens = 7,
        }, book.Of("spark").Retry);
        Assert.Equal(new RetryPolicy { Mode = RetryMode.Unstarted, AskOnLimit = true }, Merge().Of("spark").Retry);
    }

    [Fact]
    public void A_chain_of_profiles_ends_where_it_comes_round_to_itself()
    {
        var book = Merge("profiles: {a: {agent: codex, escalates_to: b}, b: {agent: claude, escalates_to: c}, "
            + "c: {agent: gemini, escalates_to: a}, d: {agent: codex, escalates_to: d}}");
        string Chain(string name) => string.Join(' ', book.Of(name).Chain.Select(next => next.Name));
        Assert.Equal(("b c", "c a", "a b", "", "deep"), (Chain("a"), Chain("b"), Chain("c"), Chain("d"), Chain("spark")));
    }

    [Theory]
    [InlineData("codex: {model: m, env: {OTHER: x}}", "codex", "codex")]
    [InlineData("codex: {env: {OPENAI_API_KEY: k}}", "codex", "codex-*")]
    [InlineData("codex: {env: {CODEX_HOME: /elsewhere}}", "codex", "codex-*")]
    [InlineData("codex: {args: ['-c', 'model_provider=other']}", "codex", "codex-*")]
    [InlineData("claude: {env: {ANTHROPIC_BASE_URL: 'http://x'}}", "claude", "claude-*")]
    [InlineData("opencode: {model: anthropic/opus}", "opencode", "opencode.anthropic")]
    [InlineData("nightly: {agent: command, command: [x]}", "nightly", "command.nightly")]
    public void A_provider_is_an_agent_with_its_account_and_never_tells_a_key(string profile, string name, string provider)
    {
        var found = Merge($"profiles: {{{profile}}}").Of(name);
        var named = AgentCatalog.Of(found).ProviderOf(found);
        var pattern = provider.Replace(".", "\\.", StringComparison.Ordinal).Replace("*", "[0-9a-f]{6}", StringComparison.Ordinal);
        Assert.Matches($"^{pattern}$", named);
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
