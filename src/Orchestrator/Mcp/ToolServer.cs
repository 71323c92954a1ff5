using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Orchestrator.Cli;

namespace Orchestrator.Mcp;

/// <summary>
/// The protocol's side: calls as it brings them, answers as it takes them. The package speaks both eras, the handshake of 2025-11-25 and
/// the requests without one of 2026-07-28; it is named in this file and in the log only.
/// </summary>
/// <param name="settings">Where the daemon is.</param>
/// <param name="caller">Whose tools these are.</param>
/// <param name="clock">For waits.</param>
/// <param name="remark">Told what a person should know.</param>
/// <param name="helloId">Id, as JSON, of a request at the beginning of the input that is answered already.</param>
sealed class ToolServer(Settings settings, Caller caller, TimeProvider clock, Action<string> remark, byte[]? helloId)
{
    /// <summary>What calls still have when the client is gone: time for an answer that is on its way, none for a wait.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(1.5);

    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Answers that were written.</summary>
    int answered = helloId is null ? 0 : 1;

    /// <summary>Serves until the input ends or it is stopped.</summary>
    /// <param name="first">What was read of the input already.</param>
    /// <param name="input">The rest of it.</param>
    /// <param name="output">Where answers go.</param>
    /// <param name="stop">Ends it.</param>
    public async Task Run(byte[] first, Stream input, Stream output, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var afterEnd = clock.CreateTimer(_ => over.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        BoundedInput? lines = null;
        await using var bounded = lines = new BoundedInput(first, input, remark, () =>
        {
            afterEnd.Change(Grace, Timeout.InfiniteTimeSpan);
            return Answered(lines!.Asked, stop);
        });
        using var log = new RemarkLog(remark);
        await using var transport = new StreamServerTransport(bounded, output, ToolListing.Name, log);
        await using var server = McpServer.Create(transport, Options(new Said(helloId), over.Token), log);
        await server.RunAsync(stop);
    }

    /// <summary>The request that the package is told though the client has its answer.</summary>
    sealed class Said(byte[]? id)
    {
        RequestId? open = id is null ? null : JsonSerializer.Deserialize<RequestId>(id, McpJsonUtilities.DefaultOptions);

        readonly Lock gate = new();

        /// <summary>True once, for the answer to it.</summary>
        public bool Take(JsonRpcMessage message)
        {
            lock (gate)
            {
                if (message is not JsonRpcMessageWithId { } one || message is not (JsonRpcResponse or JsonRpcError) || one.Id != open)
                    return false;
                open = null;
                return true;
            }
        }
    }

    /// <summary>
    /// The package stops at the end of its input, with questions unanswered that came just before it, as a script sends them: the end
    /// waits until what was asked is answered, or a little longer than calls still have.
    /// </summary>
    async Task Answered(int asked, CancellationToken stop)
    {
        var begun = clock.GetTimestamp();
        while (Volatile.Read(ref answered) < asked && clock.GetElapsedTime(begun) < Grace + Grace)
            await Task.Delay(Pause, clock, stop);
    }

    McpServerOptions Options(Said said, CancellationToken over) => new()
    {
        ServerInfo = new Implementation { Name = ToolListing.Name, Title = ToolListing.Title, Version = OwnVersion.Text },
        ServerInstructions = Toolbox.Instructions,
        Capabilities = new ServerCapabilities { Tools = new ToolsCapability() },
        Handlers = new McpServerHandlers
        {
            ListToolsHandler = (_, _) => ValueTask.FromResult(new ListToolsResult { Tools = [.. Toolbox.All.Select(Described)] }),
            CallToolHandler = async (request, gone) => await Call(request, over, gone),
        },
        Filters = new McpServerFilters
        {
            Message = new McpMessageFilters { IncomingFilters = [ObjectsOnly], OutgoingFilters = [next => Counted(next, said)] },
        },
    };

    McpMessageHandler Counted(McpMessageHandler next, Said said) => async (context, stop) =>
    {
        if (said.Take(context.JsonRpcMessage)) return;
        await next(context, stop);
        if (context.JsonRpcMessage is JsonRpcResponse or JsonRpcError) Interlocked.Increment(ref answered);
    };

    /// <summary>Arguments that are no object would be answered as a defect of ours.</summary>
    static McpMessageHandler ObjectsOnly(McpMessageHandler next) => (context, stop) =>
    {
        if (context.JsonRpcMessage is JsonRpcRequest { Method: RequestMethods.ToolsCall, Params: var given }
            && (given is not JsonObject members || members["arguments"] is not (null or JsonObject)))
            throw new McpProtocolException("params must be an object with the tool's name, and arguments an object.",
                McpErrorCode.InvalidParams);
        return next(context, stop);
    };

    static Tool Described(AgentTool tool)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Json.Plain)) ToolListing.Write(writer, tool);
        return JsonSerializer.Deserialize<Tool>(bytes.ToArray(), McpJsonUtilities.DefaultOptions)!;
    }

    async Task<CallToolResult> Call(RequestContext<CallToolRequestParams> request, CancellationToken over, CancellationToken gone)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over, gone);
        var stop = either.Token;
        var name = request.Params?.Name ?? "";
        var tool = Toolbox.Find(name) ?? throw new McpProtocolException(ToolRefusal.Unknown(name), McpErrorCode.InvalidParams);
        try
        {
            var arguments = ArgumentCheck.Checked(tool, request.Params?.Arguments ?? new Dictionary<string, JsonElement>());
            var call = new ToolCall(arguments, new Gateway(settings, clock, remark, stop), caller, Progress(request), clock);
            // A thread of its own: the command line's client blocks, and a few waits at once must not hold up the rest.
            var answer = await Task.Factory.StartNew(
                () => tool.Body(call), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return Answered(answer);
        }
        catch (Fault fault)
        {
            return Refused(ToolRefusal.Words(fault));
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or NullReferenceException)
        {
            remark($"{name} met an answer it does not understand: {e}");
            return Refused("internal: the daemon's answer is not what this tool reads. Its version may be another; tell a person.");
        }
    }

    static CallToolResult Answered(JsonObject answer) => new()
    {
        Content = [new TextContentBlock { Text = answer.ToJsonString(Json.PlainOptions) }],
        StructuredContent = JsonSerializer.SerializeToElement(answer),
    };

    // Without structured content: it would have to match the schema of an answer.
    static CallToolResult Refused(string words) => new() { IsError = true, Content = [new TextContentBlock { Text = words }] };

    static Action<WaitProgress> Progress(RequestContext<CallToolRequestParams> request)
    {
        if (request.Params?.ProgressToken is not { } token) return _ => { };
        return progress => _ = Send(request.Server, token, progress);
    }

    static async Task Send(McpServer server, ProgressToken token, WaitProgress progress)
    {
        try
        {
            await server.NotifyProgressAsync(token, new ProgressNotificationValue
            {
                Progress = (float)progress.Seconds,
                Total = (float)progress.Limit,
                Message = progress.Words,
            });
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or OperationCanceledException)
        {
            // The client is gone; the call itself notices that.
        }
    }
}
