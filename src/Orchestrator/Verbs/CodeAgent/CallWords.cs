using System.Globalization;
using Orchestrator.Cli;

namespace Orchestrator.Verbs;

/// <summary>What the words of a call mean. Pure.</summary>
/// <param name="Session">The session to go on with; null for a new one.</param>
/// <param name="Task">The task; null when it comes on standard input.</param>
/// <param name="Folder">Where to work; null when it was not said.</param>
readonly record struct CallWords(string? Session, string? Task, string? Folder)
{
    const string Forms = "agentctl wrapper TASK [DIR], wrapper - [DIR], wrapper resume SESSION TASK|-, or wrapper --parallel.";

    // "fix the test" services/api
    // - services/api
    // resume 3f6c0a9be1d2c4f7 "go on"
    /// <summary>Reads them; a <see cref="Fault"/> names what is missing or too much.</summary>
    public static CallWords Read(string[] words)
    {
        RefuseOptions(words);
        if (words.Length == 0) throw Invocation.Usage("Which task?", Forms);
        var resumes = words[0] == "resume";
        if (resumes && words.Length < 3)
            throw Invocation.Usage(words.Length == 1 ? "Which session is gone on with, and what is the task?" : "Which task?", Forms);
        var rest = resumes ? words[2..] : words;
        if (rest.Length > 2)
            throw Invocation.Usage($"'{Texts.Short(rest[2])}' is one word too many.", $"Quote a task of several words. {Forms}");
        if (resumes && string.IsNullOrWhiteSpace(words[1])) throw Invocation.Usage("The session's id is empty.", Forms);
        if (string.IsNullOrWhiteSpace(rest[0])) throw Invocation.Usage("The task is empty.", Forms);
        return new(resumes ? words[1] : null, rest[0] == "-" ? null : rest[0], rest.Length > 1 ? rest[1] : null);
    }

    /// <summary>The same with <c>--parallel</c>: there must be none.</summary>
    public static void RefuseAll(string[] words)
    {
        RefuseOptions(words);
        if (words.Length > 0)
            throw Invocation.Usage($"--parallel takes its tasks from standard input; '{Texts.Short(words[0])}' is one word too many.",
                "The folder of a task is its 'workdir:' line.");
    }

    /// <summary>An option that is misspelled must not be handed to an agent as its task.</summary>
    static void RefuseOptions(string[] words)
    {
        if (words.FirstOrDefault(word => word is ['-', _, ..] && !word.Any(char.IsWhiteSpace)) is { } option)
            throw Invocation.Usage($"There is no option '{Texts.Short(option)}'.",
                "agentctl wrapper --help shows them. A task that is one word and begins with a dash is taken from standard input.");
    }
}

/// <summary>How long a task may take, and how many are handed over at once. Pure.</summary>
/// <param name="Each">Longest time of a task, from when the daemon got it.</param>
/// <param name="AtOnce">Most at once.</param>
/// <param name="Remarks">Values that could not be taken.</param>
sealed record TaskLimits(TimeSpan Each, int AtOnce, IReadOnlyList<string> Remarks)
{
    /// <summary>Names of the two variables.</summary>
    public const string TimeoutVariable = "CODEX_TIMEOUT", WorkersVariable = "CODEAGENT_MAX_PARALLEL_WORKERS";

    /// <summary>Seconds, when nothing is said.</summary>
    const int DefaultSeconds = 7200;

    /// <summary>Numbers above this one are milliseconds.</summary>
    const int MostSeconds = 10_000;

    /// <summary>Most tasks a person may ask for at once.</summary>
    const int MostWorkers = 100;

    /// <summary>Without a limit: what one question to the daemon takes. How many of them run, the daemon decides.</summary>
    const int Unlimited = Families.WaitRun.MostRuns;

    /// <summary>As the variables say; null for one that is not set.</summary>
    public static TaskLimits Read(string? timeout, string? workers)
    {
        var remarks = new List<string>();
        var each = Number(timeout, 1, TimeoutVariable, $"{DefaultSeconds} s hold", remarks) ?? DefaultSeconds;
        var most = Number(workers, 0, WorkersVariable, "there is no limit", remarks) ?? 0;
        return new(each > MostSeconds ? TimeSpan.FromMilliseconds(each) : TimeSpan.FromSeconds(each),
            most == 0 ? Unlimited : (int)Math.Min(most, MostWorkers), remarks);
    }

    static long? Number(string? text, int least, string name, string holds, List<string> remarks)
    {
        if (text is null) return null;
        if (long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= int.MaxValue)
            return number;
        remarks.Add($"{name} is '{Texts.Short(text)}', which is no whole number from {least}: {holds}.");
        return null;
    }
}
