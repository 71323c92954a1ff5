using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Sessions;

/// <summary>One conversation with an agent, as it is stored and as clients get it.</summary>
sealed record Session
{
    public required string Id { get; init; }
    public string? Title { get; init; }

    /// <summary>idle, busy, waiting or archived: derived from the session's runs, never stored.</summary>
    [Words("idle", "busy", "waiting", "archived")]
    public required string Status { get; init; }
    public string? Project { get; init; }
    public string? Profile { get; init; }

    /// <summary>A folder the session's runs work in as it is; null for a project's worktree or a folder of the session's own.</summary>
    public string? Workdir { get; init; }
    public string? ParentSessionId { get; init; }
    public string? ParentRunId { get; init; }

    /// <summary>Generations above it: 0 for a session nobody spawned.</summary>
    public int Depth { get; init; }

    /// <summary>The agent's own conversation id, by agent.</summary>
    public required IReadOnlyDictionary<string, string> Threads { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public JsonElement? Metadata { get; init; }

    /// <summary>worktree, shared or none when the request said so; null for the project's setting.</summary>
    public string? Isolation { get; init; }

    [JsonIgnore] public long CreatedNo { get; init; }

    /// <summary>The first session of its family; itself when nobody spawned it.</summary>
    [JsonIgnore] public string RootId { get; init; } = "";
}

/// <summary>One input to a session.</summary>
sealed record Message
{
    public required string Id { get; init; }
    public required string SessionId { get; init; }

    /// <summary>The run it started; null when it started none.</summary>
    public string? RunId { get; init; }

    /// <summary>user, assistant or system.</summary>
    [Words("user", "assistant", "system")]
    public required string Role { get; init; }
    public required string Text { get; init; }

    /// <summary>Name of the token that sent it.</summary>
    public required string Sender { get; init; }

    /// <summary>stored, handed_over, turn_started, answered or dropped: see <see cref="Sessions.Delivery"/>.</summary>
    public required string Delivery { get; init; }

    /// <summary>Why it was dropped.</summary>
    public string? Note { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonIgnore] public long CreatedNo { get; init; }
}
