using System.Globalization;
using Orchestrator.Agents;
using WorkspacePaths = Orchestrator.Workspaces.WorkspacePaths;

namespace Orchestrator.AgentLoop.Tools;

/// <summary>What came of one call.</summary>
/// <param name="Output">What the tool says, bounded.</param>
/// <param name="Failed">True when it could not do it.</param>
/// <param name="ExitCode">Of a command; null for other tools.</param>
/// <param name="Change">The file it changed; null for none.</param>
/// <param name="Understood">False when the call itself made no sense.</param>
sealed record ToolOutcome(string Output, bool Failed = false, int? ExitCode = null, FileChange? Change = null, bool Understood = true)
{
    /// <summary>Longest output of one call, in characters: a conversation has room for a hundred of them.</summary>
    public const int Longest = 32 * 1024;

    /// <summary>The text the model gets.</summary>
    public string ForModel => ExitCode is { } code
        ? $"exit code {code.ToString(CultureInfo.InvariantCulture)}\n{Output}"
        : Failed ? "Error: " + Output : Output.Length == 0 ? "(nothing)" : Output;

    public static ToolOutcome Refused(string why) => new(why, Failed: true);

    /// <summary>A call nobody can make sense of.</summary>
    public static ToolOutcome Unusable(string why) => new(why, Failed: true, Understood: false);

    /// <summary>Beginning and end of a text, for what matters of a long one is at either.</summary>
    public static string Bounded(string text)
    {
        if (text.Length <= Longest)
            return text;
        var dropped = (text.Length - Longest).ToString(CultureInfo.InvariantCulture);
        return $"{text[..(Longest / 2)]}\n[{dropped} characters left out]\n{text[^(Longest / 2)..]}";
    }
}

/// <summary>A tool will not or cannot do it; the model reads why.</summary>
sealed class ToolRefusal(string message) : Exception(message)
{
    /// <summary>False when the call's arguments made no sense.</summary>
    public bool Understood { get; init; } = true;
}

/// <summary>Where tools work.</summary>
/// <param name="Paths">The workspace and what is inside it.</param>
/// <param name="Environment">What commands see.</param>
/// <param name="Clock">For limits.</param>
sealed record ToolPlace(WorkspacePaths Paths, IReadOnlyDictionary<string, string> Environment, TimeProvider Clock);
