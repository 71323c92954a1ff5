using System.Security.Cryptography;

namespace Orchestrator;

/// <summary>
/// Identifiers: 16 lower-case hex characters, 64 random bits, checked on insert by the primary key.
/// Order never comes from them; it comes from <c>seq</c> and times.
/// </summary>
static class Ids
{
    /// <summary>Length of every id in characters.</summary>
    public const int Length = 16;

    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Length / 2));

    /// <summary>True when the text is a whole id or a non-empty prefix of one.</summary>
    public static bool LooksLikePrefix(string text) =>
        text.Length is > 0 and <= Length && text.All(char.IsAsciiHexDigitLower);
}
