using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Orchestrator.FakeModel;

/// <summary>Steps for the conversations that mention something.</summary>
/// <param name="When">A text that must be in one of the user's texts; null for every conversation.</param>
/// <param name="Api">Only for this API; null for all.</param>
/// <param name="Steps">Played from the first one in each conversation.</param>
sealed record Rule(string? When, string? Api, IReadOnlyList<Step> Steps)
{
    /// <summary>Whether the request belongs to a conversation this rule is for.</summary>
    public bool Matches(Ask ask) =>
        (Api is null || Api == ask.Api) && (When is null || ask.UserTexts.Any(text => text.Contains(When, StringComparison.Ordinal)));
}

/// <summary>
/// Decides what each request is answered with. A prompt's own <c>fake:</c> lines come before the rules. The place in the
/// script is kept per conversation, not per request, so parallel CLIs do not disturb each other; a retried request takes
/// the next step.
/// </summary>
sealed partial class ScriptBook
{
    readonly Lock _gate = new();
    readonly Dictionary<(string Conversation, object Script), int> _places = [];
    IReadOnlyList<Rule> _rules = [];

    /// <summary>Replaces the rules and forgets all places.</summary>
    public void Load(IReadOnlyList<Rule> rules)
    {
        lock (_gate)
        {
            _rules = rules;
            _places.Clear();
        }
    }

    /// <summary>
    /// Reads a script: <c>{"rules":[{"when":"…","api":"messages","steps":["shell ls","text done"]}]}</c>, or
    /// <c>{"steps":[…]}</c> as the only rule. A step is a string, or an object with the verb as its only name:
    /// <c>{"json":{"goal_met":true}}</c>.
    /// </summary>
    public static IReadOnlyList<Rule> Read(JsonNode script)
    {
        var rules = script["rules"] is JsonArray several ? several.OfType<JsonNode>() : [script];
        return [.. rules.Select(rule => new Rule((string?)rule["when"], (string?)rule["api"], [.. Steps(rule["steps"])]))];
    }

    /// <summary>The steps of the next answer: joined steps and the one that ends it, or a single refusal.</summary>
    public IReadOnlyList<Step> Take(Ask ask)
    {
        lock (_gate)
        {
            var (script, steps) = Find(ask);
            var place = _places.GetValueOrDefault((ask.Conversation, script));
            var answer = new List<Step>();
            while (answer.Count == 0 || answer[^1].Joined)
            {
                var step = place < steps.Count ? steps[place] : Step.End;
                if (step.Status is not null && answer.Count > 0) break;
                answer.Add(step);
                if (step.Status is null || !step.Argument.Split(' ').Contains("always")) place++;
            }

            _places[(ask.Conversation, script)] = place;
            return answer;
        }
    }

    /// <summary>The script a request follows and what its place is kept under.</summary>
    (object Script, IReadOnlyList<Step> Steps) Find(Ask ask)
    {
        // Said twice in one prompt (a goal quoted in its own context, say) it is meant once; asked again later, it is meant again.
        var prompts = ask.UserTexts
            .Select(text => string.Join('\n', FakeLine().Matches(text).Select(match => match.Groups["steps"].Value.Trim()).Distinct()))
            .Where(lines => lines.Length > 0).ToList();
        if (prompts is [.., var last])
            return ((prompts.Count(lines => lines == last), last), [.. last.Split('\n').SelectMany(Step.ParseAll)]);

        var rule = _rules.FirstOrDefault(rule => rule.Matches(ask));
        return rule is null ? ("none", []) : (rule, rule.Steps);
    }

    static IEnumerable<Step> Steps(JsonNode? steps) => steps is not JsonArray items ? [] : items.OfType<JsonNode>().SelectMany(item =>
    {
        if (item is JsonValue) return Step.ParseAll((string)item!);
        var (verb, argument) = item.AsObject().First();
        return Step.Parse($"{verb} {(argument is JsonValue ? argument.ToString() : argument?.ToJsonString())}");
    });

    [GeneratedRegex("""(?m)(?:^|[\s>*"'`(])fake: (?<steps>.*)$""")]
    private static partial Regex FakeLine();
}
