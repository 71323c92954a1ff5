namespace Orchestrator.Store;

/// <summary>
/// What one write operation sees: the writing connection, inside the batch's transaction and a savepoint of its own. An exception undoes
/// this operation only. Nothing it says leaves the process before COMMIT.
/// </summary>
sealed class WriteTransaction(Connection db, long now)
{
    readonly Dictionary<string, long> counters = new(StringComparer.Ordinal);
    readonly HashSet<string> changed = new(StringComparer.Ordinal);
    readonly List<Action> afterCommit = [];
    Dictionary<string, long>? savedCounters;
    int savedActions;

    /// <summary>The writing connection.</summary>
    public Connection Db => db;

    /// <summary>The batch's time in microseconds, the same for all that is written together.</summary>
    public long Now => now;

    /// <summary>The next number of a gapless counter; taken back when the operation is undone.</summary>
    public long Next(string counter)
    {
        if (!counters.TryGetValue(counter, out var value))
        {
            value = db.Number("select value from counters where name = @name", ("@name", counter))
                ?? throw new InvalidOperationException($"There is no counter '{counter}'.");
        }

        counters[counter] = ++value;
        changed.Add(counter);
        return value;
    }

    /// <summary>Runs after COMMIT, in order, on the writer's thread: must be quick and must not fail.</summary>
    public void AfterCommit(Action action) => afterCommit.Add(action);

    /// <summary>Begins one operation of the batch.</summary>
    internal void Enter()
    {
        db.Execute("savepoint operation");
        savedCounters = counters.Count == 0 ? null : new Dictionary<string, long>(counters, StringComparer.Ordinal);
        savedActions = afterCommit.Count;
    }

    /// <summary>Keeps the operation.</summary>
    internal void Leave() => db.Execute("release operation");

    /// <summary>Undoes the operation and everything it numbered or planned.</summary>
    internal void Undo()
    {
        db.Execute("rollback to operation");
        db.Execute("release operation");
        counters.Clear();
        foreach (var (name, value) in savedCounters ?? [])
            counters[name] = value;
        afterCommit.RemoveRange(savedActions, afterCommit.Count - savedActions);
    }

    /// <summary>Writes the counters; the last act before COMMIT.</summary>
    internal void Close()
    {
        foreach (var name in changed)
        {
            if (counters.TryGetValue(name, out var value))
                db.Execute("update counters set value = @value where name = @name", ("@value", value), ("@name", name));
        }
    }

    /// <summary>Everything that was waiting for COMMIT.</summary>
    internal void Publish()
    {
        foreach (var action in afterCommit)
            action();
    }
}
