using System.Text.RegularExpressions;
using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Events;

/// <summary>Reads <c>session_id</c>, <c>run_id</c>, <c>item_id</c> and <c>types</c> of a request, in any combination, the same for pages
/// and streams.</summary>
static partial class FilterQuery
{
    const int MostTypes = 32;

    /// <summary>What the caller wants to see. Throws <see cref="Fault"/> naming the member that is wrong or not there.</summary>
    /// <param name="session">The session of the path; null when the query may name one.</param>
    public static EventFilter Read(Call call, Database store, string? session = null)
    {
        session ??= call.Query("session_id", "sessionId");
        var run = call.Query("run_id", "runId");
        return new EventFilter
        {
            SessionId = session is null ? null : store.Read(db => Existing(db, "sessions", "session", session)),
            RunId = run is null ? null : store.Read(db => Existing(db, "runs", "run", run)),
            ItemId = Item(call.Query("item_id", "itemId")),
            Types = Types(call.Query("types", "type")),
        };
    }

    /// <summary>Exact types, or families like <c>run.*</c>, separated by commas.</summary>
    static List<string> Types(string? text)
    {
        var words = text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        var types = words.Distinct().ToList();
        if (types.Count > MostTypes)
            throw Fault.Invalid("types", $"names more than {MostTypes} types.");
        // A word that can be no type would wait for ever and say nothing.
        if (types.Find(type => !TypeOrFamily().IsMatch(type)) is { } wrong)
            throw Fault.Invalid("types", $"'{Texts.Short(wrong)}' is no event type; they look like run.succeeded, families like run.*.");
        return types;
    }

    // There is no table of items to complete a beginning from.
    static string? Item(string? id) => id is null || (id.Length == Ids.Length && Ids.LooksLikePrefix(id)) ? id
        : throw Fault.Invalid("item_id", $"must be a whole id: {Ids.Length} characters of 0-9 and a-f.");

    static string Existing(Connection db, string table, string kind, string idOrPrefix)
    {
        var id = Prefixes.Resolve(db, table, kind, idOrPrefix);
        return db.Text($"select id from {table} where id = @id", ("@id", id)) ?? throw Fault.NotFound(kind, id);
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*(\.\*)?$", RegexOptions.NonBacktracking)]
    private static partial Regex TypeOrFamily();
}
