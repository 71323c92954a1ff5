using Orchestrator.Healing;
using Orchestrator.Profiles;
using Orchestrator.Runs;
using Orchestrator.Tests.Healing;

namespace Orchestrator.Tests.Docs;

/// <summary>The tables of docs/healing.md: the cases are those of the tests, the steps and the settings those of the code.</summary>
static class HealingPage
{
    const string Path = "docs/healing.md";

    public static string Text() => GeneratedDocs.FillText(GeneratedDocs.FillText(GeneratedDocs.Fill(Path, "cases", Cases()), Path, "steps",
        Steps()), Path, "settings", Settings());

    static string Cases() => GeneratedDocs.Table(["What is seen", "Verdict", "In its words"], HealthVerdictSpecs.Table.Select(row =>
    {
        var found = HealthVerdict.Of(row.Value.Facts);
        return new[]
        {
            row.Key, $"`{found.Verdict}`{(found.WaitingFor is { } whom ? $" for `{whom}`" : "")}", string.Join("; ", found.Reasons),
        };
    }));

    static string Steps()
    {
        var meanings = GeneratedDocs.Summaries("src/Orchestrator/Healing/Ladder.cs");
        return GeneratedDocs.Table(["Step", "What happens", "When"], Enum.GetValues<HealingStep>().Select(step => new[]
        {
            $"`{Ladder.Word(step)}`", meanings[step.ToString()], When(step),
        }));
    }

    static string When(HealingStep step) => step switch
    {
        HealingStep.Notice => "it counts as quiet or stalled",
        HealingStep.Ask => "stalled, `ask`, and its protocol takes messages in mid-turn",
        HealingStep.Interrupt => "still stalled after `wait_s`, and `interrupt`",
        HealingStep.Restart => "after the stop, as often as `restarts` says",
        HealingStep.Escalate => "then, where the profile has `escalates_to`, and `escalate`",
        _ => "then, and `person`",
    };

    static string Settings() => GeneratedDocs.Table(["`healing.`", "Meaning"],
        HealingPolicy.Key("").Members.Select(key => new[] { $"`{key.Name}`", key.Meaning }));
}
