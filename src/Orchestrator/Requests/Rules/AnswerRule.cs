using Orchestrator.Http;
using Orchestrator.Runs;

namespace Orchestrator.Requests;

/// <summary>
/// The rule an answer makes when it is meant to hold for longer: from what exactly was asked, as narrow as that. Made only by people; a
/// parent's run answers once.
/// </summary>
sealed class AnswerRule(RuleBook book, RuleStore rules)
{
    /// <summary>What comes of an answer beside the answer.</summary>
    /// <param name="Rule">To be kept with the answer; null for none.</param>
    /// <param name="Note">Why there is none although the answer was meant to hold for longer; null otherwise.</param>
    /// <param name="Tried">What it would have done to past requests; null when it was not tried.</param>
    public sealed record Plan(RequestRule? Rule, string? Note, Trial? Tried)
    {
        public static readonly Plan Nothing = new(null, null, null);
    }

    public RuleStore Rules => rules;

    /// <summary>
    /// Works it out before anything is written. An answer that asks for a rule by name is refused when there can be none; one that only
    /// has a wider scope is taken, with a note.
    /// </summary>
    public Plan Make(AnswerRequest.Request body, RunRequest request, RequestStep step, Principal by)
    {
        var wanted = body.Rule == true || body.RuleCommand is not null;
        var scope = body.Scope ?? (wanted ? "project" : "once");
        if (!wanted && scope == "once")
            return Plan.Nothing;
        if (wanted && scope == "once")
            throw Fault.Unprocessable("scope", "once makes no rule: say run or project, or leave it out.");
        if (by.IsOfFamily)
            return wanted ? throw new Fault(FaultCode.Forbidden, "rule: an agent's token makes no rules; it answers once.")
                : Without("an agent's token makes no rules");
        if (step is RequestStep.Answer || request.Kind is not (RequestKinds.Approval or RequestKinds.Permission))
            return None(wanted, "only a yes or no to an approval or a permission makes a rule");
        var run = rules.Store.Read(db => RunRows.Get(db, request.RunId));
        var asker = book.AskerOf(run);
        if (scope == "project" && asker.Project is null)
            return None(wanted, "its run works in no project; say scope run, or 'agentctl request rules add'");
        var asked = AskedReading.Of(request.Kind, request.Detail, asker);
        var action = step == RequestStep.Approve ? RuleActions.Allow : RuleActions.Deny;
        if (Narrow(asked, action, scope, body.RuleCommand) is not { } narrow)
            return None(wanted, (asked.Unclear ?? asked.Shell?.Problem) is { } why
                ? $"it cannot be told exactly what was asked: {why}" : "nothing in it can be told again exactly");
        var rule = narrow with
        {
            RunId = scope == "run" ? run.Id : null,
            Project = scope == "project" ? asker.Project : null,
            RequestId = request.Id,
            Note = null,
        };
        return Checked(rule, asked, asker, wanted, body.Force == true, request.Id);
    }

    Plan Checked(RequestRule rule, Asked asked, Asker asker, bool wanted, bool force, string requestId)
    {
        if (rule.Wrong() is { } wrong)
            return wanted ? throw Fault.Unprocessable(rule.Command is null ? "rule" : "rule_command", $"{wrong.Field} {wrong.Problem}")
                : Without(wrong.Problem);
        if (RuleMatch.Judge([rule], asked) is { Decides: false } misses)
            return wanted ? throw Fault.Unprocessable("rule_command", $"it does not cover what is asked here. {misses.Why}")
                : Without(misses.Why);
        // For a run there is no past but its own, and people may change their minds in it.
        var trial = rule.RunId is null ? book.Try(rule, requestId) : null;
        if (trial is not null && !force)
            AddRule.RefuseContradiction(trial);
        var others = book.For(asker.Project, asker.RunId, asker.Workspace);
        var now = RuleMatch.Judge([.. others, rule], asked);
        if (now.Verdict != rule.Action)
            return wanted && !force
                ? throw new Fault(FaultCode.Conflict, $"The rule would have no effect. {now.Why}", "Change that one first, or say --force.")
                : new Plan(rule, $"the rule has no effect yet: {now.Why}", trial);
        return new Plan(rule, null, trial);
    }

    /// <summary>That command, that file, that input; null when it cannot be said.</summary>
    static RequestRule? Narrow(Asked asked, string action, string scope, string? pattern)
    {
        var plain = new RequestRule { Id = "new", Action = action };
        if (pattern is not null)
            return plain with { Command = pattern };
        if (asked.Unclear is not null)
            return null;
        if (asked is { Command: { } text, Shell: { } line })
            return line is { Problem: null, Parts.Count: 1 } ? plain with { Command = CommandPattern.Exactly(line.Parts[0]) }
                : line.Problem is null || scope == "run" ? plain with { Exact = text } : null;
        if (asked.Paths is [{ Inside: { } file }] && !file.Contains('*', StringComparison.Ordinal))
            return plain with { Path = file, Tool = asked.Tool };
        return asked is { Paths.Count: 0, Input: { } input, Tool: { } tool } ? plain with { Tool = tool, Exact = input } : null;
    }

    static Plan None(bool wanted, string why) =>
        wanted ? throw Fault.Unprocessable("rule", $"none can be made: {why}.") : Without(why);

    static Plan Without(string why) => new(null, $"No rule was made: {why.TrimEnd('.')}.", null);
}
