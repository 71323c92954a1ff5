using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Store;

/// <summary>
/// Brings the schema up to date: numbered texts, embedded, each with a checksum, each in a transaction of its own, with a copy of
/// the database taken before. A schema newer than the program, or a text that changed after it ran, is refused.
/// </summary>
static class Migrations
{
    /// <summary>One numbered schema text.</summary>
    public sealed record Step(int Version, string Name, string Sql)
    {
        public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
    }

    /// <summary>The texts of this program, in order.</summary>
    public static IReadOnlyList<Step> Embedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("Migrations/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => Read(assembly, name))];
    }

    /// <summary>
    /// Applies what is missing. <paramref name="backup"/> is called once before the first change of a database that has content.
    /// </summary>
    public static void Apply(Connection db, IReadOnlyList<Step> steps, long now, Action<int> backup)
    {
        db.Script("create table if not exists schema_migrations (version integer not null primary key, name text not null, "
            + "checksum text not null, applied_at bigint not null)");
        var applied = db.Query("select version, name, checksum from schema_migrations order by version",
            row => (Version: row.GetInt32(0), Name: row.GetString(1), Checksum: row.GetString(2)));
        foreach (var old in applied)
        {
            var mine = steps.FirstOrDefault(step => step.Version == old.Version) ?? throw new Fault(FaultCode.Unavailable,
                $"The database has schema {old.Version} ({old.Name}), newer than this agentd knows ({steps[^1].Version}).",
                "Start the newer agentd, or restore the copy it made before the upgrade (beside the database, *.before-*).");
            if (mine.Checksum != old.Checksum)
                throw new Fault(FaultCode.Unavailable,
                    $"Schema step {old.Version} ({old.Name}) differs from the one that made this database.",
                    "Use the agentd that made it.");
        }

        var missing = steps.Where(step => applied.All(old => old.Version != step.Version)).ToList();
        if (missing.Count > 0 && applied.Count > 0)
            backup(missing[0].Version);
        foreach (var step in missing)
        {
            db.Script("begin immediate");
            try
            {
                db.Script(step.Sql);
                db.Execute("insert into schema_migrations (version, name, checksum, applied_at) values (@version, @name, @checksum, @at)",
                    ("@version", step.Version), ("@name", step.Name), ("@checksum", step.Checksum), ("@at", now));
                db.Script("commit");
            }
            catch
            {
                db.Script("rollback");
                throw;
            }
        }
    }

    // "Migrations/0001_first.sql" → version 1, name "first".
    static Step Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        var file = Path.GetFileNameWithoutExtension(resource);
        return new Step(int.Parse(file.AsSpan(0, 4), System.Globalization.CultureInfo.InvariantCulture), file[5..], reader.ReadToEnd());
    }
}
