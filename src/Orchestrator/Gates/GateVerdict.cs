using System.IO.Enumeration;

namespace Orchestrator.Gates;

/// <summary>One thing that was looked at.</summary>
/// <param name="Kind">changes, commit, files, conflict, tests or criterion. What commands came to is kept as they end.</param>
/// <param name="Outcome">passed, failed, or open: nothing decides it by itself.</param>
/// <param name="Text">What was seen, in a sentence.</param>
/// <param name="Criterion">Of an acceptance criterion: its words.</param>
sealed record GateFinding(string Kind, string Outcome, string Text, string? Criterion = null);

/// <summary>
/// What the facts of a check come to. Pure. An agent's own claim is no fact: it is shown elsewhere and decides nothing here.
/// </summary>
sealed record GateVerdict(string Verdict, string Summary, IReadOnlyList<GateFinding> Findings)
{
    const string Passed = "passed", Failed = "failed", Open = "open";

    const int MostNamed = 10;

    public static GateVerdict Of(GateFacts facts)
    {
        if (facts.Impossible is { } why)
            return new(Verdicts.Impossible, why, []);
        GateFinding?[] looked = [Changes(facts), Commit(facts), Files(facts), Conflict(facts), .. Tests(facts)];
        GateFinding[] findings = [.. looked.OfType<GateFinding>(), .. facts.Criteria.Select(criterion => Criterion(facts, criterion))];
        var against = findings.Where(finding => finding is { Outcome: Failed, Kind: not "criterion" }).Select(finding => finding.Text)
            .Concat(facts.Commands.Where(command => !command.Passed && !CannotStart(command)).Select(Said)).ToList();
        if (against.Count > 0)
            return new(Verdicts.Failed, string.Join(" ", against), findings);
        if (facts.Moved)
            return new(Verdicts.Impossible, "The work was changed while it was checked: check it again.", findings);
        if (facts.Commands.FirstOrDefault(CannotStart) is { } missing)
            return new(Verdicts.Impossible, Said(missing), findings);
        return facts.Asked.Count == 0
            ? new(Verdicts.Unverified, "Nothing speaks against it, and the project has no verify commands.", findings)
            : new(Verdicts.Passed, $"{facts.Commands.Count} of {facts.Asked.Count} verify commands passed.", findings);
    }

    /// <summary>One sentence on how a command ended.</summary>
    public static string Said(CommandFact command) =>
        command.Problem is { } problem ? $"'{command.Line}' could not run: {problem}"
        : command.TimedOut ? $"'{command.Line}' met its time limit."
        : command.ExitCode is { } code ? $"'{command.Line}' ended with exit code {code}."
        : $"'{command.Line}' left no exit code.";

    /// <summary>A program the machine lacks says nothing of the work; one of the project's own that is gone does.</summary>
    static bool CannotStart(CommandFact command) =>
        command.Problem is not null && !(command.Argv.Count > 0 && command.Argv[0].StartsWith('.'));

    static GateFinding? Changes(GateFacts facts) =>
        !facts.HasDiff ? null
        : facts.Changed.Count == 1 ? new("changes", Passed, "One file changed.")
        : facts.Changed.Count > 0 ? new("changes", Passed, $"{facts.Changed.Count} files changed.")
        : facts.ExpectsChanges ? new("changes", Failed, "Nothing was changed.")
        : new("changes", Passed, "Nothing was changed, and nothing had to be.");

    static GateFinding? Commit(GateFacts facts) =>
        !facts.NeedsCommit ? null
        : facts.Uncommitted.Count > 0 ? new("commit", Failed, $"Not committed: {Named(facts.Uncommitted)}.")
        : new("commit", Passed, "All of it is committed.");

    static GateFinding? Files(GateFacts facts)
    {
        if (!facts.HasDiff || facts.Writes is not { } writes)
            return null;
        var outside = facts.Changed
            .SelectMany(file => file is { OldPath: { } old, Status: "renamed" } ? new[] { old, file.Path } : [file.Path])
            .Where(path => !Declared(writes, path)).Distinct().ToList();
        return outside.Count == 0 ? new("files", Passed, "Only declared files changed.")
            : new("files", Failed, $"Changed without being declared: {Named(outside)}.");
    }

    static GateFinding? Conflict(GateFacts facts) => facts.ConflictMarks.Count == 0 ? null
        : new("conflict", Failed, $"Markers of a conflict are left in {Named(facts.ConflictMarks)}.");

    static IEnumerable<GateFinding> Tests(GateFacts facts)
    {
        if (!facts.HasDiff)
            yield break;
        var outcome = facts.AllowRemovedTests ? Open : Failed;
        if (facts.RemovedTests.Count > 0)
            yield return new("tests", outcome, $"Tests were removed: {Named(facts.RemovedTests)}.");
        if (facts.SkippedTests.Count > 0)
            yield return new("tests", outcome, $"Tests were switched off: {Named(facts.SkippedTests)}.");
        if (facts.RemovedTests.Count + facts.SkippedTests.Count == 0)
            yield return new("tests", Passed, "No test was removed or switched off.");
    }

    // "`dotnet test` passes" is decided by that command; what names no verify command is for a review.
    static GateFinding Criterion(GateFacts facts, string criterion)
    {
        var named = criterion.Split('`').Where((_, i) => i % 2 == 1).Select(text => text.Trim()).ToHashSet(StringComparer.Ordinal);
        var asked = facts.Asked.Where(argv => named.Contains(string.Join(' ', argv))).ToList();
        if (asked.Count == 0)
            return new("criterion", Open, "No verify command decides it.", criterion);
        var ended = asked.Select(argv => facts.Commands.FirstOrDefault(command => command.Argv.SequenceEqual(argv))).ToList();
        return ended.FirstOrDefault(command => command is { Passed: false }) is { } bad
            ? new("criterion", Failed, Said(bad), criterion)
            : ended.All(command => command is not null) ? new("criterion", Passed, $"'{ended[0]!.Line}' passed.", criterion)
            : new("criterion", Open, "Its command did not run, because one before it failed.", criterion);
    }

    /// <summary>A pattern (*, ** and ?), a file, or a folder with all below it.</summary>
    static bool Declared(IReadOnlyList<string> writes, string path) => writes.Any(entry => Covers(
        [.. entry.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(step => step != "."), "**"], path.Split('/')));

    /// <summary>Step by step; what does not fit is tried again with one step more for the last **.</summary>
    static bool Covers(string[] pattern, string[] path)
    {
        var (at, step, any, from) = (0, 0, -1, 0);
        while (step < path.Length)
        {
            if (at < pattern.Length && pattern[at] == "**")
                (any, at, from) = (at, at + 1, step);
            else if (at < pattern.Length && FileSystemName.MatchesSimpleExpression(pattern[at], path[step], ignoreCase: false))
                (at, step) = (at + 1, step + 1);
            else if (any >= 0)
                (at, step, from) = (any + 1, from + 1, from + 1);
            else
                return false;
        }
        return pattern[at..].All(left => left == "**");
    }

    static string Named(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? $" and {names.Count - MostNamed} more" : "");
}
