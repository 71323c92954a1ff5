using System.Diagnostics;
using Orchestrator.Store;

namespace Orchestrator.Bench;

/// <summary>The store without a daemon around it: the limit of everything that is on disk before it is answered.</summary>
static class BareStore
{
    /// <summary>Acknowledged writes a second.</summary>
    /// <param name="clients">How many write at once.</param>
    /// <param name="each">How often each does.</param>
    public static async Task<double> WritesPerSecond(int clients, int each)
    {
        var folder = BenchDaemon.NewFolder();
        double perSecond;
        using (var store = Database.Open(Path.Combine(folder, "bare.db"), TimeProvider.System))
        {
            var start = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
            {
                for (var i = 0; i < each; i++)
                {
                    await store.Write(transaction => transaction.Db.Execute(
                        "insert into idempotency (scope, key, body_hash, answer, created_at) values (@s, @k, @h, @a, @c)",
                        ("@s", $"{client}"), ("@k", $"{i}"), ("@h", "h"), ("@a", "a message of about this length"), ("@c", 1L)));
                }
            })));
            perSecond = clients * each / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Directory.Delete(folder, recursive: true);
        return perSecond;
    }
}
