namespace Orchestrator.Terminals;

/// <summary>Finds where the tail of a journal begins.</summary>
static class JournalTail
{
    /// <summary>
    /// Offset of the first line that begins within the last <paramref name="bytes"/> of the file, never before <paramref name="from"/>;
    /// the start of the tail itself when it holds no line end.
    /// </summary>
    public static long Start(string path, long from, long bytes)
    {
        if (!File.Exists(path))
            return from;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 64 * 1024);
        var start = file.Length - bytes;
        if (start <= from)
            return from;
        file.Seek(start - 1, SeekOrigin.Begin);
        for (var position = start - 1; position < file.Length; position++)
        {
            if (file.ReadByte() == '\n')
                return position + 1;
        }

        return start;
    }
}
