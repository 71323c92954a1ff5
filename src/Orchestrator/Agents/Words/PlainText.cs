using System.Text.RegularExpressions;

namespace Orchestrator.Agents;

/// <summary>Text without a terminal's colours.</summary>
static partial class PlainText
{
    /// <summary>The text with no escape sequences.</summary>
    /// <remarks>Raw: <c>␛[91m␛[1mError: ␛[0mSession not found</c></remarks>
    public static string Of(string text) => text.Contains('\e') ? Sequence().Replace(text, "") : text;

    [GeneratedRegex(@"\x1b\[[0-9;?]*[ -/]*[@-~]")]
    private static partial Regex Sequence();
}
