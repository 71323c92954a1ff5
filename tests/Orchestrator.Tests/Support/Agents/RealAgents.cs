using System.Diagnostics;
using System.Text.Json.Nodes;
using Orchestrator.Terminals;

namespace Orchestrator.Tests.Support;

/// <summary>
/// The real agent CLIs behind the real daemon, against a scripted model server: what a user has, without an account. One for all tests of
/// a class. The CLIs are found on the daemon's PATH, their homes and keys are in its environment, as a user's would be.
/// </summary>
public sealed class RealAgents : IAsyncDisposable
{
    /// <summary>Profiles beside the plain ones.</summary>
    const string Profiles = """
          free:
            agent: claude
            sandbox: full-access
          loose:
            agent: codex
            sandbox: full-access
          printed:
            agent: claude
            protocol: print
          looks:
            agent: claude
            sandbox: read-only
          talk:
            agent: claude
            protocol: stream
          served:
            agent: codex
            protocol: app-server
          served-free:
            agent: codex
            protocol: app-server
            sandbox: full-access
          talk-free:
            agent: claude
            protocol: stream
            sandbox: full-access
          other:
            agent: codex
            effort: low
            model: gpt-5.5
          structured:
            agent: codex
            structured_result: true
          structured-claude:
            agent: claude
            structured_result: true
          patient:
            agent: codex
            env: {CODEX_PATIENT: "1"}
            retry: {mode: provider}
          patient-served:
            agent: codex
            protocol: app-server
            env: {CODEX_PATIENT: "2"}
            retry: {mode: provider}
          patient-claude:
            agent: claude
            env: {ANTHROPIC_CUSTOM_MODEL_OPTION: "none"}
            retry: {mode: provider}
          dead:
            agent: codex
            env: {CODEX_HOME: "DEADHOME"}
          dead-claude:
            agent: claude
            env: {ANTHROPIC_BASE_URL: "http://127.0.0.1:9"}
          own-key:
            agent: codex
            env: {CODEX_HOME: "OWNKEYHOME"}
          same-name:
            agent: codex
            env: {CODEX_HOME: "SAMENAMEHOME"}
          remote-name:
            agent: codex
            env: {CODEX_HOME: "REMOTENAMEHOME"}
          same-name-claude:
            agent: claude
            env: {CLAUDE_CONFIG_DIR: "SAMECLAUDEHOME"}
          more-tools:
            agent: claude
            protocol: print
            args: ["--mcp-config", "OTHERSERVERS", "--allowedTools", "mcp__second__list_requests", "Bash(echo:*)"]
          no-key:
            agent: codex
            env: {FAKE_API_KEY: ""}
          no-login:
            agent: claude
            env: {ANTHROPIC_API_KEY: ""}
          no-path:
            agent: claude
            env: {PATH: "/nowhere"}
          no-program:
            agent: codex
            command: ["/nowhere/codex"]
          wrong-flags:
            agent: codex
            args: ["--nonsense"]
          wrong-flags-claude:
            agent: claude
            args: ["--nonsense"]
          silent:
            agent: codex
            limits: {idle_s: 2, total_s: 100}
          short:
            agent: claude
            sandbox: full-access
            limits: {idle_s: 100, total_s: 3}
          gemini:
            agent: gemini
            model: gemini-2.5-pro
            env: {TMPDIR: "REPORTS"}
          gemini-free:
            agent: gemini
            model: gemini-2.5-pro
            sandbox: full-access
            env: {TMPDIR: "REPORTS"}
          gemini-elsewhere:
            agent: gemini
            model: gemini-2.5-pro
            env: {GEMINI_CLI_HOME: "REPORTS/home", TMPDIR: "REPORTS"}
          gemini-again:
            agent: gemini
            model: gemini-2.5-pro
            env: {GEMINI_CLI_HOME: "REPORTS/again", TMPDIR: "REPORTS"}
          gemini-acp-again:
            agent: gemini
            protocol: acp
            model: gemini-2.5-pro
            env: {GEMINI_CLI_HOME: "REPORTS/again", TMPDIR: "REPORTS"}
          gemini-no-login:
            agent: gemini
            model: gemini-2.5-pro
            env: {GEMINI_API_KEY: ""}
          gemini-acp:
            agent: gemini
            protocol: acp
            model: gemini-2.5-pro
            env: {TMPDIR: "REPORTS"}
          gemini-acp-free:
            agent: gemini
            protocol: acp
            model: gemini-2.5-pro
            sandbox: full-access
            env: {TMPDIR: "REPORTS"}
          opencode-acp:
            agent: opencode
            protocol: acp
          opencode-acp-free:
            agent: opencode
            protocol: acp
            sandbox: full-access
          adapter:
            agent: acp
            command: ["ADAPTER"]
            env: {IS_SANDBOX: "1"}
          adapter-free:
            agent: acp
            command: ["ADAPTER"]
            sandbox: full-access
            env: {IS_SANDBOX: "1"}
          loop:
            agent: openai
            model: kimi-test
            env: {OPENAI_BASE_URL: "MODELADDRESS/v1", OPENAI_API_KEY: "fake-key"}
          loop-free:
            agent: openai
            model: kimi-test
            sandbox: full-access
            env: {OPENAI_BASE_URL: "MODELADDRESS/v1", OPENAI_API_KEY: "fake-key"}
          opencode-read:
            agent: opencode
            sandbox: read-only
          opencode-elsewhere:
            agent: opencode
            env: {XDG_DATA_HOME: "REPORTS/data"}
        """;

