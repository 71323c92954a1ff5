using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Events;
using Orchestrator.Profiles;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Notifications;

/// <summary>
/// What is told of one event: the event, and what it is about as it stood when it was told. The forms for the channels are pure functions.
/// </summary>
sealed record Notice
{
    public required Event Event { get; init; }

    /// <summary>The event's data.</summary>
    public required JsonNode? Data { get; init; }

    /// <summary>The run it is about; null for an event of something else.</summary>
    public Run? Run { get; init; }

    /// <summary>Project of the run's session; null for none.</summary>
    public string? Project { get; init; }

    /// <summary>Title of the run's session.</summary>
    public string? Title { get; init; }

    /// <summary>True for one that a person asked for to try a channel.</summary>
    public bool Test { get; init; }

    /// <summary>Reads what belongs to an event; null for the copy of an event that a parent's session got.</summary>
    public static Notice? Of(Connection db, Event told)
    {
        var data = JsonNode.Parse(told.Data);
        if (told.RunId is not { } id || RunRows.Find(db, id) is not { } run)
            return IsParentsCopy(told, data) ? null : new Notice { Event = told, Data = data };
        if (told.SessionId is not null && told.SessionId != run.SessionId)
            return null;
        var session = SessionStore.Get(db, run.SessionId);
        return new Notice { Event = told, Data = data, Run = run, Project = session.Project, Title = session.Title };
    }

    // {"request_id":"2d576c030d5be3b4","run_id":…,"from_session_id":"c447ea88cfcc7d22","to_session_id":"9fd9856c432b2e5b",…}
    static bool IsParentsCopy(Event told, JsonNode? data) => data is JsonObject members && told.SessionId is { } session
        && Member(members, "to_session_id") == session && Member(members, "from_session_id") is { } asker && asker != session;

    static string? Member(JsonObject members, string name) =>
        members[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>True when a rule wants to hear of it; its event's type was looked at before.</summary>
    public bool Fits(NotificationRule rule) =>
        (rule.Projects.Count == 0 || (Project is not null && rule.Projects.Contains(Project)))
        && (rule.Profiles.Count == 0 || (Run is not null && rule.Profiles.Contains(Run.Profile)));

    bool IsEnd => RunEvents.IsEnd(Event.Type);

    string GoalMet => Run?.Result?.GoalMet is { } met ? met ? "true" : "false" : "-";

    string ExitCode => Run?.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "-";

    /// <summary>✓ reached its goal, ! ended well without saying so, ✗ did not end well; ? for what is no end.</summary>
    string Mark => !IsEnd ? "?" : Event.Type != "run.succeeded" ? "✗" : Run?.Result?.GoalMet == true ? "✓" : "!";

    // ✓ 2026-01-31T09:30:00Z 3f6c0a9be1d2c4f7 run.succeeded project=demo profile=spark goal_met=true exit=0 event=41 Added the missing test
    /// <summary>One line for the log.</summary>
    public string LogLine() => string.Join(' ', Mark,
        Times.From(Event.At).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        Run?.Id ?? Event.ItemId ?? Event.SessionId ?? "-", Event.Type, $"project={Word(Project)}", $"profile={Word(Run?.Profile)}",
        $"goal_met={GoalMet}", $"exit={ExitCode}", $"event={Event.Seq}", Line(Summary ?? "", 500)).TrimEnd();

    // ✓ 3f6c0a9b spark in demo: succeeded, goal_met=true exit=0
    /// <summary>A few words for a status line. tmux gives # and % a meaning there, commands included: they are left out.</summary>
    public string StatusLine()
    {
        var about = Run is null ? Event.Type : $"{Run.Id[..8]} {Run.Profile}{(Project is null ? "" : $" in {Project}")}: {Event.Type}";
        var end = IsEnd ? $" goal_met={GoalMet} exit={ExitCode}" : "";
        var text = $"{(Test ? "test " : "")}{Mark} {about}{end} {Line(Summary ?? "", 80)}";
        return string.Concat(text.Where(c => c is not ('#' or '%'))).Trim();
    }

    // [AI_ORCH DONE run_id=3f6c0a9be1d2c4f7 goal_met=true exit=0]
    /// <summary>What is typed to a program: ids and our own words only, nothing that an agent wrote.</summary>
    public string KeyText() => Test ? "[AI_ORCH TEST]"
        : IsEnd ? $"[AI_ORCH DONE run_id={Run?.Id} goal_met={GoalMet} exit={ExitCode}]"
        : Id("request_id") is { } request
            ? $"[AI_ORCH {Event.Type.Split('.')[^1].ToUpperInvariant()} run_id={Run?.Id} request_id={request}]"
        : $"[AI_ORCH EVENT type={Event.Type} id={Run?.Id ?? Event.ItemId ?? Event.SessionId ?? "-"}]";

    /// <summary>The whole as JSON, for a command or an address.</summary>
    public JsonObject Document(string rule) => new()
    {
        ["rule"] = rule,
        ["test"] = Test,
        ["event"] = JsonNode.Parse(Event.Frame.Span),
        ["run"] = Run is null ? null : new JsonObject
        {
            ["id"] = Run.Id,
            ["session_id"] = Run.SessionId,
            ["status"] = RunLifecycle.Word(Run.Status),
            ["reason"] = Run.Reason,
            ["project"] = Project,
            ["title"] = Title,
            ["profile"] = Run.Profile,
            ["agent"] = Run.Agent,
            ["goal_met"] = Run.Result?.GoalMet,
            ["exit_code"] = Run.ExitCode,
            ["summary"] = Summary,
        },
    };

    /// <summary>What came of it in a sentence, or what is asked.</summary>
    string? Summary => IsEnd ? Run?.Result?.Summary ?? Run?.Error?.Message ?? Run?.LastMessage : (string?)(Data as JsonObject)?["text"];

    /// <summary>An id out of the event's data; null for anything that is none.</summary>
    string? Id(string member) => (Data as JsonObject)?[member] is JsonValue value && value.TryGetValue<string>(out var id)
        && id.Length == Ids.Length && Ids.LooksLikePrefix(id) ? id : null;

    static string Word(string? text) => string.IsNullOrEmpty(text) ? "-" : Line(text, 100).Replace(' ', '_');

    static string Line(string text, int most)
    {
        var line = string.Join(' ', Cli.SafeText.Line(text.ReplaceLineEndings(" ")).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= most ? line : line[..(char.IsHighSurrogate(line[most - 1]) ? most - 1 : most)] + "…";
    }
}
