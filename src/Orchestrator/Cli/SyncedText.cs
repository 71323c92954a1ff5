using System.Text;

namespace Orchestrator.Cli;

/// <summary>A file that people and this program write: it is made anew of what is there, and written only when something changed.</summary>
static class SyncedText
{
    /// <summary>Of a file that is new: what everybody may read.</summary>
    public const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    const int MostLooks = 3;

    /// <summary>Brings it up to date. Who saves it between the look and the writing has it made anew of what is there then.</summary>
    /// <param name="make">The text it is to have; of the text it has, where <paramref name="kept"/>, else of null.</param>
    /// <param name="kept">People write in it, too.</param>
    /// <exception cref="Fault">It cannot be read or written, or is no UTF-8.</exception>
    public static void Write(string path, bool kept, Func<string?, string> make)
    {
        for (var looks = 0; looks < MostLooks; looks++)
        {
            var before = Read(path);
            var bytes = new UTF8Encoding(false).GetBytes(make(kept ? Text(path, before) : null));
            if (before is not null && bytes.AsSpan().SequenceEqual(before))
                return;
            if (looks < MostLooks - 1 && kept && !Same(before, Read(path)))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            WholeFile.Replace(path, bytes, Mode, FaultCode.Conflict);
            return;
        }
    }

    static string? Text(string path, byte[]? bytes)
    {
        try
        {
            return bytes is null ? null : new UTF8Encoding(false, true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new Fault(FaultCode.Conflict, $"{path} is not UTF-8, so nothing can be written into it.", "Convert it first.");
        }
    }

    static byte[]? Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Fault(FaultCode.Conflict, $"{path} cannot be read: {e.Message}");
        }
    }

    static bool Same(byte[]? one, byte[]? other) =>
        one is null ? other is null : other is not null && one.AsSpan().SequenceEqual(other);
}
