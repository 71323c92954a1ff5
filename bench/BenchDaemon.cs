using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Orchestrator.Bench;

/// <summary>The published daemon as a process of its own, with a data folder of its own.</summary>
sealed class BenchDaemon : IAsyncDisposable
{
    readonly Process process;

    BenchDaemon(Process process, string data, HttpClient http, string token)
    {
        this.process = process;
        Data = data;
        Http = http;
        Token = token;
    }

    public string Data { get; }

    public string Token { get; }

    public HttpClient Http { get; }

    public int Pid => process.Id;

    /// <summary>The repository's folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The program under measure: the publish that bin/agentctl starts.</summary>
    public static string Program { get; } = Published();

    /// <summary>A folder for this run on the same disk as the repository.</summary>
    public static string NewFolder() => Directory.CreateDirectory(Path.Combine(Root, "artifacts", "bench", Ids.New())).FullName;

    public static async Task<BenchDaemon> Start(
        string config, int slots = 4, string? data = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        data ??= NewFolder();
        if (config.Length > 0)
            await File.WriteAllTextAsync(Path.Combine(data, "config.yaml"), config);
        File.Delete(Path.Combine(data, "daemon.json"));
        var start = new ProcessStartInfo(Program, ["agentd", "--data", data, "--port", "0", "--max-concurrency",
            $"{slots}"])
        { RedirectStandardOutput = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        // The first line is printed when it listens.
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("agentd ended at once");
        var url = line.Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal));
        var token = (await File.ReadAllTextAsync(Path.Combine(data, "token"))).Trim();
        var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 2048, PooledConnectionLifetime = Timeout.InfiniteTimeSpan };
        var http = new HttpClient(handler) { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(5) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new BenchDaemon(process, data, http, token);
    }

    public async Task<JsonNode> Post(string path, JsonObject body)
    {
        using var answer = await Http.PostAsync(path, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException(text);
    }

    public async Task<JsonNode> Get(string path) => JsonNode.Parse(await Http.GetStringAsync(path))!;

    /// <summary>Memory that is the daemon's own, in MB.</summary>
    public double MemoryMb()
    {
        process.Refresh();
        return process.WorkingSet64 / 1e6;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(Data, recursive: true);
    }

    static string Published()
    {
        var marker = Path.Combine(Root, "artifacts", "publish", "current");
        return File.Exists(marker)
            ? Path.Combine(Root, "artifacts", "publish", File.ReadAllLines(marker)[1], "agentctl")
            : throw new FileNotFoundException("There is no publish; './run build' makes it.", marker);
    }

    static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Orchestrator.slnx")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
