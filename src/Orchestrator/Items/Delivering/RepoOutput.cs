using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Orchestrator.GitHub;
using Orchestrator.Store;

namespace Orchestrator.Items;

/// <summary>A repository that an item is to come out as.</summary>
/// <param name="Accepted">How the item ends when it is there; null when it has ended already.</param>
/// <param name="Made">owner/name, stored before it is asked for: what is there under that name is then ours.</param>
/// <param name="Failures">Tries in a row that GitHub did not let through.</param>
/// <param name="IsParked">Nobody makes it now: it failed, or its item is at work again. What was made there is still ours.</param>
sealed record RepoOutput(string ItemId, RepoOutputEnd? Accepted, string? Made, int Failures, bool IsParked = false)
{
    const string Select = "select item_id, accepted, made, failures, look_at from repo_outputs";

    static readonly DateTimeOffset Never = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static RepoOutput? Find(Connection db, string itemId) => db.First(Select + " where item_id = @id", Read, ("@id", itemId));

    public static IReadOnlyList<RepoOutput> Due(Connection db, long now) =>
        db.Query(Select + " where look_at <= @now order by look_at, item_id", Read, ("@now", now));

    public static void Put(WriteTransaction transaction, RepoOutput output, DateTimeOffset at) => transaction.Db.Execute(
        "insert into repo_outputs (item_id, accepted, made, failures, look_at) values (@id, @accepted, @made, @failures, @at) "
        + "on conflict (item_id) do update set accepted = excluded.accepted, made = excluded.made, failures = excluded.failures, "
        + "look_at = excluded.look_at",
        ("@id", output.ItemId), ("@accepted", output.Accepted?.ToString()), ("@made", output.Made), ("@failures", output.Failures),
        ("@at", at.Micros()));

    /// <summary>Nobody makes it for now.</summary>
    public static void Park(WriteTransaction transaction, string itemId)
    {
        if (Find(transaction.Db, itemId) is { IsParked: false } output)
            Put(transaction, output, Never);
    }

    public static void Remove(WriteTransaction transaction, string itemId) =>
        transaction.Db.Execute("delete from repo_outputs where item_id = @id", ("@id", itemId));

    static RepoOutput Read(SqliteDataReader row) => new(row.GetString(0), RepoOutputEnd.Parse(row.TextOrNull(1)), row.TextOrNull(2),
        row.GetInt32(3), row.GetInt64(4) >= Never.Micros());
}

/// <summary>How an item ends when its repository is there.</summary>
/// <param name="Step">Finish, or Accept where it was blocked.</param>
sealed record RepoOutputEnd(string Step, string? Reason, bool Unchecked, string Actor)
{
    public override string ToString() => new JsonObject
    {
        ["step"] = Step, ["reason"] = Reason, ["unchecked"] = Unchecked, ["actor"] = Actor,
    }.ToJsonString(Json.PlainOptions);

    public static RepoOutputEnd? Parse(string? text) => text is null || JsonNode.Parse(text) is not { } end ? null
        : new((string)end["step"]!, (string?)end["reason"], (bool)end["unchecked"]!, (string)end["actor"]!);
}

/// <summary>What was asked for, as the item has it.</summary>
/// <param name="Name">Null for one made from the item's title.</param>
sealed record RepoWish(string? Name, string? Template, bool Private, string Description)
{
    // {"type":"repo","name":"dashboard","template":"node","private":true,"description":"Figures"}
    public static RepoWish? Of(Item item) => item.Output is not { ValueKind: JsonValueKind.Object } output ? null : new RepoWish(
        Text(output, "name"), Text(output, "template"), !(output.TryGetProperty("private", out var flag)
            && flag.ValueKind == JsonValueKind.False), Text(output, "description") ?? item.Title);

    static string? Text(JsonElement output, string name) => output.TryGetProperty(name, out var text)
        && text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 0 } value ? value.Trim() : null;
}
