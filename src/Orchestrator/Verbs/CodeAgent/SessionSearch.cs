using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;

namespace Orchestrator.Verbs;

/// <summary>Finds the session that is meant: by its own id, or by that of the agent's conversation in it.</summary>
static class SessionSearch
{
    const int PageSize = 500, MostPages = 40;

    /// <summary>The session; null when nobody knows it.</summary>
    public static JsonNode? Find(SessionCalls sessions, string said)
    {
        try
        {
            return sessions.Show(said)["session"];
        }
        catch (Fault fault) when (fault.Code == FaultCode.NotFound)
        {
            return OfThread(sessions, said);
        }
    }

    // "threads": {"someagent": "0199a213-81c0-7800-8aa1-bbab2a035a53"}
    static JsonNode? OfThread(SessionCalls sessions, string thread)
    {
        string? cursor = null;
        for (var page = 0; page < MostPages; page++)
        {
            var answer = sessions.List(null, new Page(PageSize, cursor));
            var found = answer.Entries("sessions").FirstOrDefault(session => (session["threads"] as JsonObject)?
                .Any(one => one.Value is JsonValue value && value.TryGetValue<string>(out var id) && id == thread) == true);
            cursor = answer.Text("next_cursor");
            if (found is not null || cursor is null) return found;
        }
        return null;
    }
}
