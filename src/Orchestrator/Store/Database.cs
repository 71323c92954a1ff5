using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Orchestrator.Store;

/// <summary>
/// The store: one SQLite file in WAL mode, owned by one process, written by one thread (<see cref="Writer"/>), read through
/// read-only connections that never checkpoint. One connection writing and checkpointing also keeps clear of the WAL-reset defect of
/// SQLite before 3.51.3 (docs/adr/0003).
/// </summary>
sealed class Database : IDisposable
{
    // Filters that clients choose make ever new texts; a connection that has met so many gives its memory back.
    const int StatementsKept = 256;

    // SQLITE_CORRUPT.
    const int DamagedCode = 11;

    readonly ConcurrentBag<Connection> idleReaders = [];
    readonly OwnerLock ownerLock;
    readonly Connection writing;
    readonly Writer writer;

    Database(string path, Version version, OwnerLock ownerLock, Connection writing, TimeProvider clock)
    {
        Path = path;
        Version = version;
        this.ownerLock = ownerLock;
        this.writing = writing;
        writer = new Writer(writing, clock, () => Committed?.Invoke());
    }

    /// <summary>Raised on the writer's thread once after each committed batch; handlers must be quick.</summary>
    public event Action? Committed;

    /// <summary>The database file.</summary>
    public string Path { get; }

    /// <summary>Version of the SQLite library in use.</summary>
    public Version Version { get; }

    /// <summary>Why the store cannot write now; null while it can.</summary>
    public string? Trouble => writer.Trouble;

    /// <summary>
    /// Opens, locks and migrates. Throws <see cref="Fault"/> when another process owns it, it is damaged, newer than this program,
    /// or the folder cannot be written; nothing is changed then.
    /// </summary>
    public static Database Open(string path, TimeProvider clock)
    {
        var version = NativeSqlite.Load();
        var ownerLock = OwnerLock.Take(path);
        Connection? db = null;
        try
        {
            MakePrivate(path);
            db = new Connection(path, readOnly: false);
            db.Script("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma temp_store = memory; "
                + "pragma wal_autocheckpoint = 4000");
            Migrations.Apply(db, Migrations.Embedded(), clock.GetUtcNow().Micros(), next => Backup(db, path, next));
            RefuseHoles(db);
            return new Database(path, version, ownerLock, db, clock);
        }
        catch (SqliteException e)
        {
            Close(db, ownerLock);
            throw new Fault(FaultCode.Unavailable, $"The database {path} cannot be opened: {e.Message}",
                "Nothing was changed. 'agentctl doctor' looks closer; copies made before upgrades stand beside it (*.before-*).");
        }
        catch (Fault)
        {
            Close(db, ownerLock);
            throw;
        }
    }

    /// <summary>Queues a write; the task ends when it is on disk.</summary>
    public Task<T> Write<T>(Func<WriteTransaction, T> operation) => writer.Write(operation);

    /// <summary>Queues a write without an answer.</summary>
    public Task Write(Action<WriteTransaction> operation) => writer.Write(transaction =>
    {
        operation(transaction);
        return true;
    });

    /// <summary>Reads on a read-only connection; sees everything committed before the call.</summary>
    public T Read<T>(Func<Connection, T> query)
    {
        Connection? reader = null;
        try
        {
            reader = idleReaders.TryTake(out var idle) ? idle : NewReader();
            return query(reader);
        }
        catch (SqliteException e)
        {
            // The connection is not trusted again.
            reader?.Dispose();
            reader = null;
            throw new Fault(FaultCode.Unavailable, $"The store cannot be read: {e.Message}", "agentctl doctor") { RetryAfterSeconds = 5 };
        }
        finally
        {
            if (reader is { Statements: > StatementsKept })
                reader.Dispose();
            else if (reader is not null)
                idleReaders.Add(reader);
        }
    }

    /// <summary>Writes a page without changing anything: ends <see cref="Trouble"/> as soon as the disk lets it.</summary>
    public Task Probe() => Write(transaction => { transaction.Db.Execute("update counters set value = value where name = 'queue_no'"); });

    /// <summary>SQLite's own full check: "ok", or what is wrong. Slow on a large database.</summary>
    public string CheckIntegrity() => Read(db =>
    {
        try
        {
            return string.Join("\n", db.Query("pragma integrity_check(20)", row => row.GetString(0)));
        }
        catch (SqliteException e) when (e.SqliteErrorCode == DamagedCode)
        {
            // So damaged that the check itself cannot go on: that is its answer.
            return e.Message;
        }
    });

    public void Dispose()
    {
        writer.Dispose();
        foreach (var reader in idleReaders)
            reader.Dispose();
        Close(writing, ownerLock);
    }

    Connection NewReader()
    {
        var reader = new Connection(Path, readOnly: true);
        reader.Script("pragma query_only = on; pragma temp_store = memory");
        return reader;
    }

    // For its owner only, and SQLite gives its log the same mode. An existing file keeps what its owner chose.
    static void MakePrivate(string path)
    {
        if (!File.Exists(path))
            new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }).Dispose();
    }

    static void Close(Connection? db, OwnerLock ownerLock)
    {
        db?.Dispose();
        ownerLock.Dispose();
    }

    /// <summary>A whole copy beside the database, made once per upgrade.</summary>
    internal static void Backup(Connection db, string path, int nextVersion)
    {
        var copy = $"{path}.before-{nextVersion:D4}";
        if (File.Exists(copy))
            return;
        // Half a copy that a crash left would be refused as a target.
        File.Delete(copy + ".tmp");
        db.Execute("vacuum into @copy", ("@copy", copy + ".tmp"));
        File.Move(copy + ".tmp", copy);
    }

    // The counter and the log must agree: a difference means that the file was edited or restored by halves.
    static void RefuseHoles(Connection db)
    {
        var counted = db.Number("select value from counters where name = 'event_seq'") ?? -1;
        var last = db.Number("select max(seq) from events") ?? db.Number("select value from counters where name = 'event_floor'") ?? 0;
        if (counted != last)
            throw new Fault(FaultCode.Unavailable,
                $"The event log ends at {last} but its counter says {counted}: the database was changed from outside.",
                "Restore a whole copy of the database (with its -wal file).");
    }
}
