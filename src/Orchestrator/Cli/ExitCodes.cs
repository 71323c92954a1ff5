namespace Orchestrator.Cli;

/// <summary>
/// What the shell learns from a command. The numbers are a contract with scripts: none changes its meaning.
/// docs/exit-codes.md is generated from <see cref="Table"/>.
/// </summary>
static class ExitCodes
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int PersonMustDecide = 3;
    public const int NotAllowed = 4;
    public const int NotFound = 5;
    public const int Conflict = 6;
    public const int Unreachable = 7;
    public const int StillRunning = 8;
    public const int Limited = 9;
    public const int RunTimedOut = 124;
    public const int Interrupted = 130;

    /// <summary>Every code with its word and its meaning, ascending.</summary>
    public static IReadOnlyList<(int Code, string Word, string Meaning)> Table { get; } =
    [
        (Ok, "ok", "It worked."),
        (Failed, "failed", "It did not work; also: the waited-for run failed, was canceled or was lost."),
        (Usage, "usage", "The command line or a value in it is wrong; nothing was done."),
        (PersonMustDecide, "person_must_decide", "Nothing more happens until a person decides."),
        (NotAllowed, "not_allowed", "The token is missing or unknown, or may not do this."),
        (NotFound, "not_found", "There is no such thing; also: `--field` names something that is not there."),
        (Conflict, "conflict", "The state of the thing forbids it now, or an idempotency key was used with another body."),
        (Unreachable, "unreachable", "The daemon does not answer; the message says how to start it."),
        (StillRunning, "still_running", "The wait's limit came first; the run goes on."),
        (Limited, "limited", "A limit of rate or budget stopped it; also: the waited-for run ended with the reason `budget`."),
        (RunTimedOut, "run_timed_out", "The waited-for run ended `timed_out`."),
        (Interrupted, "interrupted", "Ctrl-C; a run that was waited for goes on."),
    ];

    /// <summary>What waiting for a run answers, from the run's status and reason; null while the run goes on.</summary>
    public static int? OfRun(string? status, string? reason = null) => status switch
    {
        not null when reason == "budget" => Limited,
        "succeeded" => Ok,
        "failed" or "canceled" or "lost" => Failed,
        "timed_out" => RunTimedOut,
        _ => null,
    };

    /// <summary>The table as the page docs/exit-codes.md.</summary>
    public static string AsMarkdown() => string.Join('\n',
    [
        "# Exit codes",
        "",
        "Every `agentctl` command ends with one of these; `agentctl wrapper` [with those of the program it stands in for](wrapper.md). "
            + "Generated from `Cli/ExitCodes.cs`.",
        "",
        "| Code | Word | Meaning |",
        "|---|---|---|",
        .. Table.Select(row => $"| {row.Code} | {row.Word} | {row.Meaning} |"),
        "",
    ]);
}
