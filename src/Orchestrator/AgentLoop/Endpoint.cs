using Orchestrator.Agents;
using Orchestrator.Agents.OpenAi;

namespace Orchestrator.AgentLoop;

/// <summary>Whom to ask, and with which key. The key is shown to nobody but the endpoint.</summary>
/// <param name="Chat">The address of chat completions.</param>
/// <param name="Key">Null when none is set.</param>
/// <param name="KeyName">The variable the key comes from.</param>
/// <param name="Model">The model asked.</param>
sealed record Endpoint(Uri Chat, string? Key, string KeyName, string Model)
{
    const string DefaultUrl = "https://api.openai.com/v1";

    /// <summary>Reads the endpoint from the environment.</summary>
    /// <param name="variable">Looks up a variable; empty counts as not set.</param>
    /// <param name="model">The profile's model.</param>
    /// <exception cref="LoopFailure">Something is missing or wrong; the sentence says which variable.</exception>
    public static Endpoint Of(Func<string, string?> variable, string? model)
    {
        var url = variable(LoopProtocol.UrlVariable) ?? DefaultUrl;
        if (!Uri.TryCreate(url.TrimEnd('/') + "/chat/completions", UriKind.Absolute, out var chat)
            || chat.Scheme is not ("http" or "https") || chat.UserInfo.Length > 0 || chat.Query.Length > 0)
            throw new LoopFailure(EndReason.BadRequest,
                $"{LoopProtocol.UrlVariable} is no plain http or https address like http://127.0.0.1:11434/v1.");
        var keyName = variable(LoopProtocol.KeyNameVariable) ?? LoopProtocol.KeyVariable;
        var key = variable(keyName)?.Trim();
        if (key?.Any(letter => letter is <= ' ' or > '~') == true)
            throw new LoopFailure(EndReason.AuthRequired, $"{keyName} holds characters that no key has.");
        if (key is null && (url == DefaultUrl || keyName != LoopProtocol.KeyVariable))
            throw new LoopFailure(EndReason.AuthRequired, $"{keyName} is not set, and {chat.Host} wants a key.");
        var named = model ?? variable(LoopProtocol.ModelVariable)
            ?? throw new LoopFailure(EndReason.BadRequest, "No model is named: set 'model' in the profile.");
        return new(chat, key, keyName, named);
    }

    /// <summary>The text without the key, should anybody have repeated it.</summary>
    public string Hide(string text) =>
        Key is { Length: >= 6 } key ? text.Replace(key, "[key]", StringComparison.Ordinal) : text;
}
