using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Orchestrator.Tests.Support;

/// <summary>What a CLI's process left behind.</summary>
/// <param name="ExitCode">Its exit code; 128 and more after a signal.</param>
/// <param name="Events">Its stdout, one JSON object per line.</param>
/// <param name="Stderr">All of its stderr.</param>
sealed record CliOutcome(int ExitCode, IReadOnlyList<JsonNode> Events, string Stderr)
{
    /// <summary>The events of a type, e.g. <c>turn.completed</c>.</summary>
    public IEnumerable<JsonNode> OfType(string type) => Events.Where(line => (string?)line["type"] == type);

    /// <summary>All there is to see, for the message of a failed assertion.</summary>
    public override string ToString() =>
        $"exit {ExitCode}\n{string.Join('\n', Events.Select(line => line.ToJsonString()))}\n{Stderr}";
}

/// <summary>
/// A real agent CLI (the pinned versions of tests/agent-clis) with a home of its own that points at a scripted model
/// server, and a git repository to work in. The test is skipped with a reason when the CLI is not installed. Folders are
/// deleted with it. They lie below artifacts/, because Codex refuses a home below the system's temporary folder.
/// </summary>
sealed class AgentCli : IDisposable
{
    readonly string _folder;
    readonly List<Process> _started = [];

    AgentCli(string program, Func<string, Dictionary<string, string>> environment)
    {
        Program = program;
        _folder = TestPrograms.Scratch("cli-" + Guid.NewGuid().ToString("N")[..12]);
        Home = Directory.CreateDirectory(Path.Combine(_folder, "home")).FullName;
        Workspace = Directory.CreateDirectory(Path.Combine(_folder, "workspace")).FullName;
        // A home of its own for the shells too: what a user's login profile does takes time, and locks.
        Environment = new Dictionary<string, string>(environment(Home)) { ["HOME"] = Home };
        using var git = Process.Start(new ProcessStartInfo("git", ["init", "--quiet", Workspace]))!;
        git.WaitForExit();
    }

    /// <summary>The native program, started without node.</summary>
    public string Program { get; }

    /// <summary>The CLI's own home (CODEX_HOME or CLAUDE_CONFIG_DIR).</summary>
    public string Home { get; }

    /// <summary>A git repository without a commit.</summary>
    public string Workspace { get; }

    /// <summary>Variables to add to the process's own, so that it talks to the scripted server and to nobody else.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Codex, for <c>exec</c> and <c>app-server</c>. One retry at each level: a refusing server costs a second or two.</summary>
    public static AgentCli Codex(FakeModelServer model) => new(Installed(CodexProgram), home =>
    {
        File.WriteAllText(Path.Combine(home, "config.toml"), $"""
            model = "gpt-5.5"
            model_provider = "fake"
            check_for_update_on_startup = false
            [analytics]
            enabled = false
            [model_providers.fake]
            name = "Fake"
            base_url = "{model.Address}/v1"
            wire_api = "responses"
            env_key = "FAKE_API_KEY"
            request_max_retries = 1
            stream_max_retries = 1
            """);
        return new() { ["CODEX_HOME"] = home, ["FAKE_API_KEY"] = "fake-key" };
    });

    /// <summary>Claude Code. One retry; IS_SANDBOX lets root use the mode without questions, as in a container.</summary>
    public static AgentCli Claude(FakeModelServer model) => new(Installed(ClaudeProgram), home => new()
    {
        ["ANTHROPIC_BASE_URL"] = model.Address,
        ["ANTHROPIC_API_KEY"] = "fake-key",
        ["CLAUDE_CONFIG_DIR"] = home,
        ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
        ["DISABLE_AUTOUPDATER"] = "1",
        ["CLAUDE_CODE_MAX_RETRIES"] = "1",
        ["IS_SANDBOX"] = "1",
    });

    /// <summary>
    /// Gemini. A script for node, and a login by key, which it must be told in its settings. One attempt: it waits five seconds before the
    /// second one, and no setting makes that shorter.
    /// </summary>
    public static AgentCli Gemini(FakeModelServer model) => new(Installed("@google/gemini-cli/bundle/gemini.js"), home =>
    {
        var folder = Directory.CreateDirectory(Path.Combine(home, ".gemini")).FullName;
        File.WriteAllText(Path.Combine(folder, "settings.json"), """
            {"security":{"auth":{"selectedType":"gemini-api-key"}},
             "general":{"maxAttempts":1,"enableAutoUpdate":false,"enableAutoUpdateNotification":false},
             "privacy":{"usageStatisticsEnabled":false}}
            """);
        return new()
        {
            ["GEMINI_CLI_HOME"] = home,
            ["GEMINI_API_KEY"] = "fake-key",
            ["GOOGLE_GEMINI_BASE_URL"] = model.Address,
        };
    });

