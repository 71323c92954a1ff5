using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Terminals;

namespace Orchestrator.Tests.Support;

/// <summary>
/// The real daemon as a real process, with a data folder of its own that survives kills and restarts. Profiles: <c>fake</c> (the scripted
/// agent, its steps are the prompt's lines that begin with !) and what a test adds to config.yaml.
/// </summary>
sealed class TestDaemon : IAsyncDisposable
{
    readonly Dictionary<string, string> variables = [];
    readonly StringBuilder said = new();
    Process? process;
    HttpClient? http;
    bool keepAnnouncement;

    TestDaemon(string root)
    {
        Root = root;
        Data = Path.Combine(root, "data");
        Directory.CreateDirectory(Data);
    }

    /// <summary>Folder of this test; removed at the end.</summary>
    public string Root { get; }

    /// <summary>The daemon's data folder.</summary>
    public string Data { get; }

    /// <summary>Where it listens now.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Its process id now.</summary>
    public int Pid => process!.Id;

    /// <summary>True while its process lives.</summary>
    public bool Alive => process is { HasExited: false };

    /// <summary>What it printed, all lives together.</summary>
    public string Said
    {
        get
        {
            lock (said)
                return said.ToString();
        }
    }

    /// <summary>Flags added at each start.</summary>
    public List<string> Flags { get; } = [];

    /// <summary>A client that carries the local token.</summary>
    public HttpClient Http => http!;

    /// <summary>Prepares a daemon without starting it.</summary>
    public static TestDaemon Prepare(string? moreConfig = null)
    {
        var root = TestPrograms.Scratch(Ids.New());
        Directory.CreateDirectory(root);
        var daemon = new TestDaemon(root);
        File.WriteAllText(Path.Combine(daemon.Data, "config.yaml"), $$"""
            profiles:
              fake:
                agent: command
                command: ["{{TestPrograms.FakeAgent}}"]
            {{moreConfig}}
            """);
        return daemon;
    }

    public static async Task<TestDaemon> Start(string? moreConfig = null)
    {
        var daemon = Prepare(moreConfig);
        await daemon.Start();
        return daemon;
    }

    /// <summary>Another daemon on the same data folder, not started. It is not to be disposed: the first one cleans up.</summary>
    public TestDaemon Twin() => new(Root) { keepAnnouncement = true };

    /// <summary>Sets a variable for the next start.</summary>
    public TestDaemon With(string name, string value)
    {
        variables[name] = value;
        return this;
    }

    public void Without(string name) => variables.Remove(name);

    /// <summary>A variable set for the next start; null when it is not.</summary>
    public string? Variable(string name) => variables.GetValueOrDefault(name);

    /// <summary>Starts it and waits until it answers; the port is a free one each time.</summary>
    public async Task Start()
    {
        Launch();
        var url = await Eventually.Value(() =>
            process!.HasExited ? throw new InvalidOperationException($"agentd ended: {Said}") : Listening(), "agentd listens");
        Connect(url);
    }

    /// <summary>Starts it and waits until it answers or has died at a crash point.</summary>
    public async Task StartOrDie()
    {
        Launch();
        var url = await Eventually.Value(() => process!.HasExited ? "" : Listening(), "agentd listens or has died");
        if (url.Length > 0)
            Connect(url);
    }

