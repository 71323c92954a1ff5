using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Store;

namespace Orchestrator.Tests.Support;

/// <summary>A real store in a folder of its own, with its event log; removed at the end.</summary>
sealed class TempStore : IDisposable
{
    Database? store;

    public TempStore(bool open = true)
    {
        Folder = Directory.CreateTempSubdirectory("store-").FullName;
        Path = System.IO.Path.Combine(Folder, "test.db");
        if (open)
            Open();
    }

    public string Folder { get; }

    /// <summary>The database file.</summary>
    public string Path { get; }

    public Database Store => store!;

    public EventFeed Feed { get; private set; } = new();

    public EventLog Log { get; private set; } = null!;

    /// <summary>Opens it as the daemon does.</summary>
    public void Open()
    {
        store = Database.Open(Path, TimeProvider.System);
        Feed = new EventFeed();
        Feed.StartAt(store.Read(db => db.Number("select value from counters where name = 'event_seq'")) ?? 0);
        store.Committed += Feed.Wake;
        Log = new EventLog(store, Feed);
    }

    public void Close()
    {
        store?.Dispose();
        store = null;
    }

    /// <summary>Appends one event and waits until it is on disk; its number.</summary>
    public Task<long> Append(string type = "test.event", string? session = null, string? run = null, string text = "") =>
        Store.Write(transaction =>
            Log.Append(transaction, new NewEvent(type, "test", new JsonObject { ["text"] = text }, session, run)).Seq);

    /// <summary>Copies the database and its log as they are on disk at this moment.</summary>
    public void CopyTo(string path)
    {
        File.Copy(Path, path, overwrite: true);
        if (File.Exists(Path + "-wal"))
            File.Copy(Path + "-wal", path + "-wal", overwrite: true);
    }

    public void Dispose()
    {
        Close();
        Directory.Delete(Folder, recursive: true);
    }
}
