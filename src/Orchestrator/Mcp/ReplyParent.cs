using System.Text.Json.Nodes;

namespace Orchestrator.Mcp;

/// <summary><c>reply_parent</c>: asks or tells the one who gave the caller its work, and waits for the answer.</summary>
static class ReplyParent
{
    /// <summary>The kind that needs no answer.</summary>
    const string Status = "status";

    static readonly JsonObject Detail = Shape.Explained("What exactly is asked about; any members.", Shape.Object(
        new("command", Shape.Text("The command that is to run.")),
        new("folder", Shape.Text("The folder it is about.")),
        new("diff", Shape.Text("The change it is about."))));

    /// <summary>State of a status report; requests have their own words.</summary>
    const string Sent = "sent";

    public static AgentTool Tool { get; } = new()
    {
        Name = "reply_parent",
        Title = "Ask or tell whoever gave the work",
        Description = """
            Asks the agent or person who gave you this work, and waits up to 45 seconds for the answer. Use kind question when you cannot go
            on without a decision, approval_request before something risky, permission_request when you may not do something, and status
            to tell how far you are without waiting. While state is open call it again with only request_id: your run waits without
            using up its time. Denied means no; expired means nobody answered, which is not a no: take the safe way and say so.
            """,
        Input = Shape.Arguments(
            new("kind", Shape.Word("What it is.", "question", "approval_request", "permission_request", Status)),
            new("text", Shape.Text("What you ask or tell, with all that is needed to decide.")),
            new("options", Shape.List("Answers to choose from.", Shape.Text("An answer."), 20)),
            new("detail", Detail),
            new("risk", Shape.Word("How bad it is if it goes wrong.", "low", "medium", "high")),
            new("expires_in_seconds", Shape.Whole("Seconds after which no answer is expected any more.", 1, 30 * 24 * 3600)),
            new("on_expiry", Shape.Word("What then happens.", "deny", "park", "continue")),
            new("wait_seconds", Shape.Number("Longest wait for the answer in seconds; default and most 45.", 0, ToolCall.LongestWait)),
            new("request_id", Shape.Text("Goes on waiting for the answer to this request; give nothing else but wait_seconds.")),
            Members.Key),
        Output = Shape.Object(
            new("state", Shape.Text("open: no answer yet, call again with request_id. approved, denied, answered, expired, withdrawn; "
                + "sent for a status."), true),
            new("answer", Members.Any("object", "decision, text, option, scope; null without an answer."), true),
            new("request_id", Shape.OrNull(Shape.Text("For going on to wait; null for a status.")), true),
            new("answered_by", Shape.OrNull(Shape.Text("Who answered.")))),
        Body = Reply,
    };

    static JsonObject Reply(ToolCall call)
    {
        var begun = call.Clock.GetTimestamp();
        var limit = call.Seconds("wait_seconds") ?? TimeSpan.FromSeconds(ToolCall.LongestWait);
        var request = call.Text("request_id") is { } known ? Known(call, known) : Ask(call);
        if (request is null)
            return new JsonObject { ["state"] = Sent, ["answer"] = null, ["request_id"] = null, ["answered_by"] = null };
        var left = limit - call.Clock.GetElapsedTime(begun);
        if ((string?)request["state"] is null or "open" && left > TimeSpan.Zero) request = Wait(call, (string)request["id"]!, left);
        return new JsonObject
        {
            ["state"] = request["state"]?.DeepClone() ?? "open",
            ["answer"] = request["answer"]?.DeepClone(),
            ["request_id"] = request["id"]!.DeepClone(),
            ["answered_by"] = request["answered_by"]?.DeepClone(),
        };
    }

    /// <summary>A request that was made before; its own state is asked for by the wait.</summary>
    static JsonObject Known(ToolCall call, string id)
    {
        foreach (var name in (ReadOnlySpan<string>)["kind", "text", "options", "detail", "risk", "expires_in_seconds", "on_expiry"])
            if (call.Has(name))
                throw Fault.Unprocessable(name, "belongs to a new request. With request_id this only goes on waiting.");
        return Of(call.Daemon.Ask(daemon => daemon.Requests.Show(id)));
    }

    /// <summary>Makes the request; null for a status, which nobody answers.</summary>
    static JsonObject? Ask(ToolCall call)
    {
        var run = call.OwnRun("This asks the one who gave a run its work");
        if (call.Text("text") is not { Length: > 0 }) throw Fault.Invalid("text", "is required: what you ask or tell.");
        var kind = call.Text("kind")
            ?? throw Fault.Invalid("kind", "is required: question, approval_request, permission_request or status.");
        var request = new Families.ReplyParent.Request(call.Text("text"), kind, call.Texts("options"), call.Element("detail"),
            call.Text("risk"), call.Whole("expires_in_seconds"), call.Text("on_expiry"), call.Key);
        return call.Daemon.Ask(daemon => daemon.Runs.ReplyParent(run, request))["request"] as JsonObject;
    }

    static JsonObject Wait(ToolCall call, string id, TimeSpan limit)
    {
        using var progress = new Ticker(call, limit, () => $"waiting for the answer to request {id}");
        return Of(call.Daemon.Hold((daemon, left) => daemon.Requests.Wait(id, left), limit));
    }

    static JsonObject Of(JsonNode answer) => answer["request"] as JsonObject
        ?? throw new Fault(FaultCode.Unavailable, "The daemon's answer holds no request.");
}
