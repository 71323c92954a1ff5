using System.Globalization;
using System.Text;
using Orchestrator.Deliveries;
using Orchestrator.Gates;

namespace Orchestrator.Items;

/// <summary>What an agent is told whose accepted work does not go together with its branch. Pure.</summary>
static class LandingText
{
    const int PromptCharacters = 600;

    /// <param name="item">What the work was for.</param>
    /// <param name="failed">The delivery that did not fit.</param>
    /// <param name="check">What its verification saw; null when it came to none.</param>
    public static string Prompt(Item item, Delivery failed, Check? check)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture,
            $"Your work on '{item.Title}' was accepted, but it does not go together with what came to {failed.Into} since. "));
        text.Append(CultureInfo.InvariantCulture, $"{failed.Into} has been merged into your branch, in this workspace.\n");
        if (failed.Conflict is { } conflict)
        {
            text.Append("\nThese files were changed on both sides and have conflict markers (<<<<<<<, >>>>>>>):\n");
            foreach (var file in conflict.Files)
                text.Append(CultureInfo.InvariantCulture, $"- {file}\n");
            text.Append(CultureInfo.InvariantCulture, $"\nWhat came to {failed.Into}, newest first:\n");
            foreach (var intent in conflict.Landed)
                Append(text, intent);
            text.Append("\nSolve it so that both hold: what you were asked for, and what the others were asked for. Leave no marker. ");
        }
        else if (check is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nPut together, the verification fails. {check.Summary}\n");
            ItemGate.Tell(text, check);
            text.Append("\nMend it so that both hold. ");
        }

        return text.Append("Do not undo the others' work, and do not remove or switch off tests.\n").ToString();
    }

    static void Append(StringBuilder text, Intent intent)
    {
        text.Append(CultureInfo.InvariantCulture, $"- {intent.Commit?[..12]} {intent.Subject}\n");
        if (intent.Prompt is { } asked)
            foreach (var line in (asked.Length > PromptCharacters ? asked[..PromptCharacters] + "…" : asked).Split('\n'))
                text.Append(CultureInfo.InvariantCulture, $"  > {line}\n");
    }
}
