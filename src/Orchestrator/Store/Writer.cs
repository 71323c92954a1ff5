using Microsoft.Data.Sqlite;

namespace Orchestrator.Store;

/// <summary>
/// The one thread that writes. Operations queue up; one transaction takes what is there (at most <see cref="BatchLimit"/>), each
/// under a savepoint; callers hear of it only after COMMIT, which is on disk (synchronous=FULL). So durability costs one flush a batch.
/// </summary>
sealed class Writer : IDisposable
{
    /// <summary>Most operations one transaction takes.</summary>
    public const int BatchLimit = 1024;

    readonly Connection db;
    readonly TimeProvider clock;
    readonly Action committed;
    // A monitor, not a semaphore: it sleeps at once, where a semaphore burns a core's time spinning before it does.
    readonly object gate = new();
    readonly Thread thread;
    List<Job> waiting = [];
    bool closing;

    /// <summary>Why the store cannot write now; null while it can. Shown in daemon status.</summary>
    public string? Trouble { get; private set; }

    /// <param name="db">The only connection that writes; used by this thread alone from now on.</param>
    /// <param name="clock">Stamps each batch.</param>
    /// <param name="committed">Called once after each batch, before its callers are answered.</param>
    public Writer(Connection db, TimeProvider clock, Action committed)
    {
        this.db = db;
        this.clock = clock;
        this.committed = committed;
        thread = new Thread(Work) { Name = "store writer", IsBackground = true };
        thread.Start();
    }

    /// <summary>Queues an operation; the task ends after COMMIT, or with what the operation threw.</summary>
    public Task<T> Write<T>(Func<WriteTransaction, T> operation)
    {
        var job = new Job<T>(operation);
        lock (gate)
        {
            if (closing)
                throw new Fault(FaultCode.Unavailable, "The daemon is shutting down.") { RetryAfterSeconds = 1 };
            waiting.Add(job);
            Monitor.Pulse(gate);
        }

        return job.Task;
    }

    public void Dispose()
    {
        lock (gate)
        {
            closing = true;
            Monitor.Pulse(gate);
        }

        thread.Join();
    }

    void Work()
    {
        while (true)
        {
            List<Job> batch;
            lock (gate)
            {
                while (waiting.Count == 0 && !closing)
                    Monitor.Wait(gate);
                if (waiting.Count == 0)
                    return;
                batch = waiting.Count <= BatchLimit ? waiting : waiting.GetRange(0, BatchLimit);
                waiting = waiting.Count <= BatchLimit ? [] : waiting.GetRange(BatchLimit, waiting.Count - BatchLimit);
            }

            Run(batch);
        }
    }

    void Run(List<Job> batch)
    {
        var transaction = new WriteTransaction(db, clock.GetUtcNow().Micros());
        try
        {
            db.Execute("begin immediate");
            foreach (var job in batch)
                Apply(job, transaction);
            transaction.Close();
            db.Execute("commit");
        }
        catch (SqliteException e)
        {
            // Disk full, read-only, corrupt: the whole batch is undone and every caller is told. Nothing was acknowledged.
            Trouble = Explain(e);
            RollBack();
            foreach (var job in batch)
                job.Fail(new Fault(FaultCode.Unavailable, $"The store cannot write: {Trouble}", "Free disk space, then 'agentctl doctor'.")
                {
                    RetryAfterSeconds = 5,
                });
            return;
        }

        Trouble = null;
        transaction.Publish();
        committed();
        foreach (var job in batch)
            job.Complete();
    }

    static void Apply(Job job, WriteTransaction transaction)
    {
        transaction.Enter();
        try
        {
            job.Apply(transaction);
            transaction.Leave();
        }
        catch (SqliteException e) when (IsFatal(e))
        {
            throw;
        }
        catch (Exception e)
        {
            // Any failure of one operation is its caller's; the others of the batch go on.
            transaction.Undo();
            job.Refuse(e);
        }
    }

    void RollBack()
    {
        try
        {
            db.Execute("rollback");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself (it does on a full disk); there is nothing left to undo.
        }
    }

    // SQLite result codes: READONLY 8, IOERR 10, CORRUPT 11, FULL 13, CANTOPEN 14, NOTADB 26.
    static bool IsFatal(SqliteException e) => e.SqliteErrorCode is 8 or 10 or 11 or 13 or 14 or 26;

    static string Explain(SqliteException e) => e.SqliteErrorCode switch
    {
        8 => "the database is read-only",
        10 => "the disk reports an error (" + e.Message + ")",
        11 or 26 => "the database file is damaged",
        13 => "the disk is full",
        _ => e.Message,
    };

    /// <summary>One waiting operation and whoever waits for it.</summary>
    abstract class Job
    {
        public abstract void Apply(WriteTransaction transaction);
        public abstract void Refuse(Exception why);
        public abstract void Complete();
        public abstract void Fail(Exception why);
    }

    /// <summary>An operation with a result of its own type.</summary>
    sealed class Job<T>(Func<WriteTransaction, T> operation) : Job
    {
        readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        T result = default!;
        Exception? refused;

        public Task<T> Task => done.Task;

        public override void Apply(WriteTransaction transaction) => result = operation(transaction);

        public override void Refuse(Exception why) => refused = why;

        public override void Complete()
        {
            if (refused is null)
                done.SetResult(result);
            else
                done.SetException(refused);
        }

        public override void Fail(Exception why) => done.SetException(refused ?? why);
    }
}
