namespace Orchestrator.Terminals;

/// <summary>A part of a journal that is gone; offsets behind it stay as they were.</summary>
/// <param name="Start">First byte that is gone.</param>
/// <param name="End">First byte that is kept again.</param>
readonly record struct CutRange(long Start, long End)
{
    public long Length => End - Start;
}

/// <summary>Gives the middle of an overgrown journal back to the disk while its agent writes on.</summary>
static class JournalCut
{
    /// <summary>
    /// Cuts all but the head and the tail. Returns what is cut now: <paramref name="already"/> unless more was worth cutting.
    /// </summary>
    /// <exception cref="IOException">The file system cannot make holes.</exception>
    public static CutRange? Enforce(string path, long keepHead, long keepTail, CutRange? already) => throw new NotImplementedException();
}
