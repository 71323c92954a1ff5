using Orchestrator.Profiles;

namespace Orchestrator.Tests.Profiles;

public class ConfigFileSpecs
{
    static readonly string[] Agents = ["codex", "claude", "command"];

    /// <summary>The example of the contract, with every key.</summary>
    const string Whole = """
        profiles:
          nightly:
            agent: command                              # codex | claude | command
            command: ["./tools/agent.sh", "--fast"]
            args: []
            env: {KEY: value, EMPTY: , NUMBER: 5}
            model: null
            effort: null
            sandbox: workspace-write
            limits: {total_s: 7200, idle_s: 1200}
            escalates_to: deep
            structured_result: true
            on_child: run
        projects:
          demo:
            path: /somewhere/demo/
            isolation: worktree
            verify: [["dotnet", "test"], [make]]
            max_parallel: 2
            auto_run: true
            profiles: {code: spark, review: review}
        limits: {max_concurrency: 4}
        """;

    [Fact]
    public void Every_key_of_the_contract_is_read()
    {
        var config = Parse(Whole);
        Assert.Equal(4, config.MaxConcurrency);
        var demo = config.Projects["demo"];
        Assert.Equal("/somewhere/demo", demo.Path);
        Assert.Equal("worktree", demo.Isolation);
        Assert.Equal([["dotnet", "test"], ["make"]], demo.Verify!);
        Assert.Equal(2, demo.MaxParallel);
        Assert.True(demo.AutoRun);
        Assert.Equal("spark", demo.Profiles["code"].Profile);

        var nightly = ProfileBook.Merge([new() { Name = "deep", Agent = "codex" }], config).Of("nightly");
        Assert.Equal("command", nightly.Agent);
        Assert.Equal(["./tools/agent.sh", "--fast"], nightly.Command);
        Assert.Empty(nightly.Args);
        Assert.Equal(("value", "", "5"), (nightly.Env["KEY"], nightly.Env["EMPTY"], nightly.Env["NUMBER"]));
        Assert.Null(nightly.Model);
        Assert.Null(nightly.Effort);
        Assert.Equal(Sandbox.WorkspaceWrite, nightly.Sandbox);
        Assert.Equal(TimeSpan.FromHours(2), nightly.TotalLimit);
        Assert.Equal(TimeSpan.FromMinutes(20), nightly.IdleLimit);
        Assert.Equal("deep", nightly.EscalatesTo);
        Assert.True(nightly.StructuredResult);
        Assert.True(nightly.OnChildRun);
        Assert.Equal("/etc/agents/config.yaml:2", nightly.Origin);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    [InlineData("profiles:\n")]
    [InlineData("profiles: {}\nprojects: ~\nlimits: null\n")]
    public void A_file_may_say_nothing(string text)
    {
        var config = Parse(text);
        Assert.Empty(config.Profiles);
        Assert.Empty(config.Projects);
        Assert.Null(config.MaxConcurrency);
    }

    [Theory]
    [InlineData("profils: {}", "1: profils: there is no such key; did you mean 'profiles'?")]
    [InlineData("colour: red", "1: colour: there is no such key; the keys here are profiles, request_rules, projects, routes, retry, "
        + "healing, breakers, reviews, plans, lead, panes, notifications, prices, worktrees, github, limits")]
    [InlineData("profiles:\n  a:\n    agent: codex\n    sandbx: x", "4: profiles.a.sandbx: there is no such key; did you mean 'sandbox'?")]
    [InlineData("profiles:\n  a: {agnet: codex}", "2: profiles.a.agnet: there is no such key; did you mean 'agent'?")]
    [InlineData("profiles:\n  a: {limits: {total: 1}}", "2: profiles.a.limits.total: there is no such key; did you mean 'total_s'?")]
    [InlineData("profiles:\n  a: {agent: codx}", "2: profiles.a.agent: 'codx' is not one of codex, claude, command; did you mean 'codex'?")]
    [InlineData("profiles:\n  a: {agent: [x]}", "2: profiles.a.agent: one of codex, claude, command expected, found a list")]
    [InlineData("profiles:\n  a: {effort: ultra}", "2: profiles.a.effort: 'ultra' is not one of low, medium, high, xhigh")]
    [InlineData("profiles:\n  a: {command: x}", "2: profiles.a.command: a list of texts, like [\"program\", \"argument\"] expected")]
    [InlineData("profiles:\n  a: {args: [x, [y]]}", "2: profiles.a.args[1]: a text expected, found a list")]
    [InlineData("profiles:\n  a: {args: [x, ~]}", "2: profiles.a.args[1]: a text expected, found '~'")]
    [InlineData("profiles:\n  a: {env: {K: [1]}}", "2: profiles.a.env.K: a text expected, found a list")]
    [InlineData("profiles:\n  a: {env: {A=B: 1}}", "2: profiles.a.env.A=B: this cannot be a name")]
    [InlineData("profiles:\n  a: {env: []}", "2: profiles.a.env: names with texts expected, found a list")]
    [InlineData("profiles:\n  a: {model: {b: 1}}", "2: profiles.a.model: a text expected, found keys with values")]
    [InlineData("profiles:\n  a: {structured_result: 1}", "2: profiles.a.structured_result: true or false expected, found '1'")]
    [InlineData("profiles:\n  a: {structured_result: 'true'}", "2: profiles.a.structured_result: true or false expected, found 'true'")]
    [InlineData("profiles:\n  a:\n    limits:\n      idle_s: soon", "4: profiles.a.limits.idle_s: seconds as a number more")]
    [InlineData("profiles:\n  a: {limits: {idle_s: 0}}", "2: profiles.a.limits.idle_s: seconds as a number more than 0")]
    [InlineData("profiles:\n  a: {limits: {idle_s: -1}}", "2: profiles.a.limits.idle_s: seconds as a number more than 0")]
    [InlineData("profiles:\n  a: {limits: {idle_s: 1e400}}", "2: profiles.a.limits.idle_s: seconds as a number more than 0")]
    [InlineData("profiles:\n  \"a b\": {agent: codex}", "2: profiles.a b: a name is 1 to 64 letters")]
    [InlineData("profiles: [a]", "1: profiles: names with keys below them expected, found a list")]
    [InlineData("limits: {max_concurrency: 0}", "1: limits.max_concurrency: a whole number from 1 expected, found '0'")]
    [InlineData("limits: {max_concurrency: 99999999999}", "1: limits.max_concurrency: a whole number from 1 expected")]
    [InlineData("limits: {max_concurrency: 1.5}", "1: limits.max_concurrency: a whole number from 1 expected")]
    [InlineData("projects:\n  p: {verify: [dotnet, test]}", "2: projects.p.verify[0]: a list of texts")]
    [InlineData("projects:\n  p: {isolation: tree}", "2: projects.p.isolation: 'tree' is not one of worktree, shared, none")]
    [InlineData("just text", "1: keys with values expected, found 'just text'")]
    [InlineData("a: b\n---\nc: d", "3: a second document")]
    [InlineData("a: [", "2: this is no YAML")]
    [InlineData("limits: {}\nlimits: {}", "2: this is no YAML: ")]
    [InlineData("a:\n\tb: 1", "1: this is no YAML")]
    public void A_mistake_is_named_with_file_line_and_key(string text, string problem)
    {
        var fault = Assert.Throws<Fault>(() => Parse(text));
        Assert.Equal(FaultCode.InvalidRequest, fault.Code);
        Assert.Contains($"/etc/agents/config.yaml:{problem}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_told_at_once_up_to_ten()
    {
        var text = "profiles:\n" + string.Concat(Enumerable.Range(0, 12).Select(i => $"  p{i}: {{efort: low}}\n"));
        var message = Assert.Throws<Fault>(() => Parse(text)).Message;
        Assert.Equal(10, message.Split('\n').Count(line => line.Contains("did you mean 'effort'?", StringComparison.Ordinal)));
        Assert.EndsWith("… and 2 more", message);
    }

    [Fact]
    public void A_file_nested_without_end_is_refused_and_ends_nothing()
    {
        var indented = string.Concat(Enumerable.Range(0, 2000).Select(i => new string(' ', i) + "a:\n"));
        foreach (var text in new[] { "a: " + new string('[', 100_000), indented })
            Assert.Contains("nested too deep", Assert.Throws<Fault>(() => Parse(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rel", "/etc/agents/rel")]
    [InlineData("../x", "/etc/x")]
    [InlineData("/abs/", "/abs")]
    public void A_project_path_is_relative_to_its_file(string path, string expected) =>
        Assert.Equal(expected, Parse($"projects: {{p: {{path: '{path}'}}}}").Projects["p"].Path);

    [Fact]
    public void A_file_that_is_not_there_says_nothing_and_one_that_is_there_is_read()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var path = Path.Combine(folder.FullName, ConfigFile.UserName);
            Assert.Same(ConfigFile.None, ConfigFile.Load(path, Agents));
            File.WriteAllText(path, "\uFEFFlimits: {max_concurrency: 7}\r\n");
            Assert.Equal(7, ConfigFile.Load(path, Agents).MaxConcurrency);
            File.WriteAllText(path, new string('#', 2 * 1024 * 1024));
            Assert.Throws<Fault>(() => ConfigFile.Load(path, Agents));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static ConfigFile Parse(string text) => ConfigFile.Parse(text, "/etc/agents/config.yaml", Agents);
}
