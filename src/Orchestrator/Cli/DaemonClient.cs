using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Cli;

/// <summary>
/// Asks the daemon. Refusals come back as the <see cref="Fault"/> they were; no answer at all is <see cref="FaultCode.Unavailable"/>.
/// </summary>
sealed class DaemonClient(Settings settings, CancellationToken stop)
{
    /// <summary>Longest silence of an ordinary answer.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public JsonNode Get(string path) => Ask("GET", path, null, Patience);

    /// <summary>A question the daemon may think about for a while: its own limit is added to the patience.</summary>
    public JsonNode Get(string path, TimeSpan thinking) => Ask("GET", path, null, Patience + thinking);

    public JsonNode Post(string path, JsonObject? body = null) => Ask("POST", path, body, Patience);

    public JsonNode Patch(string path, JsonObject body) => Ask("PATCH", path, body, Patience);

    public JsonNode Delete(string path) => Ask("DELETE", path, null, Patience);

    /// <summary>Opens an answer to be read as it comes.</summary>
    /// <param name="path">Path and query.</param>
    /// <param name="silence">Longest time without a byte.</param>
    public Answer Open(string path, TimeSpan silence) => Open("GET", path, null, silence);

    JsonNode Ask(string method, string path, JsonObject? body, TimeSpan silence)
    {
        using var answer = Open(method, path, body, silence);
        try
        {
            return JsonNode.Parse(answer.ReadToEnd()) ?? throw NotOurs();
        }
        catch (JsonException)
        {
            throw NotOurs();
        }
        catch (IOException e)
        {
            stop.ThrowIfCancellationRequested();
            throw Unreachable(e);
        }
    }

    Answer Open(string method, string path, JsonObject? body, TimeSpan silence)
    {
        List<(string, string)> headers = [("Accept", "application/json"), ("User-Agent", "agentctl")];
        if (settings.Token is not null) headers.Add(("Authorization", $"Bearer {settings.Token}"));
        // The path of a Unix socket is where it is, not what is asked for.
        var target = settings.Url.Scheme == Wire.UnixScheme ? path : settings.Url.AbsolutePath.TrimEnd('/') + path;
        var bytes = body is null ? null : System.Text.Encoding.UTF8.GetBytes(Output.Text(body, indented: false));
        try
        {
            var answer = Wire.Send(settings.Url, new(method, target, headers, bytes, silence), stop);
            var version = answer.Headers.GetValueOrDefault(OwnVersion.Header);
            settings.Skew?.See(version);
            if (answer.Status is >= 200 and < 300) return answer;
            using (answer)
            {
                var refused = Refusal.Read(answer.Status, answer.ReadToEnd(), answer.Headers.GetValueOrDefault("Retry-After"));
                throw Told(VersionSkew.Explain(refused, version));
            }
        }
        catch (IOException e)
        {
            stop.ThrowIfCancellationRequested();
            throw Unreachable(e);
        }
    }

    // The daemon's hint says that agentctl finds the local token by itself; it cannot know why this one did not, or found another's.
    Fault Told(Fault refused) => (refused.Code, settings) switch
    {
        (FaultCode.Unauthorized, { Token: null, WithinRun: true }) => new Fault(FaultCode.Unauthorized, refused.Message,
            "AGENTCTL_RUN_ID is set, so this is an agent's command: it needs its run's AGENTCTL_AUTH_TOKEN, never the local token."),
        (FaultCode.Unauthorized, { Token: not null, TokenOfFolder: true }) => new Fault(FaultCode.Unauthorized,
            $"The daemon at {settings.Url} works with another data folder than {settings.Data}, whose token it does not know.",
            "Name its folder with --data or AGENTD_DATA; or start one for this folder: agentctl daemon start --port 0"),
        _ => refused,
    };

    Fault NotOurs() =>
        new(FaultCode.Unavailable, $"What answers at {settings.Url} is not agentd.", "agentctl doctor shows who has the port.");

    Fault Unreachable(IOException cause)
    {
        var told = cause.Message.TrimEnd('.');
        // Not as an absence: that would be waited for.
        if (settings.WithinRun && WithinSandbox.Blocks(cause))
            return new(FaultCode.Forbidden, $"This agent's sandbox has no way to the daemon at {settings.Url} ({told}).",
                WithinSandbox.Hint(settings.Command));
        return new(FaultCode.Unavailable, $"The daemon does not answer at {settings.Url} ({told}).", settings.WithinRun
            ? WithinSandbox.Hint(settings.Command)
            : "Start it with 'agentctl daemon start', or 'agentd' in a terminal of its own.");
    }

    /// <summary>One segment of a path, whatever a person typed.</summary>
    public static string Segment(string text) => Uri.EscapeDataString(text);

    /// <summary>A query string from the members that have a value, "" when none has.</summary>
    public static string Query(params ReadOnlySpan<(string Name, string? Value)> members)
    {
        var query = "";
        foreach (var (name, value) in members)
        {
            if (value is not null) query += $"{(query.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(value)}";
        }
        return query;
    }
}
