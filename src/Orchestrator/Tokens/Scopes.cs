using Orchestrator.Http;

namespace Orchestrator.Tokens;

/// <summary>Scopes as words: in requests, in answers, in the store.</summary>
static class Scopes
{
    /// <summary>Every scope a token can be given. What a run gets is no word of these: only the daemon makes it.</summary>
    public static readonly IReadOnlyDictionary<string, Scope> Words = new Dictionary<string, Scope>
    {
        ["read"] = Scope.Read, ["operate"] = Scope.Operate, ["approve"] = Scope.Approve, ["admin"] = Scope.Admin,
    };

    /// <summary>
    /// The words of a request, each once, in the order of the list above. Throws <see cref="Fault"/> for none, for an unknown one, and
    /// for one that the caller itself lacks.
    /// </summary>
    public static IReadOnlyList<string> Check(IReadOnlyList<string?>? asked, Principal caller)
    {
        if (asked is null or { Count: 0 })
            throw Fault.Unprocessable("scopes", $"name at least one of {string.Join(", ", Words.Keys)}.");
        foreach (var word in asked)
        {
            if (word is null || !Words.ContainsKey(word))
                throw Fault.Unprocessable("scopes",
                    $"'{Texts.Short(word ?? "null")}' is no scope; there are {string.Join(", ", Words.Keys)}.");
        }

        if (asked.FirstOrDefault(word => !caller.May(Words[word!])) is { } missing)
            throw new Fault(FaultCode.Forbidden, $"scopes: a caller without '{missing}' cannot grant it.");
        return [.. Words.Keys.Where(word => asked.Contains(word))];
    }

    /// <summary>Stored words as a set; a word of a later version grants nothing here.</summary>
    public static IReadOnlySet<Scope> Read(IEnumerable<string> words) =>
        words.Where(Words.ContainsKey).Select(word => Words[word]).ToHashSet();

    /// <summary>A set as words.</summary>
    public static IReadOnlyList<string> Write(IReadOnlySet<Scope> scopes) =>
        [.. Words.Where(word => scopes.Contains(word.Value)).Select(word => word.Key)];
}
