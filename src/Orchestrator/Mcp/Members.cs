using System.Text.Json.Nodes;

namespace Orchestrator.Mcp;

/// <summary>Members that several tools share, and how the daemon's objects are shown to a model.</summary>
static class Members
{
    /// <summary>Most characters of an agent's last message where several runs are shown at once.</summary>
    public const int BriefMessage = 4_000;

    public static readonly Member Key = new("idempotency_key", Shape.Text(
        "Any text of your own. The same key with the same arguments again gives the first answer and does nothing twice."));

    public static readonly Member RunId = new("run_id", Shape.Text("Id of the run; any unique beginning of it."), true);

    /// <summary>A run, as <see cref="RunOf"/> gives it.</summary>
    public static readonly JsonObject Run = Shape.Object(
        new("id", Shape.Text("Id of the run."), true),
        new("session_id", Shape.Text("The conversation it belongs to: where send_message goes."), true),
        new("parent_run_id", Shape.OrNull(Shape.Text("The run that spawned it."))),
        new("status", Shape.Text("queued, starting, running, waiting, stopping; ended: succeeded, failed, canceled, timed_out, lost."),
            true),
        new("reason", Shape.OrNull(Shape.Text("Why it ended, when it did not succeed."))),
        new("profile", Shape.OrNull(Shape.Text("Profile it runs with."))),
        new("agent", Shape.OrNull(Shape.Text("Agent that runs it."))),
        new("model", Shape.OrNull(Shape.Text("Model, where it is known."))),
        new("attempt", Shape.OrNull(Shape.Whole("Number of the attempt, from 1.", 0, int.MaxValue))),
        new("created_at", Shape.OrNull(Shape.Text("RFC 3339 UTC."))),
        new("started_at", Shape.OrNull(Shape.Text("RFC 3339 UTC."))),
        new("ended_at", Shape.OrNull(Shape.Text("RFC 3339 UTC."))),
        new("workspace", Any("object", "Where it works: path, branch, base, kind.")),
        new("result", Any("object", "What it reported: goal_met, summary, followup_prompt, notes. goal_met false means: not done.")),
        new("last_message", Shape.OrNull(Shape.Text("Its last words."))),
        new("error", Any("object", "code and message of a failure.")),
        new("usage", Any("object", "Tokens and estimated cost.")),
        new("git_diff_stat", Shape.OrNull(Shape.Text("What it changed, in one line."))),
        new("files_changed", Any("array", "The files it changed.")));

    /// <summary>A request: what somebody asks and what came of it.</summary>
    public static readonly JsonObject Request = Shape.Object(
        new("id", Shape.Text("Id of the request."), true),
        new("kind", Shape.Text("approval_request, permission_request, question."), true),
        new("run_id", Shape.OrNull(Shape.Text("The run that asks and waits."))),
        new("session_id", Shape.OrNull(Shape.Text("Its session."))),
        new("to_session_id", Shape.OrNull(Shape.Text("The session that may answer; null: a person."))),
        new("text", Shape.Text("What is asked."), true),
        new("options", Any("array", "Answers to choose from.")),
        new("state", Shape.Text("open, approved, denied, answered, expired, withdrawn."), true),
        new("answer", Any("object", "decision, text, option, scope; null while it is open.")),
        new("answered_by", Shape.OrNull(Shape.Text("Who answered."))));

    /// <summary>A schema for what the daemon may also leave out.</summary>
    public static JsonObject Any(string type, string meaning) =>
        new() { ["type"] = new JsonArray(type, "null"), ["description"] = meaning };

    /// <summary>The members of a run a model needs; its prompt it knows, process ids are nobody's business.</summary>
    /// <param name="run">As the daemon gives it.</param>
    /// <param name="longest">Most characters of its last message.</param>
    public static JsonObject RunOf(JsonNode? run, int longest = int.MaxValue)
    {
        var result = Pick(run, Run);
        if ((string?)result["last_message"] is { } text && text.Length > longest)
            result["last_message"] = text[..longest] + " … (get_run shows all of it)";
        return result;
    }

    /// <summary>The members a schema names.</summary>
    public static JsonObject Pick(JsonNode? whole, JsonObject shape)
    {
        var members = whole as JsonObject
            ?? throw new Fault(FaultCode.Unavailable, "The daemon's answer is not what this tool reads; its version may be another.");
        var result = new JsonObject();
        foreach (var (name, _) in shape["properties"]!.AsObject())
            if (members.TryGetPropertyValue(name, out var value)) result[name] = value?.DeepClone();
        return result;
    }

    /// <summary>The requests of an answer, as they are.</summary>
    public static JsonArray Requests(JsonNode answer) =>
        new([.. (answer["requests"] as JsonArray ?? []).Select(request => request?.DeepClone())]);
}
