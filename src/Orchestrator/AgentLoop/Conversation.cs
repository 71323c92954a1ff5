using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;

namespace Orchestrator.AgentLoop;

/// <summary>
/// The messages said so far, in a file of the daemon's data folder, one per line, so that a later run goes on with them. The system
/// prompt is not among them: each run has its own. Each message is written before the next step, so a killed run loses none.
/// </summary>
sealed class Conversation
{
    readonly string path;
    readonly List<JsonObject> messages = [];

    Conversation(string folder, string id) => (Id, path) = (id, PathOf(folder, id));

    /// <summary>Its name: that of its file.</summary>
    public string Id { get; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<JsonObject> Messages => messages;

    /// <summary>A new one, or that of an earlier run.</summary>
    /// <exception cref="LoopFailure">The one to go on with is gone.</exception>
    public static Conversation Open(string folder, string? resume)
    {
        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(folder, own);
        if (resume is null)
            return new(folder, Ids.New());
        if (resume.Length != Ids.Length || !Ids.LooksLikePrefix(resume) || !File.Exists(PathOf(folder, resume)))
            throw new LoopFailure(EndReason.ThreadNotFound,
                $"The conversation '{resume}' is no longer there: its file was removed. Start a new session to go on.");
        var conversation = new Conversation(folder, resume);
        conversation.messages.AddRange(Repaired(File.ReadLines(conversation.path).Select(Parsed).OfType<JsonObject>()));
        return conversation;
    }

    /// <summary>Adds a message and keeps it.</summary>
    public void Add(JsonObject message)
    {
        messages.Add(message);
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            BufferSize = 0,
        });
        // A line that a crash cut off would swallow this one.
        file.Seek(0, SeekOrigin.End);
        var torn = file.Length > 0 && LastByte(file) != '\n';
        file.Write(Encoding.UTF8.GetBytes((torn ? "\n" : "") + message.ToJsonString(Json.PlainOptions) + "\n"));
    }

    /// <summary>
    /// A run that was ended in the middle of its tools left calls without results, which no endpoint takes. They get one that says so.
    /// </summary>
    public static IEnumerable<JsonObject> Repaired(IEnumerable<JsonObject> stored)
    {
        var open = new List<string>();
        foreach (var message in stored)
        {
            if ((string?)message["role"] == "tool")
            {
                // A result of a call nobody made: the line of the call is lost.
                if (!open.Remove((string?)message["tool_call_id"] ?? ""))
                    continue;
            }
            else
            {
                foreach (var id in open)
                    yield return Result(id, "The run ended before this was done.");
                open.Clear();
                open.AddRange((message["tool_calls"] as JsonArray ?? []).Select(call => (string?)call?["id"]).OfType<string>());
            }
            yield return message;
        }
        foreach (var id in open)
            yield return Result(id, "The run ended before this was done.");
    }

    public static JsonObject User(string text) => new() { ["role"] = "user", ["content"] = text };

    public static JsonObject Result(string callId, string text) =>
        new() { ["role"] = "tool", ["tool_call_id"] = callId, ["content"] = text };

    static string PathOf(string folder, string id) => Path.Combine(folder, id + ".jsonl");

    static JsonObject? Parsed(string line)
    {
        try
        {
            return JsonNode.Parse(line) is JsonObject message && message["role"] is JsonValue ? message : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static int LastByte(FileStream file)
    {
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte();
    }
}
