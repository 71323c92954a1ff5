namespace Orchestrator.Cli;

/// <summary>Replaces a file whole: whoever reads it sees the old text or the new one, also after a power cut.</summary>
static class WholeFile
{
    /// <summary>A link stays a link, and the mode stays the mode.</summary>
    /// <param name="mode">Mode of a file that is not there yet.</param>
    /// <param name="refusal">Code of the <see cref="Fault"/> when it cannot be written.</param>
    /// <exception cref="Fault">It cannot be written; nothing was changed.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> bytes, UnixFileMode mode, FaultCode refusal)
    {
        var given = new FileInfo(path);
        // Asked of a file that is not there, ResolveLinkTarget throws.
        if (given.LinkTarget is not null && given.ResolveLinkTarget(returnFinalTarget: true) is { } target)
            path = target.FullName;
        var draft = $"{path}.{Ids.New()}.tmp";
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = File.Exists(path) ? File.GetUnixFileMode(path) : mode,
            };
            using (var file = new FileStream(draft, options))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }
            File.Move(draft, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(draft))
                File.Delete(draft);
            throw new Fault(refusal, $"{path} cannot be written: {e.Message}", "Nothing was changed.");
        }
    }
}