    /// <summary>Starts it expecting it to end by itself; its exit code.</summary>
    public async Task<int> StartAndEnd()
    {
        Launch();
        await Died();
        process!.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>Waits until it has died by itself (a crash point).</summary>
    public Task Died() =>
        process!.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30),
        TestContext.Current.CancellationToken);

    /// <summary>kill -9.</summary>
    public async Task Kill()
    {
        process!.Kill();
        await Died();
    }

    /// <summary>Starts it and ends it by the signal after a while, wherever it is then, perhaps before it listens.</summary>
    public async Task StartAndSignal(string signal, TimeSpan after)
    {
        Launch();
        await Moment.Later(after);
        await Signal(signal);
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    public Task Stop() => Signal("TERM");

    /// <summary>Its exit code, once it has ended.</summary>
    public int ExitCode => process!.ExitCode;

    /// <summary>Sends the signal and waits for the end.</summary>
    public async Task Signal(string name)
    {
        await Tell(name);
        await Died();
    }

    /// <summary>Sends the signal.</summary>
    public async Task Tell(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, Pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The local token.</summary>
    public string Token => File.ReadAllText(Path.Combine(Data, "token")).Trim();

    public async Task<JsonNode> Get(string path)
    {
        using var answer = await Http.GetAsync(path, TestContext.Current.CancellationToken);
        return await Read(answer);
    }

    public async Task<JsonNode> Post(string path, JsonNode? body = null)
    {
        using var answer = await Send(HttpMethod.Post, path, body);
        return await Read(answer);
    }

    /// <summary>The raw answer, whatever its status.</summary>
    public Task<HttpResponseMessage> Send(HttpMethod method, string path, JsonNode? body = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Queues a run of the scripted agent; each step is one line of its script.</summary>
    public async Task<string> Run(params string[] steps) => (string)(await Post("/runs", Order(steps)))["run"]!["id"]!;

    /// <summary>The body of such a run.</summary>
    public static JsonObject Order(params string[] steps) => new()
    {
        ["prompt"] = "work\n" + string.Join("\n", steps.Select(step => "!" + step)),
        ["profile"] = "fake",
    };

    /// <summary>A client with another token than the local one; null for none. No cookies, no redirects.</summary>
    public HttpClient As(string? token)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(Url),
            Timeout = TimeSpan.FromSeconds(60),
        };
        if (token is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Makes a named token; its secret.</summary>
    public async Task<string> NewToken(string name, params string[] scopes) => (string)(await Post("/tokens", new JsonObject
    {
        ["name"] = name,
        ["scopes"] = new JsonArray([.. scopes.Select(scope => (JsonNode)scope)]),
    }))["secret"]!;

    /// <summary>The own token of a run whose first step is <c>env AGENTCTL_AUTH_TOKEN</c>.</summary>
    public async Task<string> TokenOf(string runId)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (true)
        {
            await ticks.WaitForNextTickAsync(TestContext.Current.CancellationToken);
            using var page = await Send(HttpMethod.Get, $"/runs/{runId}/output");
            var printed = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (printed.EndsWith('\n'))
                return printed["AGENTCTL_AUTH_TOKEN=".Length..].Trim();
        }
    }

    /// <summary>The run once it has ended.</summary>
    public async Task<JsonNode> Ended(string runId, int seconds = 60)
    {
        var answer = await Get($"/runs/{runId}/wait?timeout_s={seconds}");
        Assert.False((bool)answer["timed_out"]!, $"run {runId} has not ended: {answer["run"]!.ToJsonString()}\n{Said}");
        return answer["run"]!;
    }

    /// <summary>Every event of a session or, without one, of the whole store, page by page.</summary>
    public async Task<List<JsonNode>> Events(string? sessionId = null)
    {
        var all = new List<JsonNode>();
        var cursor = "0";
        while (true)
        {
            var page = await Get(sessionId is null ? $"/events?limit=500&cursor={cursor}"
                : $"/sessions/{sessionId}/events?limit=500&cursor={cursor}");
            var events = page["events"]!.AsArray();
            all.AddRange(events.Select(e => e!.DeepClone()));
            if (events.Count == 0)
                return all;
            cursor = (string)page["next_cursor"]!;
        }
    }

    /// <summary>The events of one run.</summary>
    public async Task<List<JsonNode>> EventsOf(string runId)
    {
        var session = (string)(await Get($"/runs/{runId}"))["run"]!["session_id"]!;
        return [.. (await Events(session)).Where(e => (string?)e["run_id"] == runId)];
    }

    /// <summary>Processes that still carry the run's marker.</summary>
    public static IReadOnlyList<string> ProcessesOf(string runId) => [.. Leftovers.Find(runId).Select(left => left.Command)];

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            process.Kill();
            await process.WaitForExitAsync();
        }

        // One look at all processes of the machine, and not one for each run.
        var marked = MarkedProcesses.All().Select(process => process.RunId).ToHashSet();
        foreach (var kind in (string[])["runs", "commands"])
            foreach (var folder in Directory.Exists(Path.Combine(Data, kind)) ? Directory.GetDirectories(Path.Combine(Data, kind)) : [])
                if (Path.GetFileName(folder) is var id && (OperatingSystem.IsMacOS() || marked.Contains(id) || Cgroup.Members(id).Any()))
                    await Leftovers.Sweep(id, TimeSpan.FromMilliseconds(200), TimeProvider.System);
                else
                    Cgroup.Remove(id);
        process?.Dispose();
        http?.Dispose();
        Directory.Delete(Root, recursive: true);
    }

    void Launch()
    {
        process?.Dispose();
        if (!keepAnnouncement)
            File.Delete(Path.Combine(Data, "daemon.json"));
        var start = new ProcessStartInfo(TestPrograms.Agentctl)
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in new[] { "agentd", "--data", Data, "--port", "0" }.Concat(Flags))
            start.ArgumentList.Add(argument);
        // A daemon of a test lives for seconds: code compiled once more, and better, would not pay before it is killed.
        start.Environment["DOTNET_TC_CallCounting"] = "0";
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        process = Process.Start(start)!;
        process.StandardInput.Close();
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    void Connect(string url)
    {
        Url = url;
        http?.Dispose();
        http = new HttpClient(new DocumentedAnswers()) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromSeconds(320) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    void Hear(string? line)
    {
        lock (said)
            said.AppendLine(line);
    }

    string? Listening()
    {
        var file = Path.Combine(Data, "daemon.json");
        return File.Exists(file) && JsonNode.Parse(File.ReadAllText(file)) is { } facts && (int)facts["pid"]! == process!.Id
            ? (string)facts["url"]! : null;
    }

    static async Task<JsonNode> Read(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }
}
