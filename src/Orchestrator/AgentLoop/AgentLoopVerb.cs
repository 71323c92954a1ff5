using System.CommandLine;
using Orchestrator.AgentLoop.Tools;
using Orchestrator.Agents;
using Orchestrator.Agents.OpenAi;
using Orchestrator.Cli;
using Orchestrator.Workspaces;

namespace Orchestrator.AgentLoop;

/// <summary>
/// <c>agent-loop</c>: one run of our own agent. The daemon starts it like any agent: prompt on standard input, events on standard output.
/// </summary>
static class AgentLoopVerb
{
    /// <summary>Longest file of the run's folder that is read, in bytes; the daemon wrote it and keeps to less.</summary>
    const int LongestSchema = 1 << 20;

    public static Command AgentLoop()
    {
        var command = Verb.DoAsync("agent-loop", "One run of the agent for chat completion endpoints; started by the daemon.", Run,
            Verb.Text("--conversations", "Folder of the conversations.", "DIR"),
            Verb.Text("--resume", "The conversation to go on with.", "ID"),
            Verb.Text("--sandbox", "read-only, workspace-write or full-access.", "WORD"),
            Verb.Text("--model", "The model; OPENAI_MODEL without it.", "NAME"),
            Verb.Text("--effort", "Reasoning effort, as the endpoint knows it.", "WORD"),
            Verb.Text("--schema", "File with the schema of the result.", "FILE"),
            Verb.Text("--response-format", "File with the schema as strict response formats take it.", "FILE"),
            Verb.Text("--max-turns", "Most answers of the model (100).", "N"),
            Verb.Text("--max-tokens", "Most tokens of the run, read and written (no limit).", "N"),
            Verb.Text("--context", "Tokens the model can see at once; older tool output is left out before (unknown).", "N"),
            Verb.Text("--silence", "Seconds the endpoint may say nothing (300).", "SECONDS"));
        command.Hidden = true;
        return command;
    }

    static async Task<int> Run(Invocation call)
    {
        Endpoint? endpoint = null;
        void Print(string line) => call.Around.Out.WriteLine(endpoint?.Hide(line) ?? line);
        LoopEnd end;
        try
        {
            var order = Order(call);
            endpoint = Endpoint.Of(call.Around.Variable, call.Text("--model"));
            using var http = ModelWire.Client();
            var wire = new ModelWire(http, endpoint, order.Limits, call.Around.Clock, Print);
            var place = new ToolPlace(new WorkspacePaths(order.Workspace), Environment(call, endpoint), call.Around.Clock);
            var conversation = Conversation.Open(order.Conversations, order.Resume);
            Print(LoopProtocol.Thread(conversation.Id, endpoint.Model));
            var loop = new Loop(order, endpoint, wire, new ToolBox(place, order.CanChange), Print);
            end = await loop.Run(conversation, Instructions(place.Paths), call.Stop);
        }
        catch (LoopFailure failure)
        {
            end = new LoopEnd(false, failure.Reason, failure.Message, After: failure.After?.TotalSeconds);
        }
        catch (OperationCanceledException)
        {
            end = new LoopEnd(false, EndReason.Interrupted, "The agent was interrupted by a signal before its turn was over.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            end = new LoopEnd(false, EndReason.AgentError, $"The agent cannot work: {e.Message}");
        }
        Print(LoopProtocol.End(end));
        return end.Ok ? ExitCodes.Ok : end.Reason == EndReason.Interrupted ? ExitCodes.Interrupted : ExitCodes.Failed;
    }

    static LoopOrder Order(Invocation call)
    {
        var limits = new LoopLimits();
        return new LoopOrder
        {
            Prompt = call.ReadPrompt(null),
            Workspace = call.Around.Folder,
            Conversations = call.Need("--conversations"),
            Resume = call.Text("--resume"),
            CanChange = call.Text("--sandbox") is not "read-only",
            Effort = call.Text("--effort"),
            Schema = FileText(call.Text("--schema")),
            ResponseFormat = FileText(call.Text("--response-format")),
            Limits = limits with
            {
                Turns = call.Number("--max-turns", 1, 100_000) ?? limits.Turns,
                Tokens = call.Number("--max-tokens", 1, int.MaxValue),
                Context = call.Number("--context", 1000, int.MaxValue),
                Silence = call.Seconds("--silence") ?? limits.Silence,
            },
        };
    }

    static string? FileText(string? path)
    {
        if (path is null)
            return null;
        return new FileInfo(path) is { Exists: true, Length: <= LongestSchema }
            ? File.ReadAllText(path)
            : throw Invocation.Usage($"The schema file {path} cannot be read.");
    }

    /// <summary>What a command of the model sees: ours, without any provider's key.</summary>
    static Dictionary<string, string> Environment(Invocation call, Endpoint endpoint) => call.Around.Variables()
        .Where(pair => pair.Key != endpoint.KeyName && !pair.Key.EndsWith("_API_KEY", StringComparison.Ordinal))
        .ToDictionary(StringComparer.Ordinal);

    static string? Instructions(WorkspacePaths paths)
    {
        try
        {
            return WorkspaceFile.Text(paths.Inside("AGENTS.md"));
        }
        catch (Exception e) when (e is PathRefusal or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
