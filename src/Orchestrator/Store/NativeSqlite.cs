using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Orchestrator.Store;

/// <summary>
/// Binds the SQLite provider to the system's own library, which the system keeps patched, instead of a bundled old one.
/// </summary>
static class NativeSqlite
{
    /// <summary>Oldest library accepted: STRICT, RETURNING and UPDATE FROM need it.</summary>
    public static readonly Version Oldest = new(3, 37, 0);

    static readonly string[] LinuxNames = ["libsqlite3.so.0", "libsqlite3.so"];
    static readonly string[] MacNames = ["libsqlite3.dylib", "/usr/lib/libsqlite3.dylib"];
    static readonly string[] WindowsNames = ["winsqlite3.dll", "sqlite3.dll"];
    static readonly Lock Once = new();
    static bool loaded;

    /// <summary>Loads the library once. Throws <see cref="Fault"/> when it is absent or too old.</summary>
    public static Version Load()
    {
        lock (Once)
        {
            if (!loaded)
            {
                NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
                raw.SetProvider(new SQLite3Provider_e_sqlite3());
                loaded = true;
            }
        }

        var version = Version.Parse(raw.sqlite3_libversion().utf8_to_string());
        if (version < Oldest)
            throw new Fault(FaultCode.Unavailable, $"The system's SQLite is {version}; at least {Oldest} is needed.",
                "Install a newer libsqlite3.");
        return version;
    }

    static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3")
            return IntPtr.Zero;
        var names = OperatingSystem.IsWindows() ? WindowsNames : OperatingSystem.IsMacOS() ? MacNames : LinuxNames;
        foreach (var candidate in names)
        {
            if (NativeLibrary.TryLoad(candidate, out var handle))
                return handle;
        }

        throw new Fault(FaultCode.Unavailable, $"SQLite is not installed ({string.Join(" or ", names)}).", "apt-get install libsqlite3-0");
    }
}
