using System.Diagnostics;

namespace Orchestrator.Tests.Support;

/// <summary>
/// A file system of a few megabytes mounted over a folder, whose files are copied onto it. Needs root; skips the test else.
/// </summary>
sealed class SmallDisk : IDisposable
{
    readonly string folder;

    SmallDisk(string folder) => this.folder = folder;

    public static SmallDisk Over(string folder, int megabytes)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            Assert.Skip("Only root can mount a small disk.");
        var files = Directory.GetFiles(folder).ToDictionary(file => file, File.ReadAllBytes);
        if (!Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder))
            Assert.Skip("This machine lets nobody mount.");
        foreach (var (file, content) in files)
            File.WriteAllBytes(file, content);
        return new SmallDisk(folder);
    }

    /// <summary>From now on nothing can be written there.</summary>
    public void MakeReadOnly() => Assert.True(Run("mount", "-o", "remount,ro", folder), "the disk becomes read-only");

    /// <summary>Fills it to the last byte; the file to delete when there shall be room again.</summary>
    public string Fill()
    {
        var filler = Path.Combine(folder, "filler");
        using var file = new FileStream(filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in new[] { 65536, 4096, 1 })
        {
            try
            {
                while (true)
                    file.Write(new byte[size]);
            }
            catch (IOException)
            {
                // Full for this size.
            }
        }

        return filler;
    }

    public void Dispose() => Run("umount", "-l", folder);

    static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
