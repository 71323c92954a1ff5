namespace Orchestrator.Requests;

/// <summary>
/// Rules against a question. Only what a project lists as harmless is answered: the whole question, letter by letter, with <c>*</c> for
/// what changes from one time to the next. Ask beats answer; the order in which rules were written means nothing. Pure.
/// </summary>
static class QuestionMatch
{
    /// <summary>Fewest letters and digits a pattern names besides its stars: one that fits anything lists nothing.</summary>
    public const int FewestLetters = 4;

    /// <summary>Longest question a pattern is held against, and longest reply.</summary>
    public const int Longest = 2000;

    public static Judgment Judge(IReadOnlyList<RequestRule> rules, AskedQuestion asked)
    {
        var looks = new List<RuleLook>(rules.Count);
        RequestRule? asks = null, answers = null;
        foreach (var rule in rules)
        {
            var (hit, why) = Look(rule, asked);
            looks.Add(new RuleLook(rule.Id, rule.Action, rule.InWords(), hit, why));
            if (hit && rule.Action == RuleActions.Ask)
                asks ??= rule;
            else if (hit)
                answers ??= rule;
        }

        if (asks is not null)
            return new(RuleActions.Ask, asks.Id, $"Rule {asks.Id} ({asks.InWords()}) has somebody asked.", [], looks);
        return answers is null ? new(Judgment.None, null, "No rule answers this question: somebody is asked.", [], looks)
            : new(RuleActions.Answer, answers.Id, $"Answered by rule {answers.Id} ({answers.InWords()}).", [], looks)
            {
                Reply = answers.Reply,
            };
    }

    static (bool Hit, string Why) Look(RequestRule rule, AskedQuestion asked)
    {
        if (rule.Patterns.Question is not { } question)
            return (false, "it is about what is to be done, and this is a question");
        if (rule.Ignored is { } ignored)
            return (false, ignored);
        if (rule.RunId is { } run && run != asked.RunId)
            return (false, $"it is for run {run} alone");
        if (rule.Project is { } project && project != asked.Project)
            return (false, $"it is for project {project}, and this is in {asked.Project ?? "none"}");
        if (rule.Profile is { } profile && profile != asked.Profile)
            return (false, $"it is for profile {profile}, and this is {asked.Profile ?? "none"}");
        var text = asked.Text.Trim();
        if (text.Length > Longest || !question.Matches(text))
            return (false, "the question is another one");
        if (rule.Action == RuleActions.Answer && asked.Options.Count > 0 && !asked.Options.Contains(rule.Reply!))
            return (false, $"its reply is none of those that are offered: {string.Join(", ", asked.Options.Select(Texts.Short))}");
        return (true, question.HasStar ? "the question fits" : "it is exactly this question");
    }
}

/// <summary>A question, as rules see it.</summary>
/// <param name="Text">What is asked.</param>
/// <param name="Options">Answers offered; empty for a free one.</param>
/// <param name="Project">The project of the run that asks; null for none.</param>
/// <param name="Profile">Its profile.</param>
/// <param name="RunId">The run; null for none in particular.</param>
sealed record AskedQuestion(string Text, IReadOnlyList<string> Options, string? Project, string? Profile, string? RunId);
