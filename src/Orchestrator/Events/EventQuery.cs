using System.Text;

namespace Orchestrator.Events;

/// <summary>
/// The statement for a filter, so that each reads one index in the order of seq and stops at its limit. The text depends only on which
/// members are given and on how many types, so few statements are ever prepared.
/// </summary>
static class EventQuery
{
    const string Columns = "seq, at, type, session_id, run_id, item_id, plan_id, actor, data";
    const string Range = "seq > @after and seq <= @to";

    /// <summary>
    /// Every type from @from on and below @to that occurs: each is found by one step in the index, however many events it has.
    /// </summary>
    public const string TypesOfFamily = """
        with recursive found(type) as (
          select min(type) from events where type >= @from and type < @to
          union all
          select (select min(e.type) from events e where e.type > found.type and e.type < @to) from found where found.type is not null)
        select type from found where type is not null
        """;

    /// <summary>Text and values; the caller adds @after, @to and @limit.</summary>
    /// <param name="family">The types that begin with a prefix like <c>run.</c>.</param>
    /// <param name="newestFirst">The last ones of the range, and those first.</param>
    public static (string Sql, List<(string Name, object? Value)> Values) Of(
        EventFilter filter, Func<string, IEnumerable<string>> family, bool newestFirst = false)
    {
        var (sql, values) = filter is { RunId: null, SessionId: null, ItemId: null, Types.Count: > 0 }
            ? ByType([.. filter.Types.SelectMany(type => IsFamily(type) ? family(type[..^1]) : [type])
                .Distinct().Order(StringComparer.Ordinal)])
            : ByScope(filter);
        return ($"{sql} order by seq{(newestFirst ? " desc" : "")} limit @limit", values);
    }

    static bool IsFamily(string type) => type.EndsWith(".*", StringComparison.Ordinal);

    // The parts come in order of seq and are merged as they are read; nothing is sorted.
    static (string, List<(string, object?)>) ByType(List<string> types)
    {
        if (types.Count == 0)
            return ($"select {Columns} from events where {Range} and 1 = 0", []);
        var parts = types.Select((_, i) => $"select {Columns} from events where type = @type{i} and {Range}");
        return (string.Join(" union all ", parts),
            [.. types.Select((type, i) => ($"@type{i}", (object?)type))]);
    }

    // The plus keeps a condition away from the indexes: the narrowest scope leads, the rest is looked at row by row.
    static (string, List<(string, object?)>) ByScope(EventFilter filter)
    {
        var (where, values) = (new StringBuilder(), new List<(string, object?)>());
        foreach (var (column, value) in new[] { ("run_id", filter.RunId), ("item_id", filter.ItemId), ("session_id", filter.SessionId) })
        {
            if (value is null)
                continue;
            where.Append($" and {(values.Count > 0 ? "+" : "")}{column} = @{column}");
            values.Add(("@" + column, value));
        }

        var types = new List<string>();
        foreach (var (type, i) in filter.Types.Order(StringComparer.Ordinal).Select((type, i) => (type, i)))
        {
            values.Add(($"@type{i}", IsFamily(type) ? type[..^1] : type));
            types.Add(IsFamily(type) ? $"substr(type, 1, length(@type{i})) = @type{i}" : $"+type = @type{i}");
        }

        if (types.Count == 0)
        {
            where.Append(" and type <> @raw");
            values.Add(("@raw", EventFilter.RawType));
        }
        else
        {
            where.Append($" and ({string.Join(" or ", types)})");
        }

        return ($"select {Columns} from events where {Range}{where}", values);
    }
}
