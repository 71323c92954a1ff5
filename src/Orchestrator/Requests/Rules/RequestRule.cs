using System.Text.Json.Serialization;

namespace Orchestrator.Requests;

/// <summary>
/// Says beforehand what becomes of a request. Everything that is named must fit; what is null fits all. See <see cref="RuleMatch"/> for
/// how several of them come to one verdict.
/// </summary>
sealed record RequestRule
{
    /// <summary>16 hex characters for a stored one; <c>config:N</c> and <c>project:N</c> for the N-th of a file.</summary>
    public required string Id { get; init; }

    /// <summary>allow, deny, ask or answer.</summary>
    [Words(RuleActions.Allow, RuleActions.Deny, RuleActions.Ask, RuleActions.Answer)]
    public required string Action { get; init; }

    /// <summary>A <see cref="CommandPattern"/>: one simple command.</summary>
    public string? Command { get; init; }

    /// <summary>Exactly this command, or this input of a tool, letter by letter.</summary>
    public string? Exact { get; init; }

    /// <summary>A <see cref="PathPattern"/>: relative to the workspace; to deny or ask it may be absolute.</summary>
    public string? Path { get; init; }

    /// <summary>The agent's own name of a tool; <c>*</c> for any letters.</summary>
    public string? Tool { get; init; }

    /// <summary>A whole question, with <c>*</c> for any letters; only of answer and ask.</summary>
    public string? Question { get; init; }

    /// <summary>What answers it; only of answer.</summary>
    public string? Reply { get; init; }

    /// <summary>approval_request or permission_request.</summary>
    public string? Kind { get; init; }

    /// <summary>Only runs of this profile.</summary>
    public string? Profile { get; init; }

    /// <summary>Only runs in this project.</summary>
    public string? Project { get; init; }

    /// <summary>Only this run.</summary>
    public string? RunId { get; init; }

    /// <summary>Why, for people; a denied agent hears it.</summary>
    public string? Note { get; init; }

    /// <summary>Where it stands: a file with its line, or <c>stored</c>.</summary>
    public string Origin { get; init; } = "stored";

    /// <summary>Why it does not count; null when it does.</summary>
    public string? Ignored { get; init; }