    /// <summary>An adapter that makes Claude Code an ACP agent; its home and key are those of <see cref="Claude"/>.</summary>
    public static string AcpAdapter => PathOf("@agentclientprotocol/claude-agent-acp/dist/index.js");

    /// <summary>True where the pinned OpenCode runs: there is one for x64 only.</summary>
    public static bool HasOpenCode => !IsArm && File.Exists(PathOf(OpenCodeProgram));

    /// <summary>OpenCode with a provider of its own. It fetches nothing.</summary>
    public static AgentCli OpenCode(FakeModelServer model) => new(Installed(OpenCodeProgram), home =>
    {
        var config = Path.Combine(home, "opencode.json");
        File.WriteAllText(config, """
            {"autoupdate":false,"share":"disabled","model":"fake/fake-model","small_model":"fake/fake-model",
             "provider":{"fake":{"npm":"@ai-sdk/openai-compatible",
              "options":{"baseURL":"ADDRESS/v1","apiKey":"{env:OPENCODE_OWN_SECRET}"},
              "models":{"fake-model":{"limit":{"context":200000,"output":8000}}}}}}
            """.Replace("ADDRESS", model.Address, StringComparison.Ordinal));
        return new()
        {
            ["OPENCODE_CONFIG"] = config,
            ["OPENCODE_OWN_SECRET"] = "fake-key",
            ["OPENCODE_DISABLE_MODELS_FETCH"] = "1",
            ["OPENCODE_DISABLE_DEFAULT_PLUGINS"] = "1",
            ["XDG_CONFIG_HOME"] = Path.Combine(home, "config"),
            ["XDG_DATA_HOME"] = Path.Combine(home, "data"),
            ["XDG_STATE_HOME"] = Path.Combine(home, "state"),
            ["XDG_CACHE_HOME"] = Path.Combine(home, "cache"),
        };
    });

    /// <summary>Runs the CLI in the workspace with an empty stdin, to its end.</summary>
    public Task<CliOutcome> Run(CancellationToken kill, params string[] arguments) => Finish(Start(arguments), kill);

    /// <summary>Starts the CLI in the workspace with an empty stdin; give the process to <see cref="Finish"/>.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            WorkingDirectory = Workspace,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        lock (_started) _started.Add(process);
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Reads all the process says and waits for its end; it is killed when <paramref name="kill"/> asks for it.</summary>
    public static async Task<CliOutcome> Finish(Process process, CancellationToken kill)
    {
        await using var killing = kill.Register(() => process.Kill(entireProcessTree: true));
        var stderr = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var events = new List<JsonNode>();
        while (await process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
            if (line.StartsWith('{')) events.Add(JsonNode.Parse(line)!);
        await process.WaitForExitAsync(CancellationToken.None);
        kill.ThrowIfCancellationRequested();
        return new(process.ExitCode, events, await stderr);
    }

    /// <summary>The text of a file in the workspace.</summary>
    public string Read(string file) => File.ReadAllText(Path.Combine(Workspace, file));

    /// <summary>Kills what still runs of what was started here, with its commands, and deletes the folders.</summary>
    public void Dispose()
    {
        foreach (var process in _started)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    static string CodexProgram => IsArm
        ? "@openai/codex-linux-arm64/vendor/aarch64-unknown-linux-musl/bin/codex"
        : "@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex";

    static string ClaudeProgram => IsArm ? "@anthropic-ai/claude-code-linux-arm64/claude" : "@anthropic-ai/claude-code-linux-x64/claude";

    const string OpenCodeProgram = "opencode-linux-x64/bin/opencode";

    static string PathOf(string program) => Path.Combine(TestPrograms.RepositoryRoot, "tests", "agent-clis", "node_modules", program);

    static string Installed(string program)
    {
        var path = PathOf(program);
        if (!File.Exists(path)) Assert.Skip("the real agent CLIs are not installed: run tests/agent-clis/install.sh");
        return path;
    }
}
