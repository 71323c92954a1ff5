using Orchestrator.Http;

namespace Orchestrator.Tests.Docs;

/// <summary>What becomes of a caller at a route.</summary>
enum Entry
{
    /// <summary>Let in.</summary>
    Allowed,
    /// <summary>Let in, and shown only what is in its reach.</summary>
    OwnPart,
    /// <summary>401: who is it?</summary>
    Unknown,
    /// <summary>403: known, but not for this.</summary>
    Refused,
}

/// <summary>Who may call what, worked out from the scope and the reach that each registration names. docs/access.md shows it; AccessSpecs
/// compares it with the daemon.</summary>
static class Access
{
    /// <summary>No token.</summary>
    public const string Nobody = "nobody";

    /// <summary>Named tokens, each with that one scope.</summary>
    public static readonly string[] Scopes = ["read", "operate", "approve", "admin"];

    /// <summary>A run's own token, asking about itself, about what it spawned, and about somebody else's.</summary>
    public const string Own = "own run", Below = "spawned", Stranger = "stranger";

    /// <summary>Every kind of caller, in the order of the page.</summary>
    public static readonly string[] Callers = [Nobody, .. Scopes, Own, Below, Stranger];

    /// <summary>What the table promises.</summary>
    public static Entry Expected(HttpOperation operation, string caller)
    {
        if (operation.Scope == nameof(Scope.Open))
            return Entry.Allowed;
        if (caller == Nobody)
            return Entry.Unknown;
        var needed = operation.Scope.ToLowerInvariant();
        if (Scopes.Contains(caller))
            return caller == needed || caller == "admin" || needed == "read" ? Entry.Allowed : Entry.Refused;
        return Enum.Parse<RunAccess>(operation.OwnRun) switch
        {
            RunAccess.Never => Entry.Refused,
            RunAccess.Always => Entry.Allowed,
            RunAccess.Filtered => Entry.OwnPart,
            RunAccess.OwnRun => Of(caller is Own),
            RunAccess.RequestFromBelow => Of(caller is Below),
            RunAccess.RunBelow or RunAccess.RunInReach or RunAccess.SessionInReach or RunAccess.MessageInReach
                or RunAccess.RequestInReach => Of(caller is Own or Below),
            var other => throw new InvalidOperationException($"Say in Docs/Access.cs what {other} means for a run's own token."),
        };
    }

    /// <summary>As the page says it.</summary>
    public static string Word(Entry entry) => entry switch
    {
        Entry.Allowed => "yes",
        Entry.OwnPart => "own part",
        Entry.Unknown => "401",
        _ => "403",
    };

    static Entry Of(bool allowed) => allowed ? Entry.Allowed : Entry.Refused;
}
