using Orchestrator.Agents;
using Orchestrator.Agents.Codex;
using Orchestrator.Profiles;

namespace Orchestrator.Tests.Agents;

/// <summary>Orders and the exact command lines they become.</summary>
public class CommandLineSpecs
{
    const string CodexWrite = "-c sandbox_workspace_write.exclude_tmpdir_env_var=true -c sandbox_workspace_write.exclude_slash_tmp=true";
    static readonly string AcpOpening = Orchestrator.Agents.Acp.AcpCalls.Initialize(Sandbox.WorkspaceWrite) + "\n";

    const string ClaudeStart = "claude -p --output-format stream-json --verbose --permission-mode";

    [Theory]
    [InlineData("workspace-write", $"codex --disable unbounded_connection_retries exec --json -s workspace-write {CodexWrite} -")]
    [InlineData("read-only", "codex --disable unbounded_connection_retries exec --json -s read-only -")]
    [InlineData("full-access", "codex --disable unbounded_connection_retries exec --json -s danger-full-access -")]
    public void Codex_starts_in_the_profiles_sandbox(string sandbox, string expected) =>
        Assert.Equal(expected, Line("codex", profile => profile with { Sandbox = ConfigKeys.Sandboxes[sandbox] }));

    [Fact]
    public void Codex_resumes_with_the_sandbox_as_a_setting_because_resume_has_no_option_for_it() => Assert.Equal(
        $"codex --disable unbounded_connection_retries exec resume --json -c sandbox_mode=\"workspace-write\" {CodexWrite} t-1 -",
        Line("codex", order: order => order with { ThreadId = "t-1" }));

    [Fact]
    public void Codex_gets_daemon_and_profile_arguments_before_the_subcommand() => Assert.Equal(
        "/opt/codex --profile p --verbose -c a=1 --disable unbounded_connection_retries exec --json -s workspace-write "
            + $"{CodexWrite} -m gpt-5.5 -c model_reasoning_effort=\"xhigh\" --skip-git-repo-check --output-schema /runs/a1/schema.json -",
        Line(
            "codex",
            profile => profile with { Command = ["/opt/codex"], Args = ["-c", "a=1"], Model = "gpt-5.5", Effort = "xhigh" },
            order => order with
            {
                DaemonArgs = CodexExec.DaemonArgs("p", ["--verbose"]),
                InRepository = false,
                OutputSchema = Capture.VerdictSchema,
            }));

    [Fact]
    public void Codex_keeps_the_persons_own_word_about_endless_retries() => Assert.StartsWith(
        "codex --enable unbounded_connection_retries exec",
        Line("codex", profile => profile with { Args = ["--enable", "unbounded_connection_retries"] }));

    [Fact]
    public void Codex_gets_the_schema_in_a_file_as_strict_mode_wants_it() => Assert.Contains(
        "\"additionalProperties\":false",
        Plan("codex", order: order => order with { OutputSchema = StructuredResult.Schema }).Files["schema.json"],
        StringComparison.Ordinal);

    [Theory]
    [InlineData("workspace-write", $"{ClaudeStart} acceptEdits")]
    [InlineData("read-only", $"{ClaudeStart} plan")]
    [InlineData("full-access", $"{ClaudeStart} bypassPermissions")]
    public void Claude_starts_in_the_permission_mode_of_the_profile(string sandbox, string expected) =>
        Assert.Equal(expected, Line("claude", profile => profile with { Sandbox = ConfigKeys.Sandboxes[sandbox] }));

    [Fact]
    public void Claude_gets_thread_model_effort_schema_and_then_the_profiles_arguments() => Assert.Equal(
        $"{ClaudeStart} acceptEdits --resume s-1 --model opus --effort xhigh --json-schema {{}} --allowedTools Bash(git *)",
        Line(
            "claude",
            profile => profile with { Model = "opus", Effort = "xhigh", Args = ["--allowedTools", "Bash(git *)"] },
            order => order with { ThreadId = "s-1", OutputSchema = "{}" }));

    [Fact]
    public void Claude_refuses_a_schema_that_fits_no_argument() => Assert.Equal(
        FaultCode.Unprocessable,
        Assert.Throws<Fault>(() => Plan("claude", order: order => order with { OutputSchema = new string(' ', 128 * 1024) })).Code);

