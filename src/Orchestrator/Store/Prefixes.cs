namespace Orchestrator.Store;

/// <summary>Any unique prefix of an id names its object; an ambiguous one is refused with the candidates.</summary>
static class Prefixes
{
    /// <summary>The whole id. <paramref name="table"/> is a constant of ours, never input.</summary>
    public static string Resolve(Connection db, string table, string kind, string idOrPrefix)
    {
        if (!Ids.LooksLikePrefix(idOrPrefix))
            throw Fault.NotFound(kind, idOrPrefix.Length <= 40 ? idOrPrefix : idOrPrefix[..40] + "…");
        if (idOrPrefix.Length == Ids.Length)
            return idOrPrefix;
        // Hex digits sort before 'g': a range instead of LIKE uses the primary key.
        var found = db.Query($"select id from {table} where id >= @from and id < @to order by id limit 6", row => row.GetString(0),
            ("@from", idOrPrefix), ("@to", idOrPrefix + "g"));
        return found.Count switch
        {
            0 => throw Fault.NotFound(kind, idOrPrefix),
            1 => found[0],
            _ => throw new Fault(FaultCode.Conflict, $"'{idOrPrefix}' fits several of them: {string.Join(", ", found)}.",
                "Give more characters.")
            {
                Details = new Dictionary<string, object?> { ["candidates"] = found },
            },
        };
    }
}
