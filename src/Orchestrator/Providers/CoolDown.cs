using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using Orchestrator.Store;

namespace Orchestrator.Providers;

/// <summary>A provider that is left alone for a while: none of its runs starts, those of others do.</summary>
sealed record CoolDown
{
    /// <summary>Whose limits it is about, see <see cref="Agents.ProviderName"/>.</summary>
    public required string Provider { get; init; }

    /// <summary>When its runs start again.</summary>
    public required DateTimeOffset Until { get; init; }
    public required DateTimeOffset Since { get; init; }

    /// <summary>rate_limited or quota_exhausted.</summary>
    public required string Reason { get; init; }

    /// <summary>True when the provider named the time; false when it is ours, after refusals in a row.</summary>
    public required bool Named { get; init; }

    /// <summary>What it said.</summary>
    public string? Text { get; init; }

    /// <summary>The run it refused.</summary>
    public string? RunId { get; init; }

    /// <summary>Runs that wait for it.</summary>
    public long Waiting { get; init; }
}

/// <summary>Reading cool-downs out of the store.</summary>
static class CoolDownRows
{
    const string Select = """
        select c.provider, c.until, c.began_at, c.reason, c.named, c.text, c.run_id,
               (select count(*) from runs r where r.status = 'queued' and r.ended_at is null and coalesce(r.provider, r.agent) = c.provider)
        from cool_downs c where c.until is not null
        """;

    /// <summary>For the query of whatever starts runs: true of a run <c>r</c> whose provider does not want one now. Takes @now.</summary>
    public const string Holds = """
        exists (select 1 from cool_downs c where c.provider = coalesce(r.provider, r.agent) and c.next_start > @now)
        """;

    /// <summary>Those that are on, by name.</summary>
    public static IReadOnlyList<CoolDown> All(Connection db) => db.Query(Select + " order by c.provider", Read);

    /// <summary>The one of a provider, or null.</summary>
    public static CoolDown? Of(Connection db, string provider) =>
        db.First(Select + " and c.provider = @provider", Read, ("@provider", provider));

    /// <summary>Those whose time is over.</summary>
    public static IReadOnlyList<string> Over(Connection db, long now) => db.Query(
        "select provider from cool_downs where until <= @now order by provider", row => row.GetString(0), ("@now", now));

    static CoolDown Read(SqliteDataReader row) => new()
    {
        Provider = row.GetString(0),
        Until = row.Time(1),
        Since = row.Time(2),
        Reason = row.GetString(3),
        Named = row.GetInt64(4) == 1,
        Text = row.TextOrNull(5),
        RunId = row.TextOrNull(6),
        Waiting = row.GetInt64(7),
    };
}

/// <summary>JSON of providers: members in snake_case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(CoolDown))]
[JsonSerializable(typeof(IReadOnlyList<CoolDown>))]
[JsonSerializable(typeof(LiftCoolDown.Request), TypeInfoPropertyName = "LiftCoolDownRequest")]
sealed partial class ProviderJson : JsonSerializerContext;