    FakeModelServer? model;
    TestDaemon? daemon;
    AgentCli? codex;
    AgentCli? claude;
    AgentCli? gemini;
    AgentCli? opencode;
    bool hasOpenCodeData;

    internal FakeModelServer Model => model!;

    /// <summary>CODEX_HOME and CLAUDE_CONFIG_DIR.</summary>
    internal string CodexHome => codex!.Home;

    internal string ClaudeHome => claude!.Home;

    /// <summary>The running daemon; skips the test when the CLIs are not installed.</summary>
    internal async Task<TestDaemon> Start()
    {
        if (daemon is not null)
            return daemon;
        model ??= await FakeModelServer.Start(TestContext.Current.CancellationToken);
        codex ??= AgentCli.Codex(model);
        claude ??= AgentCli.Claude(model);
        gemini ??= AgentCli.Gemini(model);
        if (AgentCli.HasOpenCode)
            opencode ??= AgentCli.OpenCode(model);
        File.WriteAllText(Path.Combine(CodexHome, "lean.config.toml"), "model_reasoning_effort = \"low\"\n");
        File.WriteAllText(Path.Combine(ClaudeHome, "settings.json"), "{\"includeCoAuthoredBy\":false}\n");
        var deadHome = Directory.CreateDirectory(Path.Combine(CodexHome, "..", "dead")).FullName;
        var own = File.ReadAllText(Path.Combine(CodexHome, "config.toml"));
        var dead = own.Replace(model.Address, "http://127.0.0.1:9", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(deadHome, "config.toml"), dead);
        var ownKeyHome = Directory.CreateDirectory(Path.Combine(CodexHome, "..", "own-key")).FullName;
        File.WriteAllText(Path.Combine(ownKeyHome, "config.toml"), own.Replace("FAKE_API_KEY", "MY_OWN_SECRET", StringComparison.Ordinal));
        var prepared = TestDaemon.Prepare(OwnServers(own)
            .Replace("DEADHOME", deadHome, StringComparison.Ordinal).Replace("OWNKEYHOME", ownKeyHome, StringComparison.Ordinal)
            .Replace("REPORTS", Reports(), StringComparison.Ordinal)
            .Replace("ADAPTER", AgentCli.AcpAdapter, StringComparison.Ordinal)
            .Replace("MODELADDRESS", model.Address, StringComparison.Ordinal));
        AgentCli[] all = opencode is null ? [codex, claude, gemini] : [codex, claude, gemini, opencode];
        foreach (var (name, value) in all.SelectMany(cli => cli.Environment))
            prepared.With(name, value);
        var bin = Directory.CreateDirectory(Path.Combine(prepared.Root, "bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(bin, "codex"), codex.Program);
        File.CreateSymbolicLink(Path.Combine(bin, "claude"), claude.Program);
        File.CreateSymbolicLink(Path.Combine(bin, "gemini"), gemini.Program);
        if (opencode is not null)
            File.CreateSymbolicLink(Path.Combine(bin, "opencode"), opencode.Program);
        // A home of their own: no login shell's noise, no settings of whoever runs the tests.
        prepared.With("PATH", $"{bin}:{Environment.GetEnvironmentVariable("PATH")}").With("HOME", prepared.Root);
        prepared.With("AGENTD_AUTH_TOKEN", "daemon-secret-1").With("MY_OWN_SECRET", "provider-key-1");
        prepared.Flags.AddRange(
        [
            "--max-concurrency", "8", "--codex-profile", "lean", "--codex-extra-arg=-c", "--codex-extra-arg", "hide_agent_reasoning=false",
        ]);
        await prepared.Start();
        return daemon = prepared;
    }

    /// <summary>Where Gemini leaves its reports of errors, beside homes in which no agent was before.</summary>
    string Reports()
    {
        var folder = Directory.CreateDirectory(Path.Combine(gemini!.Home, "..", "reports")).FullName;
        var home = Directory.CreateDirectory(Path.Combine(folder, "home", ".gemini")).FullName;
        var settings = File.ReadAllText(Path.Combine(gemini.Home, ".gemini", "settings.json"));
        File.WriteAllText(Path.Combine(home, "settings.json"), settings);
        var again = Directory.CreateDirectory(Path.Combine(folder, "again", ".gemini")).FullName;
        File.WriteAllText(Path.Combine(again, "settings.json"),
            settings.Replace("\"maxAttempts\":1", "\"maxAttempts\":2", StringComparison.Ordinal));
        return folder;
    }

    /// <summary>
    /// Skips the test where OpenCode is not installed. Its database is made before the first run: two first starts at once make the same
    /// tables, and the second one fails ("Failed query: CREATE TABLE …").
    /// </summary>
    internal async Task Need(string profile)
    {
        if (!profile.StartsWith("opencode", StringComparison.Ordinal))
            return;
        if (opencode is null)
            Assert.Skip("OpenCode is not installed for this machine");
        if (hasOpenCodeData)
            return;
        Assert.Equal(0, (await opencode.Run(TestContext.Current.CancellationToken, "session", "list")).ExitCode);
        hasOpenCodeData = true;
    }

    /// <summary>Homes with a tool server of the user's own: a broken one of our name, one behind an address, another beside ours.</summary>
    string OwnServers(string codexSettings)
    {
        string Home(string name, string file, string text)
        {
            var home = Directory.CreateDirectory(Path.Combine(CodexHome, "..", name)).FullName;
            File.WriteAllText(Path.Combine(home, file), text);
            return home;
        }

        var program = new JsonObject { ["type"] = "stdio", ["command"] = TestPrograms.Agentctl, ["args"] = new JsonArray("mcp") };
        var broken = new JsonObject { ["type"] = "stdio", ["command"] = "/nowhere/agentctl", ["args"] = new JsonArray() };
        return Profiles
            .Replace("SAMENAMEHOME", Home("same", "config.toml",
                codexSettings + "\n[mcp_servers.agentctl]\ncommand = \"/nowhere/agentctl\"\nenabled = false\n"),
                StringComparison.Ordinal)
            .Replace("REMOTENAMEHOME", Home("remote", "config.toml",
                codexSettings + "\n[mcp_servers.agentctl]\nenabled = false\nurl = \"http://127.0.0.1:9/mcp\"\n"),
                StringComparison.Ordinal)
            .Replace("SAMECLAUDEHOME", Home("same-claude", ".claude.json",
                new JsonObject { ["mcpServers"] = new JsonObject { ["agentctl"] = broken } }.ToJsonString()), StringComparison.Ordinal)
            .Replace("OTHERSERVERS", Path.Combine(Home("others", "servers.json",
                new JsonObject { ["mcpServers"] = new JsonObject { ["second"] = program } }.ToJsonString()), "servers.json"),
                StringComparison.Ordinal);
    }

    /// <summary>Skips the test where the kernel gives the agent's sandbox no namespaces.</summary>
    internal void NeedSandbox()
    {
        var start = new ProcessStartInfo(codex!.Program, ["sandbox", "--", "true"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["CODEX_HOME"] = CodexHome;
        using var process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            Assert.Skip("Codex's sandbox does not work on this machine: user namespaces are needed");
    }

    /// <summary>Queues a run; further members of the body as they are given.</summary>
    internal async Task<JsonNode> Queue(string profile, string prompt, JsonObject? more = null)
    {
        var body = more ?? [];
        body["profile"] = profile;
        body["prompt"] = prompt;
        return (await daemon!.Post("/runs", body))["run"]!;
    }

    /// <summary>A run from its prompt to its end.</summary>
    internal async Task<JsonNode> Run(string profile, string prompt, JsonObject? more = null)
    {
        await daemon!.Relieve();
        return await daemon!.Ended((string)(await Queue(profile, prompt, more))["id"]!, seconds: 120);
    }

    /// <summary>A message in the session of a run, until the run it starts has ended.</summary>
    internal async Task<JsonNode> Say(JsonNode run, string text, string? profile = null)
    {
        await daemon!.Relieve();
        var body = new JsonObject { ["role"] = "user", ["text"] = text, ["profile"] = profile };
        var next = (await daemon!.Post($"/sessions/{run["session_id"]}/messages", body))["run"]!;
        return await daemon.Ended((string)next["id"]!, seconds: 120);
    }

    /// <summary>The session of a run.</summary>
    internal async Task<JsonNode> Session(JsonNode run) => (await daemon!.Get($"/sessions/{run["session_id"]}"))["session"]!;

    /// <summary>The last thing an agent asked the model, with its body.</summary>
    internal async Task<JsonNode> LastRequest() =>
        (await Model.Requests(TestContext.Current.CancellationToken, bodies: true)).Last(request => request["body"] is not null);

    /// <summary>The folder a run without a project works in.</summary>
    internal string Folder(JsonNode run) => Path.Combine(daemon!.Data, "workspaces", (string)run["session_id"]!);

    /// <summary>Waits for a file an agent's command makes.</summary>
    internal static Task Appears(string folder, string name, int seconds = 60) =>
        Eventually.True(() => File.Exists(Path.Combine(folder, name)), $"{name} is made in {folder}", TimeSpan.FromSeconds(seconds));

    /// <summary>The agent's own process of a run: the first one of that program.</summary>
    internal static int PidOf(string runId, string program) => Leftovers.Find(runId)
        .Where(process => Path.GetFileName(new FileInfo($"/proc/{process.Identity.Pid}/exe").LinkTarget) == program)
        .MinBy(process => process.Identity.StartTime).Identity.Pid;

    /// <summary>Asserts a status, and shows the whole run otherwise.</summary>
    internal static void Is(string status, JsonNode run) => Assert.True((string?)run["status"] == status, run.ToJsonString());

    /// <summary>Asserts a failure for a reason.</summary>
    internal static void Failed(string reason, JsonNode run)
    {
        Is("failed", run);
        Assert.True((string?)run["reason"] == reason && (string?)run["error"]!["code"] == reason, run.ToJsonString());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (daemon is not null)
            await daemon.DisposeAsync();
        codex?.Dispose();
        claude?.Dispose();
        gemini?.Dispose();
        opencode?.Dispose();
        if (model is not null)
            await model.DisposeAsync();
    }
}
