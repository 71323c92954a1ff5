using Orchestrator.Http;
using Orchestrator.Store;

namespace Orchestrator.Tokens;

/// <summary>
/// Makes a named token. Its secret is in this answer and nowhere else, so a repeat could not be given the first answer: idempotency keys
/// are refused here. A repeat after a lost answer meets its own name (409) instead; revoke that one and make another.
/// </summary>
static class CreateToken
{
    /// <summary>Longest time a token may last, in seconds: ten years.</summary>
    const long MostSeconds = 10L * 366 * 24 * 3600;

    /// <summary>Names that events give to others.</summary>
    static readonly string[] Taken = ["local", "daemon", "agent", "anyone", "person", "rule"];

    /// <summary>POST /tokens. Without <c>expires_in_s</c> it lasts until it is revoked.</summary>
    public sealed record Request(string? Name, IReadOnlyList<string?>? Scopes, long? ExpiresInS, string? IdempotencyKey);

    public static void Map(Routes routes, TokenStore tokens) =>
        routes.Post("/tokens", nameof(CreateToken), async call =>
        {
            var request = await call.Body(TokenJson.Default.CreateRequest);
            if (call.IdempotencyKey(request.IdempotencyKey) is not null)
                throw Fault.Unprocessable("idempotency_key",
                    "is not taken here: the secret is shown once and kept nowhere. A repeat is refused by its name.");
            var name = Name(request.Name);
            var scopes = Scopes.Check(request.Scopes, call.Principal);
            if (request.ExpiresInS is < 1 or > MostSeconds)
                throw Fault.Unprocessable("expires_in_s", $"must be a whole number of seconds from 1 to {MostSeconds}.");
            var secret = Secret.New();
            var made = await tokens.Store.Write(transaction =>
            {
                if (TokenStore.Live(transaction, name) is { } other)
                    throw new Fault(FaultCode.Conflict, $"There is a token '{name}' already ({other.Id}).",
                        $"Choose another name, or 'agentctl token revoke {name}' first.");
                var at = Times.From(transaction.Now);
                var token = new Token
                {
                    Id = Ids.New(),
                    Name = name,
                    Kind = TokenKinds.Named,
                    Scopes = scopes,
                    CreatedAt = at,
                    CreatedBy = call.Principal.Name,
                    ExpiresAt = request.ExpiresInS is { } seconds ? at.AddSeconds(seconds) : null,
                    Hash = Secret.Hash(secret),
                };
                tokens.Insert(transaction, token);
                return token;
            });
            var answer = Reply.Created(json =>
            {
                json.Member("token", made, TokenJson.Default.Token);
                json.WriteString("secret", secret);
            });
            return answer with { Headers = NotKept };
        }, Scope.Admin, doc: () => RouteDoc.Of("Makes a named token; its secret is in this answer and nowhere else.")
            .Takes(TokenJson.Default.CreateRequest, "name", "scopes").Creates().Refuses(FaultCode.Conflict)
            .Gives("token", TokenJson.Default.Token).Gives("secret", Shape.Text));

    /// <summary>For answers that hold a secret.</summary>
    static readonly Dictionary<string, string> NotKept = new() { ["Cache-Control"] = "no-store" };

    static string Name(string? name)
    {
        if (name is null)
            throw Fault.Invalid("name", "is required.");
        if (name.Length is 0 or > 100 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') || name[0] is '-' or '.')
            throw Fault.Unprocessable("name",
                "must be 1 to 100 letters, digits, dots, dashes or underscores, and begin with a letter or digit.");
        if (Taken.Contains(name, StringComparer.OrdinalIgnoreCase) || (name.Length == Ids.Length && Ids.LooksLikePrefix(name)))
            throw Fault.Unprocessable("name", $"'{name}' means something else: choose another.");
        return name;
    }
}
