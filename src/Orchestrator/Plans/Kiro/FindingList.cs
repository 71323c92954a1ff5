namespace Orchestrator.Plans.Kiro;

/// <summary>
/// Findings about the files of a spec. Of one sort the first <see cref="MostOfOne"/> are kept one by one and the others counted, so that a
/// file with a thousand odd lines does not give a thousand sentences.
/// </summary>
sealed class FindingList(string file)
{
    public const int MostOfOne = 40;

    readonly List<ImportFinding> findings = [];
    readonly Dictionary<string, (KiroCode Code, int Count)> counts = [];

    /// <summary>Adds one of the file this list is about.</summary>
    public void Add(KiroCode code, int? line, string text, string? done = null, string? fix = null)
    {
        var count = counts.TryGetValue(code.Word, out var known) ? known.Count + 1 : 1;
        counts[code.Word] = (code, count);
        if (count <= MostOfOne)
            findings.Add(ImportFinding.Of(code.Weight, code.Word, line is null ? file : $"{file}:{line}", Short(text), done, fix, line));
    }

    /// <summary>All, in the order in which they were added, with a line for those that were only counted.</summary>
    public IReadOnlyList<ImportFinding> All =>
    [
        .. findings,
        .. from count in counts.Values
           where count.Count > MostOfOne
           select ImportFinding.Of(count.Code.Weight, count.Code.Word, file, $"And {count.Count - MostOfOne} more of this sort."),
    ];

    static string Short(string text) => text.Length <= 500 ? text : text[..500] + "…";
}
