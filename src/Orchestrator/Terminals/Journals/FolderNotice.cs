using System.Buffers.Binary;

namespace Orchestrator.Terminals;

/// <summary>
/// Has the kernel tell when a file of a folder is written or renamed into place (inotify), so that who waits for that need not look all
/// the time. It is told at most once each time it asks. Where there is nothing like it, nobody is told: who waits looks by itself then.
/// </summary>
sealed class FolderNotice(string folder, Action written) : IDisposable
{
    static readonly Lock Gate = new();
    static readonly Dictionary<int, FolderNotice> Waiting = [];
    static readonly int Kernel = Open();

    int watch = -1;

    /// <summary>
    /// From now on <c>written</c> is called, from another thread and once, when something is written. Look after this call, then wait:
    /// nothing is missed so. False when nobody will be told.
    /// </summary>
    public bool Ask()
    {
        if (Kernel < 0)
            return false;
        // Within the lock, so that a notice that comes at once finds who asked.
        lock (Gate)
        {
            watch = Native.AddNotice(Kernel, folder);
            if (watch < 0)
                return false;
            Waiting[watch] = this;
            return true;
        }
    }

    public void Dispose()
    {
        lock (Gate)
            if (watch >= 0 && Waiting.TryGetValue(watch, out var asked) && asked == this)
            {
                Waiting.Remove(watch);
                _ = Native.RemoveNotice(Kernel, watch);
            }
    }

    static int Open()
    {
        var descriptor = OperatingSystem.IsLinux() ? Native.OpenNotices() : -1;
        if (descriptor >= 0)
            new Thread(() => Listen(descriptor)) { IsBackground = true, Name = "folder notices" }.Start();
        return descriptor;
    }

    // struct inotify_event { int wd; uint32_t mask; uint32_t cookie; uint32_t len; char name[len]; }
    static void Listen(int descriptor)
    {
        const int lengthAt = 12, head = 16;
        Span<byte> buffer = stackalloc byte[16 << 10];
        while (Native.Read(descriptor, buffer) is > 0 and var got)
            for (var rest = buffer[..got]; rest.Length >= head;
                rest = rest[(head + BinaryPrimitives.ReadInt32LittleEndian(rest[lengthAt..]))..])
                Tell(BinaryPrimitives.ReadInt32LittleEndian(rest));
    }

    static void Tell(int watch)
    {
        FolderNotice? asked;
        lock (Gate)
            Waiting.Remove(watch, out asked);
        // The kernel also says that the one notice was given; then nobody waits any more.
        asked?.Written();
    }

    void Written() => written();
}