    [Fact]
    public void Claude_is_quiet_and_gives_up_soon_by_default() =>
        Assert.Equal("2", Plan("claude").DefaultEnvironment["CLAUDE_CODE_MAX_RETRIES"]);

    [Fact]
    public void Codex_is_told_how_much_to_write_by_a_setting()
    {
        Assert.Contains("-c model_verbosity=\"low\"", Line("codex", profile => profile with { Verbosity = "low" }),
            StringComparison.Ordinal);
        Assert.Contains("-c model_verbosity=\"high\"", string.Join(' ', PlanBy("codex", "app-server",
            profile => profile with { Verbosity = "high" }).Argv), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "workspace-write", "on-request")]
    [InlineData(null, "full-access", "never")]
    [InlineData("deny", "workspace-write", "never")]
    [InlineData("ask", "full-access", "on-request")]
    [InlineData("ask-first", "workspace-write", "untrusted")]
    public void The_app_servers_policy_is_the_profiles_rule(string? approval, string sandbox, string policy) => Assert.Contains(
        $"\"approvalPolicy\":\"{policy}\"", PlanBy("codex", "app-server", profile => WithRule(profile, approval, sandbox)).Stdin,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(null, "workspace-write", "acceptEdits", true)]
    [InlineData("ask", "workspace-write", "acceptEdits", true)]
    [InlineData("ask-first", "workspace-write", "default", true)]
    [InlineData("ask-first", "full-access", "default", true)]
    [InlineData("ask-first", "read-only", "plan", true)]
    [InlineData("deny", "workspace-write", "acceptEdits", false)]
    public void Claude_asks_as_the_profiles_rule_says(string? approval, string sandbox, string mode, bool asks)
    {
        var argv = PlanBy("claude", "stream", profile => WithRule(profile, approval, sandbox)).Argv;
        Assert.Contains($"--permission-mode {mode}", string.Join(' ', argv), StringComparison.Ordinal);
        Assert.Equal(asks, argv.Contains("--permission-prompt-tool"));
    }

    static Profile WithRule(Profile profile, string? approval, string sandbox) => profile with
    {
        Approval = approval is null ? null : ConfigKeys.Approvals[approval],
        Sandbox = ConfigKeys.Sandboxes[sandbox],
    };

    static Launch PlanBy(string agent, string protocol, Func<Profile, Profile> change)
    {
        var profile = change(new Profile { Name = "p", Agent = agent, Protocol = protocol });
        return AgentCatalog.Of(profile).Plan(new AgentOrder
        {
            RunId = "00000000000000a1", Prompt = "do it", Workspace = "/w", RunFolder = "/runs/a1", Profile = profile, InRepository = true,
        });
    }

    [Theory]
    [InlineData("read-only", "default")]
    [InlineData("workspace-write", "auto_edit")]
    [InlineData("full-access", "yolo")]
    public void Gemini_starts_in_the_approval_mode_of_the_profile(string sandbox, string mode) => Assert.Equal(
        $"gemini --output-format stream-json --approval-mode {mode} --resume t-1 --model pro --debug",
        Line(
            "gemini",
            profile => profile with { Sandbox = ConfigKeys.Sandboxes[sandbox], Model = "pro", Effort = "high", Args = ["--debug"] },
            order => order with { ThreadId = "t-1" }));

    [Theory]
    [InlineData("read-only", "")]
    [InlineData("workspace-write", "")]
    [InlineData("full-access", " --auto")]
    public void OpenCode_starts_with_a_title_of_ours_or_the_session(string sandbox, string auto)
    {
        Profile Of(Profile profile) =>
            profile with { Sandbox = ConfigKeys.Sandboxes[sandbox], Model = "a/b", Effort = "high", Args = ["--pure"] };
        const string start = "opencode run --format json --thinking";
        Assert.Equal($"{start} --title run 00000000000000a1{auto} --model a/b --variant high --pure", Line("opencode", Of));
        Assert.Equal(
            $"{start} --session t-1{auto} --model a/b --variant high --pure",
            Line("opencode", Of, order => order with { ThreadId = "t-1" }));
        Assert.Equal(
            sandbox == "read-only" ? "{\"edit\":\"deny\",\"bash\":\"deny\"}" : null,
            Plan("opencode", Of).DefaultEnvironment.GetValueOrDefault("OPENCODE_PERMISSION"));
    }