    /// <summary>Who made it; null when a file did.</summary>
    public string? CreatedBy { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The request whose answer made it; null when none did.</summary>
    public string? RequestId { get; init; }

    /// <summary>Its patterns, parsed once.</summary>
    [JsonIgnore] public RulePatterns Patterns => patterns ??= RulePatterns.Of(this);

    RulePatterns? patterns;

    /// <summary>In a few words: <c>allow git status*</c>.</summary>
    public string InWords()
    {
        List<string> all = [Action];
        if ((Command ?? Exact) is { } command)
            all.Add(Texts.Short(command));
        if (Question is not null)
            all.Add($"question '{Texts.Short(Question)}'{(Reply is null ? "" : $" with '{Texts.Short(Reply)}'")}");
        if (Path is not null)
            all.Add(Path);
        if (Tool is not null)
            all.Add($"tool {Tool}");
        if (Kind is not null)
            all.Add(Kind);
        if (Profile is not null)
            all.Add($"profile {Profile}");
        if (Project is not null)
            all.Add($"project {Project}");
        if (RunId is not null)
            all.Add($"run {RunId}");
        return string.Join(' ', all);
    }

    /// <summary>The first thing wrong with it: the member and what it must be; null when it is good.</summary>
    public (string Field, string Problem)? Wrong()
    {
        if (!RuleActions.All.Contains(Action))
            return ("action", $"must be one of {string.Join(", ", RuleActions.All)}.");
        if (Action == RuleActions.Answer || Question is not null || Reply is not null)
            return WrongQuestion();
        if (new[] { Command, Exact, Path }.Count(each => each is not null) > 1)
            return ("command", "and exact and path are three ways to say what is meant: give one.");
        if (Kind is not (null or RequestKinds.Approval or RequestKinds.Permission))
            return ("kind", $"must be {RequestKinds.Approval} or {RequestKinds.Permission}; a question is never answered by a rule.");
        if ((Command ?? Exact ?? Path ?? Tool) is null && (Action == RuleActions.Allow || (Kind ?? Profile ?? Project ?? RunId) is null))
            return ("command", Action == RuleActions.Allow ? "is missing: an allow rule names a command, a path or a tool."
                : "is missing: a rule names at least one thing it is about.");
        if (Tool is { Length: 0 or > 200 })
            return ("tool", "must have 1 to 200 characters.");
        if (Exact is { Length: 0 or > ShellCommand.Longest })
            return ("exact", $"must have 1 to {ShellCommand.Longest} characters.");
        if (Patterns.Problem is { } problem)
            return problem;
        return Action == RuleActions.Allow ? TooWide() : null;
    }

    /// <summary>The prefix of ids of rules in a project's own file.</summary>
    public const string OfProject = "project:";

    (string, string)? WrongQuestion()
    {
        if (Action is not (RuleActions.Answer or RuleActions.Ask))
            return ("question", "is of an answer rule, or of one that has somebody asked.");
        if ((Command ?? Exact ?? Path ?? Tool ?? Kind) is not null)
            return ("question", "stands alone: command, exact, path, tool and kind are about what is to be done.");
        if (Question is not { Length: > 0 and <= QuestionMatch.Longest }
            || Question.Count(char.IsLetterOrDigit) < QuestionMatch.FewestLetters)
            return ("question", $"must name the question: at least {QuestionMatch.FewestLetters} letters besides *, at most "
                + $"{QuestionMatch.Longest} characters.");
        if (Action == RuleActions.Ask)
            return Reply is null ? null : ("reply", "is of an answer rule.");
        if (Reply is not { Length: > 0 and <= QuestionMatch.Longest } || string.IsNullOrWhiteSpace(Reply))
            return ("reply", "is missing: what is the answer?");
        return (Project ?? RunId) is null && !Id.StartsWith(OfProject, StringComparison.Ordinal)
            ? ("project", "is missing: each project has its own list of questions that a rule may answer.") : null;
    }

    (string, string)? TooWide()
    {
        if (Patterns.Path is { Absolute: true })
            return ("path", "of an allow rule is relative to the workspace: nothing outside it is allowed by a rule.");
        if (Patterns.Command is not { HasStar: true } command)
            return null;
        if (command.AnyProgram)
            return ("command", "of an allow rule names its program, without *.");
        return ShellCommand.RunsOthers(command.Program)
            ? ("command", $"with * would allow anything: {command.Program} runs what it is given. Name the whole command without *.")
            : null;
    }
}

/// <summary>What a rule can do.</summary>
static class RuleActions
{
    /// <summary>The request is approved.</summary>
    public const string Allow = "allow";

    /// <summary>The request is denied.</summary>
    public const string Deny = "deny";

    /// <summary>Somebody is asked, whatever an allow rule says.</summary>
    public const string Ask = "ask";

    /// <summary>A question that a project lists as harmless gets its reply.</summary>
    public const string Answer = "answer";

    public static readonly IReadOnlyList<string> All = [Allow, Deny, Ask, Answer];
}

/// <summary>The parsed patterns of a rule.</summary>
/// <param name="Command">Null when it names none.</param>
/// <param name="Path">Null when it names none.</param>
/// <param name="Tool">Null when it names none.</param>
/// <param name="Problem">The first pattern that is none, by its member.</param>
sealed record RulePatterns(CommandPattern? Command, PathPattern? Path, StarText? Tool, (string Field, string Text)? Problem)
{
    /// <summary>Null when the rule is about no question.</summary>
    public StarText? Question { get; init; }

    public static RulePatterns Of(RequestRule rule)
    {
        var (command, wrongCommand) = rule.Command is null ? default : CommandPattern.Parse(rule.Command);
        var (path, wrongPath) = rule.Path is null ? default : PathPattern.Parse(rule.Path);
        return new(command, path, rule.Tool is null ? null : StarText.Of(rule.Tool),
            wrongCommand is not null ? ("command", wrongCommand) : wrongPath is not null ? ("path", wrongPath) : null)
        {
            Question = rule.Question is null ? null : StarText.Of(rule.Question.Trim()),
        };
    }
}
