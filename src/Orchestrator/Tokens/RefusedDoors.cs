using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Events;
using Orchestrator.Store;

namespace Orchestrator.Tokens;

/// <summary>
/// Tells by events who was not let in. The first of its kind is told at once, what follows within a minute is counted and told as one, so
/// that a flood fills neither the store nor the memory. A query is never told: it may hold a secret.
/// </summary>
sealed partial class RefusedDoors(Database store, EventLog events, TimeProvider clock)
{
    /// <summary>How long those of one kind are counted before they are told.</summary>
    static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>Kinds told apart within a minute; those beyond share one place, whatever their address.</summary>
    public const int MostKinds = 100;

    const int PathLimit = 200;
    const string Others = "others";

    readonly Lock gate = new();
    readonly Dictionary<Kind, Tally> tallies = [];

    /// <summary>One refusal. Never waits and never fails: the answer does not depend on it.</summary>
    public void Note(string reason, string address, string actor, string method, string path)
    {
        var kind = new Kind(reason, address, actor);
        var refused = new Refused(method, Harmless(path), 1);
        lock (gate)
        {
            if (!tallies.ContainsKey(kind) && tallies.Count >= MostKinds)
                kind = kind with { Address = Others, Actor = "anyone" };
            if (tallies.TryGetValue(kind, out var tally))
            {
                tally.More = refused with { Count = (tally.More?.Count ?? 0) + 1 };
                return;
            }

            tallies[kind] = new Tally(clock.GetTimestamp());
        }

        _ = Tell([(kind, refused)]);
    }

    /// <summary>Tells what was counted in minutes that are over.</summary>
    /// <param name="all">Also in those that are not: the daemon stops.</param>
    public Task TellCounted(bool all = false)
    {
        var due = new List<(Kind, Refused)>();
        lock (gate)
        {
            foreach (var (kind, tally) in tallies.ToList())
            {
                if (!all && clock.GetElapsedTime(tally.Begun) < Window)
                    continue;
                // A kind that goes on is counted for another minute; one that stopped is forgotten.
                if (tally.More is { } more)
                {
                    due.Add((kind, more));
                    tallies[kind] = new Tally(clock.GetTimestamp());
                }
                else
                    tallies.Remove(kind);
            }
        }

        return due.Count == 0 ? Task.CompletedTask : Tell(due);
    }

    /// <summary>Short, and without what may be a secret somebody put into a path.</summary>
    static string Harmless(string path) => LongWord().Replace(path.Length <= PathLimit ? path : path[..PathLimit], "…");

    async Task Tell(IReadOnlyList<(Kind Kind, Refused Refused)> all)
    {
        try
        {
            await store.Write(transaction =>
            {
                foreach (var (kind, refused) in all)
                    events.Append(transaction, new NewEvent(TokenEvents.DoorRefused, kind.Actor, new JsonObject
                    {
                        ["reason"] = kind.Reason,
                        ["method"] = refused.Method,
                        ["path"] = refused.Path,
                        ["address"] = kind.Address,
                        ["count"] = refused.Count,
                    }));
            });
        }
        catch (Fault)
        {
            // The store cannot write, which daemon status says; a refusal is no reason to fail.
        }
    }

    // Longer than any id of ours: a token in hex or base64.
    [GeneratedRegex("[A-Za-z0-9_+-]{24,}")]
    private static partial Regex LongWord();

    /// <summary>What is counted together.</summary>
    readonly record struct Kind(string Reason, string Address, string Actor);

    /// <summary>The last of its kind, and how many.</summary>
    sealed record Refused(string Method, string Path, long Count);

    /// <summary>Since when, and what came since.</summary>
    sealed class Tally(long begun)
    {
        public long Begun => begun;
        public Refused? More { get; set; }
    }
}
