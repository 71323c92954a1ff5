using System.Globalization;
using Orchestrator.Agents;

namespace Orchestrator.AgentLoop;

/// <summary>Why the endpoint gave no answer.</summary>
/// <param name="Reason">One of <see cref="EndReason"/>.</param>
/// <param name="Text">A sentence for a person.</param>
/// <param name="Again">True when the same request may work later.</param>
/// <param name="After">How long the endpoint wants to be left alone; null when it does not say.</param>
sealed record ModelRefusal(string Reason, string Text, bool Again, TimeSpan? After = null)
{
    /// <summary>Longest text of an endpoint that is repeated, in characters.</summary>
    const int LongestText = 1000;

    static readonly string[] NoTools =
        ["not support tools", "support tool use", "not support function calling", "tool choice requires", "tools is not supported"];

    /// <summary>Reads an HTTP refusal.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">Its body, perhaps cut.</param>
    /// <param name="endpoint">Who refused.</param>
    /// <param name="after">Its Retry-After.</param>
    public static ModelRefusal OfStatus(int status, string body, Endpoint endpoint, TimeSpan? after = null)
    {
        var said = Short(FailureWords.Sentence(body.Trim()));
        var answered = $"{endpoint.Chat.Host} answered HTTP {status.ToString(CultureInfo.InvariantCulture)}";
        if (Array.Exists(NoTools, words => body.Contains(words, StringComparison.OrdinalIgnoreCase)))
            return new(EndReason.BadRequest,
                $"The model {endpoint.Model} does not take tools, and without them it cannot work here. {answered}: {said}", false);
        if (status is >= 300 and < 400)
            return new(EndReason.BadRequest, $"{answered}: it wants to be asked elsewhere. Set the address it really has.", false);
        if (status is 404 or 405 && !body.TrimStart().StartsWith('{'))
            return new(EndReason.BadRequest,
                $"{answered}: there is no {endpoint.Chat.AbsolutePath} there. Most addresses end in /v1.", false);
        var reason = FailureWords.ReasonOfStatus(status, body) ?? EndReason.AgentError;
        var text = said.Length == 0 || said.StartsWith('<') ? answered + "." : $"{answered}: {said}";
        return new(reason, text, reason is EndReason.RateLimited or EndReason.ProviderUnavailable, after);
    }

    /// <summary>An error inside a stream that had begun well.</summary>
    public static ModelRefusal InStream(string error, long status)
    {
        var reason = FailureWords.ReasonOfStatus(status, error) ?? FailureWords.Reason(error);
        // Most of what ends a stream is trouble of the moment, whatever it calls itself.
        var again = reason is EndReason.RateLimited or EndReason.ProviderUnavailable or EndReason.AgentError;
        return new(reason == EndReason.AgentError ? EndReason.ProviderUnavailable : reason,
            $"The endpoint broke off its answer: {Short(error)}", again);
    }

    /// <summary>Nothing was heard, or the connection broke.</summary>
    public static ModelRefusal Unreachable(string text) => new(EndReason.ProviderUnavailable, text, true);

    static string Short(string text) => text.Length <= LongestText ? text : text[..LongestText] + "…";
}
