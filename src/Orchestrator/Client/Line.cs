using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Cli;

namespace Orchestrator.Client;

/// <summary>One question to one route. Paths and queries are escaped here, so that no call can forget it.</summary>
sealed class Line(DaemonClient daemon)
{
    public JsonNode Get(PathText path, params ReadOnlySpan<(string Name, string? Value)> query) =>
        daemon.Get(path + DaemonClient.Query(query));

    /// <summary>A question the daemon may think about for so long.</summary>
    public JsonNode Hold(TimeSpan thinking, PathText path, params ReadOnlySpan<(string Name, string? Value)> query) =>
        daemon.Get(path + DaemonClient.Query(query), thinking);

    /// <summary>An answer to be read as it comes.</summary>
    /// <param name="silence">Longest time without a byte.</param>
    public Answer Open(TimeSpan silence, PathText path, params ReadOnlySpan<(string Name, string? Value)> query) =>
        daemon.Open(path + DaemonClient.Query(query), silence);

    public JsonNode Post(PathText path) => daemon.Post(path.ToString());

    public JsonNode Post<T>(PathText path, T body, JsonTypeInfo<T> shape) => daemon.Post(path.ToString(), Body(body, shape));

    public JsonNode Patch<T>(PathText path, T body, JsonTypeInfo<T> shape) => daemon.Patch(path.ToString(), Body(body, shape));

    public JsonNode Delete(PathText path) => daemon.Delete(path.ToString());

    /// <summary>Whole seconds, as the waits take them.</summary>
    public static string Seconds(TimeSpan limit) => FormattableString.Invariant($"{Math.Ceiling(limit.TotalSeconds):0}");

    /// <summary>The members that have a value: what was not said is left to the daemon, also to one of another version.</summary>
    static JsonObject Body<T>(T body, JsonTypeInfo<T> shape)
    {
        var members = JsonSerializer.SerializeToNode(body, shape)!.AsObject();
        foreach (var (name, value) in members.ToArray())
        {
            if (value is null) members.Remove(name);
        }
        return members;
    }
}

/// <summary>A path written like <c>$"/runs/{run}/wait"</c>: every hole is one segment, whatever a person typed.</summary>
[InterpolatedStringHandler]
sealed class PathText(int literalLength, int holes)
{
    readonly StringBuilder text = new(literalLength + (holes * 16));

    public void AppendLiteral(string words) => text.Append(words);

    public void AppendFormatted(string segment) => text.Append(DaemonClient.Segment(segment));

    public override string ToString() => text.ToString();
}

/// <summary>Which page of a list.</summary>
/// <param name="Limit">Most entries; null for the daemon's choice.</param>
/// <param name="Cursor">Go on after this one; null for the first page.</param>
readonly record struct Page(int? Limit, string? Cursor = null)
{
    /// <summary>As members of a query.</summary>
    public (string Name, string? Value)[] Members =>
        [("limit", Limit is { } most ? FormattableString.Invariant($"{most}") : null), ("cursor", Cursor)];
}
