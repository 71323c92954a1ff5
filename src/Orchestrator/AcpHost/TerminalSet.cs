using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Agents.Acp;
using Orchestrator.Terminals;

namespace Orchestrator.AcpHost;

/// <summary>The commands an agent has running here. They carry the run's marker, and end with it.</summary>
sealed class TerminalSet(CallPlace place, Action<string> toDaemon) : IAsyncDisposable
{
    /// <summary>Terminals that are not released.</summary>
    const int MostOpen = 32;

    /// <summary>Calls that wait for the end of a command.</summary>
    const int MostWaiting = 256;

    readonly ConcurrentDictionary<string, Terminal> open = [];
    int made, waiting;

    // {"command":"npm","args":["test"],"env":[{"name":"CI","value":"1"}],"cwd":"/repo","outputByteLimit":1048576} → {"terminalId":"t1"}
    public JsonObject Create(JsonElement asked)
    {
        if (!place.MayChange)
            throw new CallRefusal(CallRefusal.InvalidParams, "This run is read-only: no command is run.");
        if (open.Count >= MostOpen)
            throw new CallRefusal(CallRefusal.InvalidParams, $"{MostOpen} terminals are open; release one first.");
        var folder = place.Paths.Inside(asked.Text("cwd") ?? ".");
        if (!Directory.Exists(folder))
            throw new CallRefusal(CallRefusal.NotFound, $"'{asked.Text("cwd")}' is no folder.");
        var process = PipedProcess.Start(new PipedOrder
        {
            Argv = Words(asked, folder),
            Environment = Environment(asked),
            Folder = folder,
        });
        var id = $"t{++made}";
        // The daemon is told how it ended before the agent can say so: the agent's own lines only name the terminal.
        open[id] = new Terminal(process, asked.WholeOrNull("outputByteLimit"), place.Clock,
            (end, output) => toDaemon(AcpLines.SaysEnded(id, end.ShellCode, output)));
        return new() { ["terminalId"] = id };
    }

    // {"terminalId":"t1"} → {"output":"…","truncated":false,"exitStatus":{"exitCode":0,"signal":null}}
    public JsonObject Output(JsonElement asked)
    {
        var terminal = Of(asked);
        var (text, cut) = terminal.Output();
        var result = new JsonObject { ["output"] = text, ["truncated"] = cut };
        if (terminal.End is { } end)
            result["exitStatus"] = Status(end);
        return result;
    }

    // {"terminalId":"t1"} → {"exitCode":0,"signal":null}
    public async Task<JsonObject> WaitForExit(JsonElement asked)
    {
        if (waiting >= MostWaiting)
            throw new CallRefusal(CallRefusal.InvalidParams, $"{MostWaiting} calls wait already.");
        var terminal = Of(asked);
        Interlocked.Increment(ref waiting);
        try
        {
            return Status(await terminal.Ended);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    // {"terminalId":"t1"} → null
    public JsonObject? Kill(JsonElement asked)
    {
        Of(asked).Kill();
        return null;
    }

    // {"terminalId":"t1"} → null
    public JsonObject? Release(JsonElement asked)
    {
        var terminal = Of(asked);
        open.TryRemove(asked.Text("terminalId")!, out _);
        _ = terminal.DisposeAsync().AsTask();
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var terminal in open.Values)
            await terminal.DisposeAsync();
    }

    Terminal Of(JsonElement asked) => asked.Text("terminalId") is { } id && open.TryGetValue(id, out var terminal)
        ? terminal
        : throw new CallRefusal(CallRefusal.InvalidParams,
            $"There is no terminal '{ClippedText.Clip(asked.Text("terminalId") ?? "", 100)}': it was released, or never made.");

    /// <summary>A line without arguments is for the shell, as other clients take it.</summary>
    string[] Words(JsonElement asked, string folder)
    {
        var command = FileCalls.Need(asked, "command");
        var args = asked.Items("args").Select(word => word.AsText()
            ?? throw new CallRefusal(CallRefusal.InvalidParams, "'args' holds something that is no text.")).ToList();
        if (string.IsNullOrWhiteSpace(command))
            throw new CallRefusal(CallRefusal.InvalidParams, "'command' is empty.");
        if (args.Count == 0)
            return ["/bin/sh", "-c", command];
        var program = Executable.Find(command, place.Environment.GetValueOrDefault("PATH"), folder, out var problem)
            ?? throw new CallRefusal(CallRefusal.NotFound, problem);
        return [program, .. args];
    }

    /// <summary>The agent's own, and what it adds; our variables stay as they are, for the run's processes are found by them.</summary>
    Dictionary<string, string> Environment(JsonElement asked)
    {
        var result = new Dictionary<string, string>(place.Environment);
        foreach (var added in asked.Items("env"))
            if (added.Text("name") is { Length: > 0 } name && !name.Contains('=', StringComparison.Ordinal)
                && !name.StartsWith("AGENTCTL_", StringComparison.Ordinal))
                result[name] = added.Text("value") ?? "";
        return result;
    }

    static JsonObject Status(ProcessEnd end) => new()
    {
        ["exitCode"] = end.Code,
        ["signal"] = end.Signal switch
        {
            null => null,
            1 => "SIGHUP",
            2 => "SIGINT",
            9 => "SIGKILL",
            13 => "SIGPIPE",
            15 => "SIGTERM",
            { } other => "signal " + other.ToString(CultureInfo.InvariantCulture),
        },
    };
}
