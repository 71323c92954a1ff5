using System.Text;

namespace Orchestrator.Notifications;

/// <summary>
/// A line in notify.log of the data folder, and no event twice: the log's own last line is looked at. At 4 MiB it
/// becomes notify.log.1, and three older ones are kept.
/// </summary>
sealed class LogChannel(string folder, long most = LogChannel.MostBytes) : IChannel
{
    /// <summary>Name in the data folder.</summary>
    public const string FileName = "notify.log";

    const long MostBytes = 4 * 1024 * 1024;
    const int Kept = 3;

    /// <summary>Longer than any line.</summary>
    const int TailBytes = 8 * 1024;

    string Path => System.IO.Path.Combine(folder, FileName);

    public async Task<string> Send(Notice notice, CancellationToken stop)
    {
        try
        {
            var line = (notice.Test ? "test " : "") + notice.LogLine();
            // After a crash between this line and the cursor the same event comes once more.
            if (!notice.Test && LastLine() == line) return "it stands there already";
            if (new FileInfo(Path) is { Exists: true } file && file.Length >= most) Rotate();
            var open = new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                // One write for one line, so that nobody reads half of one.
                BufferSize = 0,
            };
            await using var log = new FileStream(Path, open);
            await log.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), stop);
            return Path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ChannelFailure($"{Path} cannot be written: {e.Message}");
        }
    }

    void Rotate()
    {
        for (var no = Kept; no > 1; no--)
            if (File.Exists($"{Path}.{no - 1}")) File.Move($"{Path}.{no - 1}", $"{Path}.{no}", overwrite: true);
        File.Move(Path, $"{Path}.1", overwrite: true);
    }

    /// <summary>The last line about an event; null for none.</summary>
    string? LastLine() => Last(Path) ?? Last($"{Path}.1");

    static string? Last(string path)
    {
        if (!File.Exists(path)) return null;
        using var file = File.OpenRead(path);
        file.Seek(-Math.Min(file.Length, TailBytes), SeekOrigin.End);
        var tail = new byte[TailBytes];
        var text = Encoding.UTF8.GetString(tail, 0, file.ReadAtLeast(tail, tail.Length, throwOnEndOfStream: false));
        return text.Split('\n').LastOrDefault(line => line.Contains(" event=", StringComparison.Ordinal)
            && !line.StartsWith("test ", StringComparison.Ordinal));
    }
}
