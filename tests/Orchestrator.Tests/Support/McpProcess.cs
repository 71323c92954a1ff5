using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Orchestrator.Tests.Support;

/// <summary>
/// A running <c>agentctl mcp</c> with its streams as pipes, spoken to by raw lines: what is sent is exactly what stands in the test. Ended
/// with this object.
/// </summary>
sealed class McpProcess : IAsyncDisposable
{
    readonly Process process;
    readonly ConcurrentDictionary<string, JsonNode> answers = new();
    readonly ConcurrentQueue<JsonNode> notifications = new();
    readonly ConcurrentQueue<string> foreign = new();
    readonly Task reading;
    readonly Task<string> errors;
    int lastId;

    McpProcess(Process process)
    {
        this.process = process;
        reading = Read();
        errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Its process id.</summary>
    public int Pid => process.Id;

    /// <summary>True once its process is gone.</summary>
    public bool Ended => process.HasExited;

    /// <summary>Notifications so far, oldest first.</summary>
    public IReadOnlyList<JsonNode> Notifications => [.. notifications];

    /// <summary>Lines on standard output that are no messages, or a second answer to one request.</summary>
    public IReadOnlyList<string> Foreign => [.. foreign];

    /// <summary>Starts it; an agent's variables, or none.</summary>
    public static McpProcess Start(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(TestPrograms.Agentctl, ["mcp", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return new McpProcess(Process.Start(start)!);
    }

    /// <summary>The same, after the handshake of the era of 2025.</summary>
    public static async Task<McpProcess> Ready(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var server = Start(variables, arguments);
        await server.Ask("initialize", new JsonObject
        {
            ["protocolVersion"] = "2025-11-25",
            ["capabilities"] = new JsonObject(),
            ["clientInfo"] = new JsonObject { ["name"] = "spec", ["version"] = "1" },
        });
        await server.Send("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        return server;
    }

    /// <summary>Writes one line as it is.</summary>
    public async Task Send(string line)
    {
        await process.StandardInput.WriteAsync(line + "\n");
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Asks and waits for the answer, whatever it is.</summary>
    public async Task<JsonNode> Ask(string method, JsonNode? parameters = null)
    {
        var id = $"{Interlocked.Increment(ref lastId)}";
        await Send(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters }.ToJsonString());
        return await Answer(id);
    }

    /// <summary>The answer to a request with that id.</summary>
    public Task<JsonNode> Answer(string id) =>
        Eventually.Value(() => answers.GetValueOrDefault(id), $"the server answers request {id}", TimeSpan.FromSeconds(60));

    /// <summary>Calls a tool; its result, refused or not.</summary>
    public async Task<JsonNode> Call(string tool, JsonObject arguments, string? progressToken = null)
    {
        var call = new JsonObject { ["name"] = tool, ["arguments"] = arguments };
        if (progressToken is not null) call["_meta"] = new JsonObject { ["progressToken"] = progressToken };
        var answer = await Ask("tools/call", call);
        return answer["result"] ?? throw new InvalidOperationException(answer.ToJsonString());
    }

    /// <summary>Calls a tool that must succeed; its structured answer.</summary>
    public async Task<JsonNode> Good(string tool, JsonObject arguments, string? progressToken = null)
    {
        var result = await Call(tool, arguments, progressToken);
        Assert.True((bool?)result["isError"] is not true, result.ToJsonString());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse((string)result["content"]![0]!["text"]!), result["structuredContent"]),
            "text and structured content differ");
        return result["structuredContent"]!;
    }

    /// <summary>Calls a tool that must be refused; the words for the model.</summary>
    public async Task<string> Refused(string tool, JsonObject arguments)
    {
        var result = await Call(tool, arguments);
        Assert.True((bool?)result["isError"] is true, result.ToJsonString());
        Assert.Null(result["structuredContent"]);
        return (string)result["content"]![0]!["text"]!;
    }

    /// <summary>Closes its input; exit code and what it said on standard error.</summary>
    public async Task<(int Code, string Errors)> End()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await reading;
        return (process.ExitCode, await errors);
    }

    /// <summary>Sends the signal; the exit code.</summary>
    public async Task<int> Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, Pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode;
    }

    async Task Read()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Parse(line) is not { } message) foreign.Enqueue(line);
            else if (message["id"] is { } id)
            {
                if (!answers.TryAdd(id.ToString(), message)) foreign.Enqueue(line);
            }
            else notifications.Enqueue(message);
        }
    }

    static JsonObject? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
