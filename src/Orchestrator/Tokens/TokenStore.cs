using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Orchestrator.Events;
using Orchestrator.Store;

namespace Orchestrator.Tokens;

/// <summary>
/// Tokens in the store. What is written here is told to the <see cref="TokenBook"/> after COMMIT, so a token never counts before it is on
/// disk, and never again once its end is.
/// </summary>
sealed class TokenStore(Database store, EventLog events, TokenBook book)
{
    const string Select =
        "select id, name, kind, hash, scopes, created_at, created_by, expires_at, last_used_at, revoked_at, session_id from tokens";

    public Database Store => store;

    public EventLog Events => events;

    /// <summary>Every token there ever was, oldest first.</summary>
    public IReadOnlyList<Token> List() => store.Read(db => db.Query(Select + " order by created_at, id", Read));

    /// <summary>A named token by its name, while it counts; null when the name is free.</summary>
    public static Token? Live(WriteTransaction transaction, string name) => transaction.Db.First(
        Select + " where name = @name and revoked_at is null and (expires_at is null or expires_at > @now)", Read,
        ("@name", name), ("@now", transaction.Now));

    /// <summary>Stores a new token; from COMMIT on it counts.</summary>
    public void Insert(WriteTransaction transaction, Token token)
    {
        transaction.Db.Execute(
            "insert into tokens (id, name, kind, hash, scopes, created_at, created_by, expires_at, session_id) "
            + "values (@id, @name, @kind, @hash, @scopes, @at, @by, @until, @session)",
            ("@id", token.Id), ("@name", token.Name), ("@kind", token.Kind), ("@hash", token.Hash),
            ("@scopes", string.Join(' ', token.Scopes)), ("@at", token.CreatedAt.Micros()), ("@by", token.CreatedBy),
            ("@until", token.ExpiresAt?.Micros()), ("@session", token.SessionId));
        var data = Describe(token);
        data["scopes"] = new JsonArray([.. token.Scopes.Select(scope => (JsonNode)scope)]);
        data["expires_at"] = token.ExpiresAt?.UtcDateTime;
        events.Append(transaction, new NewEvent(TokenEvents.Created, token.CreatedBy, data));
        transaction.AfterCommit(() => book.Add(token));
    }

    /// <summary>Ends a token; one that is revoked already stays as it is, without an event.</summary>
    public Token Revoke(WriteTransaction transaction, string id, string actor, string? reason)
    {
        var token = Get(transaction.Db, id);
        if (token.RevokedAt is not null)
            return token;
        transaction.Db.Execute("update tokens set revoked_at = @now where id = @id", ("@now", transaction.Now), ("@id", id));
        var data = Describe(token);
        data["reason"] = reason;
        events.Append(transaction, new NewEvent(TokenEvents.Revoked, actor, data));
        var revoked = token with { RevokedAt = Times.From(transaction.Now) };
        transaction.AfterCommit(() => book.Revoke(revoked));
        return revoked;
    }

    /// <summary>The id of a token named by its id, a name, or a unique beginning of an id; of one name the newest that counts.</summary>
    public static string Resolve(Connection db, string idOrName) =>
        db.Text("select id from tokens where id = @text", ("@text", idOrName))
        ?? db.Text("select id from tokens where name = @text order by case when revoked_at is null then 0 else 1 end, created_at desc "
            + "limit 1", ("@text", idOrName))
        ?? (idOrName.Length < Ids.Length ? Prefixes.Resolve(db, "tokens", "token", idOrName)
            : throw Fault.NotFound("token", Texts.Short(idOrName)));

    /// <summary>When tokens were last used; an older time than the stored one changes nothing.</summary>
    public Task KeepUse(IReadOnlyList<(string Id, long At)> used) => store.Write(transaction =>
    {
        foreach (var (id, at) in used)
            transaction.Db.Execute(
                "update tokens set last_used_at = @at where id = @id and (last_used_at is null or last_used_at < @at2)",
                ("@at", at), ("@id", id), ("@at2", at));
    });

    static Token Get(Connection db, string id) => db.First(Select + " where id = @id", Read, ("@id", id))
        ?? throw Fault.NotFound("token", id);

    static JsonObject Describe(Token token) => new() { ["token_id"] = token.Id, ["name"] = token.Name, ["kind"] = token.Kind };

    static Token Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Name = row.GetString(1),
        Kind = row.GetString(2),
        Hash = row.GetString(3),
        Scopes = row.GetString(4).Split(' ', StringSplitOptions.RemoveEmptyEntries),
        CreatedAt = row.Time(5),
        CreatedBy = row.GetString(6),
        ExpiresAt = row.TimeOrNull(7),
        LastUsedAt = row.TimeOrNull(8),
        RevokedAt = row.TimeOrNull(9),
        SessionId = row.TextOrNull(10),
    };
}
