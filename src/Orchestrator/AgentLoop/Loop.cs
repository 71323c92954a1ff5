using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.AgentLoop.Tools;
using Orchestrator.Agents;
using Orchestrator.Agents.OpenAi;

namespace Orchestrator.AgentLoop;

/// <summary>The loop itself: ask the model and do what it wants done, until it answers without wanting anything or meets a limit.</summary>
sealed class Loop(LoopOrder order, Endpoint endpoint, ModelWire wire, ToolBox tools, Action<string> print)
{
    /// <summary>Answers in a row whose every call was unusable; after that the model does not know what it is doing.</summary>
    const int MostUnusable = 5;

    /// <summary>How often a result that does not match its schema is asked for again.</summary>
    const int MostCorrections = 2;

    int unusable;
    int corrections;
    long tokens;

    /// <summary>Messages before it are shown with short outputs.</summary>
    int border;

    /// <summary>Tokens of the conversation when the model last saw it; null when nobody counted them since it was made shorter.</summary>
    long? seen;

    /// <summary>Works to the end. A <see cref="LoopFailure"/> or a cancellation is the caller's to tell.</summary>
    public async Task<LoopEnd> Run(Conversation conversation, string? instructions, CancellationToken stop)
    {
        var system = SystemPrompt.Of(order.Workspace, order.CanChange, instructions, order.Schema);
        conversation.Add(Conversation.User(order.Prompt));
        for (var turn = 0; turn < order.Limits.Turns; turn++)
        {
            var answer = await Ask(system, conversation, stop);
            Tell(answer);
            conversation.Add(answer.AsMessage());
            if (answer.Calls.Count == 0)
            {
                if (End(answer, conversation) is { } end)
                    return end;
                continue;
            }
            if (order.Limits.Tokens is { } most && tokens >= most)
                throw new LoopFailure(EndReason.Budget, $"The limit of {Number(most)} tokens was reached.");
            var done = 0;
            foreach (var call in answer.Calls)
                done += await Do(call, conversation, stop) ? 1 : 0;
            unusable = done > 0 ? 0 : unusable + 1;
            if (unusable == MostUnusable)
                throw new LoopFailure(EndReason.AgentError,
                    $"The model called tools {Number(MostUnusable)} times in a row in a way that cannot be understood.");
        }
        throw new LoopFailure(EndReason.MaxTurns, $"The limit of {Number(order.Limits.Turns)} turns was reached.");
    }

    /// <summary>Asks the model; makes room first when its context is nearly full, and afterwards when it says that it is.</summary>
    async Task<ModelAnswer> Ask(string system, Conversation conversation, CancellationToken stop)
    {
        if (order.Limits.Context is { } context
            && (seen ?? Compaction.Estimate(system, Compaction.Shown(conversation.Messages, border))) >= context * Compaction.Near)
            MakeRoom(conversation.Messages, $"The conversation nears the {Number(context)} tokens of its model's context");
        while (true)
        {
            var shown = Compaction.Shown(conversation.Messages, border);
            try
            {
                return await wire.Ask(without => ModelRequest.Body(endpoint.Model, system, shown, tools.Definitions,
                    order.Effort, corrections > 0 ? order.ResponseFormat : null, without), conversation.Id, stop);
            }
            catch (LoopFailure full) when (full.Reason == EndReason.ContextExceeded
                && MakeRoom(conversation.Messages, "The conversation is longer than its model's context"))
            {
                // Asked again with what is left.
            }
        }
    }

    /// <summary>False when there is nothing left to leave out.</summary>
    bool MakeRoom(IReadOnlyList<JsonObject> messages, string why)
    {
        foreach (var kept in Compaction.Kept)
        {
            var next = Compaction.Border(messages, kept);
            if (Compaction.Gains(messages, border, next) is not (> 0 and var gains))
                continue;
            (border, seen) = (next, null);
            Say(new Warned("context_compacted", $"{why}: what {Number(gains)} of its tools said is left out from now on, the "
                + $"last {Number(kept)} answers excepted."));
            return true;
        }

        return false;
    }

    void Tell(ModelAnswer answer)
    {
        if (answer.Reasoning.Length > 0)
            Say(new Reasoned(ClippedText.Clip(answer.Reasoning)));
        if (answer.Text.Length > 0)
            Say(new Said(ClippedText.Clip(answer.Text)));
        if (answer.Usage is not { } usage)
            return;
        seen = usage.InputTokens + usage.CachedInputTokens + usage.OutputTokens;
        tokens += seen.Value;
        Say(new Used(usage));
    }

    /// <summary>The end, when this answer is one; null when the model was asked to correct it.</summary>
    LoopEnd? End(ModelAnswer answer, Conversation conversation)
    {
        if (answer.FinishReason == "content_filter")
            throw new LoopFailure(EndReason.AgentError, "The endpoint withheld the answer (content_filter).");
        if (string.IsNullOrWhiteSpace(answer.Text))
            throw new LoopFailure(EndReason.AgentError, "The model answered with nothing.");
        if (answer.FinishReason == "length")
            Say(new Warned("answer_cut", "The answer reached the model's output limit and was cut."));
        if (order.Schema is null)
            return new LoopEnd(true);
        var soFar = new Transcript { LastMessage = answer.Text };
        var found = StructuredResult.Find(soFar, new Finish { ExitCode = 0, OutputSchema = order.Schema });
        if (found.Problem is null || corrections == MostCorrections)
            return new LoopEnd(true, ResultJson: StructuredResult.LooksLikeObject(answer.Text) ? answer.Text.Trim() : null);
        corrections++;
        Say(new Warned("result_asked_again", found.Problem));
        conversation.Add(Conversation.User(
            $"{found.Problem} Give the result once more: one JSON object that matches the schema, nothing else."));
        return null;
    }

    /// <summary>Does one call and gives the model what came of it. False when the call could not be understood.</summary>
    async Task<bool> Do(WantedCall call, Conversation conversation, CancellationToken stop)
    {
        var arguments = ToolArguments.Parse(call.Arguments);
        var shown = arguments?.Json ?? new JsonObject { ["text"] = ClippedText.Clip(call.Arguments, 4096) }.ToJsonString(Json.PlainOptions);
        Say(new ToolCalled(call.Id, call.Name == RunCommand.Name ? LoopProtocol.ShellTool : call.Name, ClippedInput(shown)));
        var outcome = arguments is null
            ? ToolOutcome.Unusable("The arguments are no JSON object. Call the tool again with a JSON object.")
            : await tools.Call(call.Name, arguments, stop);
        Say(new ToolReturned(call.Id, outcome.ExitCode, outcome.Output, outcome.Failed));
        if (outcome.Change is { } change)
            Say(new FilesChanged([change]));
        // A command can read the key out of its parents; it is not to lie in a file because of that.
        conversation.Add(Conversation.Result(call.Id, endpoint.Hide(outcome.ForModel)));
        return outcome.Understood;
    }

    /// <summary>A file's whole content is no news to whoever watches the call.</summary>
    static string ClippedInput(string json) =>
        json.Length <= ClippedText.Limit / 4 ? json
            : new JsonObject { ["text"] = ClippedText.Clip(json, ClippedText.Limit / 4) }.ToJsonString(Json.PlainOptions);

    void Say(Signal signal) => print(LoopProtocol.Says(signal));

    static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
