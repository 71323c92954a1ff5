using System.Diagnostics;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Orchestrator.Bench;

/// <summary>The pinned Codex CLI with a home of its own that points at a scripted model server, and a folder to work in by hand.</summary>
sealed class CodexSeat : IAsyncDisposable
{
    readonly Process model;
    readonly HttpClient http;
    readonly string folder;

    CodexSeat(Process model, string address, string data)
    {
        this.model = model;
        http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) };
        // Beside the folders the daemon makes for its runs.
        folder = Directory.CreateDirectory(Path.Combine(data, "workspaces", "by-hand")).FullName;
        var home = Directory.CreateDirectory(Path.Combine(data, "codex-home")).FullName;
        File.WriteAllText(Path.Combine(home, "config.toml"), $"""
            model = "gpt-5.5"
            model_provider = "fake"
            check_for_update_on_startup = false
            [analytics]
            enabled = false
            [model_providers.fake]
            name = "Fake"
            base_url = "{address}/v1"
            wire_api = "responses"
            env_key = "FAKE_API_KEY"
            """);
        var bin = Directory.CreateDirectory(Path.Combine(data, "codex-bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(bin, "codex"), Codex);
        Environment = new Dictionary<string, string>
        {
            ["CODEX_HOME"] = home,
            ["HOME"] = home,
            ["FAKE_API_KEY"] = "fake-key",
            ["PATH"] = $"{bin}:{System.Environment.GetEnvironmentVariable("PATH")}",
        };
    }

    /// <summary>Variables for the CLI by hand and for the daemon alike.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Why it cannot be taken here; null when it can.</summary>
    public static string? WhyNot => !File.Exists(Codex) ? "the agents' command lines are not installed: sh tests/agent-clis/install.sh"
        : !Works() ? "Codex's sandbox gets no namespaces on this machine" : null;

    static string Codex { get; } = Path.Combine(BenchDaemon.Root, "tests", "agent-clis", "node_modules",
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? "@openai/codex-linux-arm64/vendor/aarch64-unknown-linux-musl/bin/codex"
            : "@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex");

    public static async Task<CodexSeat> Take(string data)
    {
        var program = Path.Combine(BenchDaemon.Root, "artifacts", "bin", "FakeModel", "release", "fake-model");
        var model = Process.Start(new ProcessStartInfo(program, ["--port", "0", "--until-stdin-closes"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        return await model.StandardOutput.ReadLineAsync() is { } line && line.Split(' ') is ["listening", var address]
            ? new CodexSeat(model, address, data)
            : throw new InvalidOperationException("the model server did not start");
    }

    /// <summary>The words that gave an earlier run our tools, for a command line by hand.</summary>
    public static async Task<IReadOnlyList<string>> Tools(BenchDaemon daemon, string runId)
    {
        var order = JsonNode.Parse(File.ReadAllText(Path.Combine(daemon.Data, "runs", runId, "order.json")))!;
        var setting = order["argv"]!.AsArray().Select(word => (string)word!)
            .Single(word => word.StartsWith("mcp_servers.agentctl=", StringComparison.Ordinal));
        var session = (string)(await daemon.Get($"/runs/{runId}"))["run"]!["session_id"]!;
        return
        [
            "-c", setting.Replace("\"AGENTCTL_URL\",\"AGENTCTL_RUN_ID\",\"AGENTCTL_SESSION_ID\",\"AGENTCTL_AUTH_TOKEN\",", "",
                StringComparison.Ordinal),
            "-c", $"mcp_servers.agentctl.env={{AGENTCTL_URL=\"{daemon.Http.BaseAddress}\",AGENTCTL_RUN_ID=\"{runId}\","
                + $"AGENTCTL_SESSION_ID=\"{session}\",AGENTCTL_AUTH_TOKEN=\"{daemon.Token}\"}}",
        ];
    }

    /// <summary>One turn as a person types it: <c>codex exec</c> with the prompt on standard input.</summary>
    public async Task Exec(IReadOnlyList<string> tools, string prompt)
    {
        using var process = Start([.. tools, "exec", "--json", "-s", "workspace-write", "--skip-git-repo-check", "-"]);
        await process.StandardInput.WriteAsync(prompt);
        process.StandardInput.Close();
        var said = await process.StandardOutput.ReadToEndAsync();
        await Ended(process, said, "turn.completed");
    }

    /// <summary>One turn by the smallest script that speaks with <c>codex app-server</c>.</summary>
    public async Task AppServer(IReadOnlyList<string> tools, string prompt)
    {
        using var process = Start([.. tools, "app-server"]);
        await Say(process, """{"id":1,"method":"initialize","params":{"clientInfo":{"name":"by-hand","version":"1"}}}""");
        await Say(process, """{"method":"initialized"}""");
        await Say(process, new JsonObject
        {
            ["id"] = 2,
            ["method"] = "thread/start",
            ["params"] = new JsonObject { ["cwd"] = folder, ["approvalPolicy"] = "on-request", ["sandbox"] = "workspace-write" },
        }.ToJsonString());
        var last = "";
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            var said = JsonNode.Parse(line)!;
            last = (string?)said["method"] ?? "";
            if ((int?)said["id"] == 2)
                await Say(process, new JsonObject
                {
                    ["id"] = 3,
                    ["method"] = "turn/start",
                    ["params"] = new JsonObject
                    {
                        ["threadId"] = (string?)said["result"]!["thread"]!["id"],
                        ["input"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = prompt }),
                    },
                }.ToJsonString());
            if (last == "turn/completed")
                break;
        }

        process.StandardInput.Close();
        await process.StandardOutput.ReadToEndAsync();
        await Ended(process, last, "turn/completed");
    }

    /// <summary>Waits until so many agents are held by the model at a step that begins like this.</summary>
    public async Task AskedFor(int count, string step)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await http.GetFromJsonAsync<JsonArray>("/__requests"))!
            .Count(seen => seen!["answer"]?[0] is { } first && ((string)first!).StartsWith(step, StringComparison.Ordinal)) < count)
            await pause.WaitForNextTickAsync();
    }

    /// <summary>Lets the agents go on that are held at that gate.</summary>
    public async Task Release(string gate) => (await http.PostAsync($"/__release?name={gate}", null)).EnsureSuccessStatusCode();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        model.Kill();
        await model.WaitForExitAsync();
        model.Dispose();
    }

    /// <summary>The sandbox needs what some kernels refuse.</summary>
    static bool Works()
    {
        using var process = Process.Start(new ProcessStartInfo(Codex, ["sandbox", "--", "true"]) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Codex, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    static Task Say(Process process, string line) => process.StandardInput.WriteLineAsync(line).ContinueWith(
        _ => process.StandardInput.Flush(), TaskScheduler.Default);

    static async Task Ended(Process process, string said, string wanted)
    {
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 || !said.Contains(wanted, StringComparison.Ordinal))
            throw new InvalidOperationException($"codex by hand ended with {process.ExitCode}: {said}");
    }
}
