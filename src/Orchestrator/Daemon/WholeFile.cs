namespace Orchestrator.Daemon;

/// <summary>Replaces a file whole: whoever reads it sees the old text or the new one, also after a power cut.</summary>
static class WholeFile
{
    /// <summary>A link stays a link, and the mode stays the mode. Throws <see cref="Fault"/> when it cannot be written.</summary>
    public static void Replace(string path, string text)
    {
        if (new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) is { } target)
            path = target.FullName;
        var draft = $"{path}.{Ids.New()}.tmp";
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = File.Exists(path) ? File.GetUnixFileMode(path) : UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using (var file = new FileStream(draft, options))
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }
            File.Move(draft, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            File.Delete(draft);
            throw new Fault(FaultCode.Unavailable, $"{path} cannot be written: {e.Message}", "Nothing was changed.");
        }
    }
}
