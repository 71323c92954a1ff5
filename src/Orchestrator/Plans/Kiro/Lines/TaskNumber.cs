using System.Globalization;

namespace Orchestrator.Plans.Kiro.Lines;

/// <summary>
/// A task's number: 1, 1.2, 1.2.3, 1.2a, T0.1. The hierarchy of tasks is made of these and not of indentation.
/// </summary>
sealed class TaskNumber : IComparable<TaskNumber>
{
    const int MostParts = 8, MostDigits = 6, MostBareLetters = 4, MostLetters = 24;

    readonly int[] parts;
    readonly int width;

    TaskNumber(string prefix, int[] parts, string suffix, int width = 0)
    {
        (Prefix, this.parts, Suffix, this.width) = (prefix, parts, suffix, prefix.Length > 0 && parts.Length == 1 ? width : 0);
        Digits = string.Join('.', parts) + suffix;
        Text = prefix + (IsPadded ? parts[0].ToString($"D{this.width}", CultureInfo.InvariantCulture) + suffix : Digits);
    }

    /// <summary>Letters before it, as in T0.1; mostly empty.</summary>
    public string Prefix { get; }

    /// <summary>A letter behind it, as in 1.2a: somebody put a task in between.</summary>
    public string Suffix { get; }

    /// <summary>Always the same writing of the same number: no closing dot, ASCII digits, leading zeros only as in T007.</summary>
    public string Text { get; }

    /// <summary>Without the letters before it, and without leading zeros.</summary>
    public string Digits { get; }

    /// <summary>Written with leading zeros behind letters: T007. Nobody writes so of anything but a list of numbered things.</summary>
    public bool IsPadded => width > 0;

    public int Depth => parts.Length;
    public int First => parts[0];
    public int Last => parts[^1];

    /// <summary>The number above, or null at the top. 1.2a is below 1, beside 1.2.</summary>
    public TaskNumber? Parent => parts.Length > 1 ? new(Prefix, parts[..^1], "") : null;

    /// <summary>The same number below another one: 2 below 3.1 is 3.1.2.</summary>
    public TaskNumber Below(TaskNumber above) => new(above.Prefix, [.. above.parts, .. parts], Suffix);

    /// <summary>The same number with another last part.</summary>
    public TaskNumber WithLast(int last) => new(Prefix, [.. parts[..^1], last], "", width);

    public bool CanBeBelow(TaskNumber above) => above.Depth + Depth <= MostParts;

    public int CompareTo(TaskNumber? other)
    {
        if (other is null)
            return 1;
        for (var i = 0; i < parts.Length && i < other.parts.Length; i++)
            if (parts[i] != other.parts[i])
                return parts[i].CompareTo(other.parts[i]);
        return parts.Length != other.parts.Length ? parts.Length.CompareTo(other.parts.Length)
            : string.CompareOrdinal(Suffix, other.Suffix);
    }

    public override string ToString() => Text;

    /// <summary>A number that is the whole text, like an entry of a list of dependencies; null for anything else.</summary>
    public static TaskNumber? Whole(string text)
    {
        var (number, end) = ReadAt(text, 0);
        return number is not null && end == text.Length ? number : null;
    }

    // 1.2.3    1.2a    T0.1    CORE-1    FOUNDATION-1    ۱.۲    １．２    1-1 (only where hyphens are asked for)
    /// <summary>The longest number that begins here, and where it ends; null when there is none.</summary>
    public static (TaskNumber? Number, int End) ReadAt(string text, int at, bool hyphens = false)
    {
        var start = at;
        while (at < text.Length && at - start < MostLetters && char.IsAsciiLetterUpper(text[at]))
            at++;
        var prefix = text[start..at];
        if (prefix.Length > 1 && at < text.Length && text[at] == '-')
            (prefix, at) = (prefix + "-", at + 1);
        else if (prefix.Length > MostBareLetters)
            return (null, start);
        var (parts, first) = (new List<int>(), at);
        while (parts.Count < MostParts)
        {
            if (DigitsAt(text, at) is not var (value, end))
                break;
            parts.Add(value);
            at = end;
            if (at + 1 >= text.Length || !(text[at] is '.' or '．' || (hyphens && text[at] is '-')) || DigitsAt(text, at + 1) is null)
                break;
            at++;
        }
        if (parts.Count == 0 || DigitsAt(text, at) is not null)
            return (null, start);
        var suffix = at < text.Length && char.IsAsciiLetterLower(text[at]) && (at + 1 == text.Length || !char.IsLetterOrDigit(text[at + 1]))
            ? text[at..(at + 1)] : "";
        return (new(prefix, [.. parts], suffix, at - first > 1 && text[first] == '0' ? at - first : 0), at + suffix.Length);
    }

    static (int Value, int End)? DigitsAt(string text, int at)
    {
        var (value, end) = (0, at);
        while (end < text.Length && CharUnicodeInfo.GetDecimalDigitValue(text[end]) is >= 0 and var digit)
        {
            if (end - at >= MostDigits)
                return null;
            (value, end) = (value * 10 + digit, end + 1);
        }
        return end == at ? null : (value, end);
    }
}