    [Theory]
    [InlineData("gemini")]
    [InlineData("opencode")]
    public void An_agent_without_an_option_for_a_schema_is_told_of_it_after_the_prompt(string agent)
    {
        var stdin = Plan(agent, order: order => order with { OutputSchema = Capture.VerdictSchema }).Stdin;
        Assert.StartsWith("do it\n\n", stdin, StringComparison.Ordinal);
        Assert.EndsWith("\n" + Capture.VerdictSchema, stdin, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gemini", "{\"env\":{\"A\":\"$DOCS_TOKEN\",\"B\":\"${OTHER}\"}}")]
    [InlineData("opencode", "{\"apiKey\":\"{env:DOCS_TOKEN}\",\"b\":\"{env:OTHER}\"}")]
    public void Variables_the_users_settings_name_are_passed_on(string agent, string settings) =>
        Assert.Equal(["DOCS_TOKEN", "OTHER"], AgentCatalog.Of(agent).VariablesIn(settings));

    [Theory]
    [InlineData("gemini", "HOME=/h", "/h/.gemini/settings.json")]
    [InlineData("gemini", "HOME=/h GEMINI_CLI_HOME=/g", "/g/.gemini/settings.json")]
    [InlineData("opencode", "HOME=/h", "/h/.config/opencode/opencode.json")]
    [InlineData("opencode", "HOME=/h XDG_CONFIG_HOME=/x", "/x/opencode/opencode.json")]
    [InlineData("opencode", "XDG_CONFIG_HOME=/x OPENCODE_CONFIG=/o.json", "/o.json")]
    public void The_users_settings_are_looked_for_where_the_agent_does(string agent, string variables, string expected) => Assert.Equal(
        expected,
        AgentCatalog.Of(agent).SettingsFile(variables.Split(' ').Select(pair => pair.Split('=')).ToDictionary(p => p[0], p => p[1])));

    [Fact]
    public void A_program_is_started_as_it_is_and_told_where_its_result_may_lie()
    {
        var launch = Plan("command", profile => profile with { Command = ["./a.sh", "--fast"], Args = ["x y"] });
        Assert.Equal(["./a.sh", "--fast", "x y"], launch.Argv);
        Assert.Equal("/runs/a1/result.json", launch.DefaultEnvironment["AGENTCTL_RESULT_FILE"]);
        Assert.False(launch.DefaultEnvironment.ContainsKey("AGENTCTL_SCHEMA_FILE"));
    }

    [Fact]
    public void A_program_that_nobody_named_is_refused_with_the_key_to_set()
    {
        var fault = Assert.Throws<Fault>(() => Plan("command", profile => profile with { Command = [] }));
        Assert.Equal(FaultCode.Unprocessable, fault.Code);
        Assert.Contains("command", fault.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void The_prompt_is_never_an_argument()
    {
        foreach (var agent in AgentCatalog.Names)
        {
            var launch = Plan(agent, order: order => order with { Prompt = "--secret prompt" });
            // An agent that is spoken with hears it in its turn.
            Assert.Equal(launch.TwoWay ? AcpOpening : "--secret prompt", launch.Stdin);
            Assert.DoesNotContain(launch.Argv, arg => arg.Contains("secret", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("codex", "workspace-write", "", "Enforced")]
    [InlineData("codex", "read-only", "", "Enforced")]
    [InlineData("codex", "full-access", "", "None")]
    [InlineData("codex", "workspace-write", "--yolo", "None")]
    [InlineData("codex", "workspace-write", "--sandbox=danger-full-access", "None")]
    [InlineData("claude", "workspace-write", "", "AgentsOwnRules")]
    [InlineData("claude", "read-only", "", "AgentsOwnRules")]
    [InlineData("claude", "full-access", "", "None")]
    [InlineData("claude", "read-only", "--dangerously-skip-permissions", "None")]
    [InlineData("gemini", "read-only", "", "AgentsOwnRules")]
    [InlineData("gemini", "workspace-write", "", "AgentsOwnRules")]
    [InlineData("gemini", "workspace-write", "--approval-mode=yolo", "None")]
    [InlineData("gemini", "full-access", "", "None")]
    [InlineData("opencode", "read-only", "", "AgentsOwnRules")]
    [InlineData("opencode", "workspace-write", "", "None")]
    [InlineData("opencode", "full-access", "", "None")]
    [InlineData("command", "read-only", "", "None")]
    [InlineData("openai", "read-only", "", "AgentsOwnRules")]
    [InlineData("openai", "workspace-write", "", "None")]
    public void Protection_is_told_as_it_is(string agent, string sandbox, string arg, string expected)
    {
        var profile = new Profile { Name = "p", Agent = agent, Sandbox = ConfigKeys.Sandboxes[sandbox], Args = [arg] };
        Assert.Equal(expected, AgentCatalog.Of(agent).ProtectionOf(profile).ToString());
    }

    [Fact]
    public void Our_own_agent_is_this_program_once_more()
    {
        var launch = Plan("openai",
            profile => profile with { Model = "kimi-k2", Effort = "low", Sandbox = Sandbox.ReadOnly, Args = ["--max-turns", "5"] },
            order => order with
            {
                OwnProgram = "/opt/agentctl",
                KeepFolder = "/data/conversations",
                ThreadId = "00000000000000aa",
                OutputSchema = Capture.VerdictSchema,
            });
        Assert.Equal("/opt/agentctl agent-loop --conversations /data/conversations --sandbox read-only --resume 00000000000000aa "
            + "--model kimi-k2 --effort low --schema /runs/a1/schema.json --response-format /runs/a1/response-format.json --max-turns 5",
            string.Join(' ', launch.Argv));
        Assert.Equal(["response-format.json", "schema.json"], launch.Files.Keys.Order());
    }

    [Theory]
    [InlineData("--profile lean -c a=1", "--x", "lean", "-c a=1 --x")]
    [InlineData("-c a=1", "", null, "-c a=1")]
    public void The_daemons_arguments_are_taken_apart_for_people(string daemon, string own, string? profile, string extra)
    {
        var (found, rest) = AgentCatalog.TakeApart(daemon.Split(' '), own.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal((profile, extra), (found, string.Join(' ', rest)));
    }

    [Fact]
    public void An_agent_nobody_knows_is_refused_with_the_names_there_are() =>
        Assert.Contains(
            "codex, claude, gemini, opencode, command",
            Assert.Throws<Fault>(() => AgentCatalog.Of("cobol")).Hint, StringComparison.Ordinal);

    const string CodexToolsSetting = "mcp_servers.agentctl={enabled=true,command=\"/opt/a \\\"b\\\"/agentctl\",args=[\"mcp\"],"
        + "env_vars=[\"AGENTCTL_URL\",\"AGENTCTL_RUN_ID\",\"AGENTCTL_SESSION_ID\",\"AGENTCTL_AUTH_TOKEN\",\"DOTNET_ROOT\"],"
        + "required=true,default_tools_approval_mode=\"approve\",startup_timeout_sec=60,tool_timeout_sec=90}";

    static readonly ToolProgram Tools = new("/opt/a \"b\"/agentctl", ["mcp"]);

    [Theory]
    [InlineData(null)]
    [InlineData("t-1")]
    public void Codex_gets_the_tools_as_a_setting_of_this_run_also_when_resumed(string? thread)
    {
        var argv = Plan("codex", order: order => order with { Tools = Tools, ThreadId = thread }).Argv;
        var at = argv.ToList().IndexOf(CodexToolsSetting);
        Assert.True(at > argv.ToList().IndexOf("exec"), string.Join(' ', argv));
        Assert.Equal("-c", argv[at - 1]);
    }

    [Theory]
    [InlineData("", "mcp_servers.agentctl=")]
    [InlineData("[mcp_servers.agentctl]\ncommand = \"x\"\n[other]\nurl = \"y\"", "mcp_servers.agentctl=")]
    [InlineData("[mcp_servers.agentctl2]\nurl = \"y\"", "mcp_servers.agentctl=")]
    [InlineData("[mcp_servers.agentctl]\nenabled = false\nurl = \"y\"", "mcp_servers.agentctl_run=")]
    [InlineData("[mcp_servers.\"agentctl\"]\r\n  url=\"y\"", "mcp_servers.agentctl_run=")]
    [InlineData("[mcp_servers]\nagentctl = { url = \"y\" }", "mcp_servers.agentctl_run=")]
    [InlineData("mcp_servers.agentctl.url = \"y\"", "mcp_servers.agentctl_run=")]
    public void Codex_leaves_a_server_of_that_name_behind_an_address_alone(string settings, string expected) => Assert.Contains(
        Plan("codex", order: order => order with { Tools = Tools, Settings = settings }).Argv,
        arg => arg.StartsWith(expected, StringComparison.Ordinal));

    [Fact]
    public void Codex_keeps_the_persons_own_word_about_the_tools() => Assert.DoesNotContain("env_vars", Line(
        "codex",
        profile => profile with { Args = ["-c", "mcp_servers.agentctl.enabled=false"] },
        order => order with { Tools = Tools }), StringComparison.Ordinal);

    [Fact]
    public void Claude_gets_the_tools_by_a_file_before_the_profiles_own_servers_and_permissions()
    {
        var launch = Plan(
            "claude", profile => profile with { Args = ["--mcp-config", "own.json", "--allowedTools", "Bash(git *)"] },
            order => order with { Tools = Tools });
        Assert.Equal($"{ClaudeStart} acceptEdits --mcp-config /runs/a1/mcp.json --allowedTools mcp__agentctl "
            + "--mcp-config own.json --allowedTools Bash(git *)", string.Join(' ', launch.Argv));
        Assert.Equal("{\"mcpServers\":{\"agentctl\":{\"type\":\"stdio\",\"command\":\"/opt/a \\\"b\\\"/agentctl\","
            + "\"args\":[\"mcp\"],\"env\":{"
            + "\"AGENTCTL_URL\":\"${AGENTCTL_URL}\",\"AGENTCTL_RUN_ID\":\"${AGENTCTL_RUN_ID}\","
            + "\"AGENTCTL_SESSION_ID\":\"${AGENTCTL_SESSION_ID}\",\"AGENTCTL_AUTH_TOKEN\":\"${AGENTCTL_AUTH_TOKEN}\"}}}}",
            launch.Files["mcp.json"]);
    }

    [Fact]
    public void OpenCode_gets_the_tools_as_settings_in_a_variable() => Assert.Equal(
        "{\"mcp\":{\"agentctl\":{\"type\":\"local\",\"command\":[\"/opt/a \\\"b\\\"/agentctl\",\"mcp\"],"
            + "\"enabled\":true,\"timeout\":90000}}}",
        Plan("opencode", order: order => order with { Tools = Tools }).DefaultEnvironment["OPENCODE_CONFIG_CONTENT"]);

    [Theory]
    [InlineData("/opt/agentctl", "/opt/agentctl.dll", "/opt/agentctl mcp")]
    [InlineData("/usr/bin/dotnet", "/opt/agentctl.dll", "/usr/bin/dotnet /opt/agentctl.dll mcp")]
    public void The_tools_are_this_very_program(string process, string library, string expected)
    {
        var tools = ToolProgram.Of(process, library);
        Assert.Equal(expected, $"{tools.Program} {string.Join(' ', tools.Args)}");
    }

    [Fact]
    public void A_path_is_quoted_as_toml_reads_it() =>
        Assert.Equal("\"a\\\\b\\\"c\\u000aü\"", CodexTools.Quoted("a\\b\"c\nü"));

    static string Line(string agent, Func<Profile, Profile>? profile = null, Func<AgentOrder, AgentOrder>? order = null) =>
        string.Join(' ', Plan(agent, profile, order).Argv);

    static Launch Plan(string agent, Func<Profile, Profile>? profile = null, Func<AgentOrder, AgentOrder>? order = null)
    {
        var plain = Capture.OrderFor(agent);
        plain = plain with { Profile = profile?.Invoke(plain.Profile) ?? plain.Profile };
        return AgentCatalog.Of(agent).Plan(order?.Invoke(plain) ?? plain);
    }
}
