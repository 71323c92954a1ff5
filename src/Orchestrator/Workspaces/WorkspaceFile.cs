using System.Text;

namespace Orchestrator.Workspaces;

/// <summary>Reads and writes one file of the workspace, whole.</summary>
static class WorkspaceFile
{
    /// <summary>Larger files are not read whole, in bytes.</summary>
    public const long Largest = 8 << 20;

    /// <summary>Bytes looked at to tell text from anything else.</summary>
    const int Probe = 8192;

    /// <summary>The text of a file.</summary>
    /// <param name="path">Real path.</param>
    /// <exception cref="PathRefusal">It is missing, too large or no text.</exception>
    public static string Text(string path)
    {
        if (Directory.Exists(path))
            throw new PathRefusal("It is a folder; a list of what is in it shows more.");
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new PathRefusal("There is no such file.") { Missing = true };
        if (file.Length > Largest)
            throw new PathRefusal($"The file has {file.Length} bytes; at most {Largest} are read. Use search, or run a command.");
        // A pipe or a device has no length, and opening a pipe would wait for ever.
        if (file.Length == 0)
            return "";
        var bytes = Bytes(path);
        return IsBinary(bytes) ? throw new PathRefusal("The file is binary.") : Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Puts a file in its place at once: whoever reads meanwhile sees the old one or the new one, whole.</summary>
    /// <param name="path">Real path; folders above it are made.</param>
    /// <param name="text">The new content.</param>
    public static void Write(string path, string text)
    {
        if (Directory.Exists(path))
            throw new PathRefusal("There is a folder of that name.");
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var draft = Path.Combine(folder, $".agentctl-{Ids.New()}.tmp");
        try
        {
            File.WriteAllText(draft, text);
            if (File.Exists(path))
                File.SetUnixFileMode(draft, File.GetUnixFileMode(path));
            File.Move(draft, path, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    /// <summary>True when the beginning holds a NUL, as no text does.</summary>
    public static bool IsBinary(ReadOnlySpan<byte> bytes) => bytes[..Math.Min(bytes.Length, Probe)].Contains((byte)0);

    static byte[] Bytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[Math.Min(file.Length, Largest)];
        var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes[..count];
    }
}
