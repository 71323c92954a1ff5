namespace Orchestrator.Profiles;

/// <summary>
/// How the branches of worktrees are called: text with <c>{id}</c>, <c>{slug}</c> and <c>{project}</c> in it. Checked when it is read, by
/// the rules of git (https://git-scm.com/docs/git-check-ref-format), and a little stricter: only characters that no shell notices.
/// </summary>
static class BranchPattern
{
    /// <summary>What holds where nobody says anything.</summary>
    public const string Default = "agent/{id}-{slug}";

    const int Longest = 120;

    /// <summary>What is wrong with it, as the rest of a sentence; null when nothing is.</summary>
    public static string? Problem(string pattern)
    {
        if (pattern.Length > Longest)
            return $"at most {Longest} characters";
        if (!pattern.Contains("{id}", StringComparison.Ordinal))
            return "{id} must be in it, or two runs would want the same branch";
        var rest = pattern.Replace("{id}", "", StringComparison.Ordinal).Replace("{slug}", "", StringComparison.Ordinal)
            .Replace("{project}", "", StringComparison.Ordinal);
        if (rest.IndexOfAny(['{', '}']) >= 0)
            return "in braces there may be id, slug or project";
        if (rest.FirstOrDefault(letter => !IsPlain(letter)) is var odd and not '\0')
            return $"letters, digits, '-', '_', '.' and '/' are allowed, not '{odd}'";
        return Rule(Fill(pattern, "01234567", "fix-it", "demo")) ?? Rule(Fill(pattern, "01234567", "", "demo"));
    }

    /// <summary>The name. Without a slug the sign before it goes too.</summary>
    public static string Fill(string pattern, string id, string slug, string project)
    {
        if (slug.Length == 0)
            foreach (var sign in (string[])["-", "_", "."])
                pattern = pattern.Replace(sign + "{slug}", "", StringComparison.Ordinal);
        return pattern.Replace("{id}", id, StringComparison.Ordinal)
            .Replace("{slug}", slug.Length == 0 ? "run" : slug, StringComparison.Ordinal)
            .Replace("{project}", project.Length == 0 ? "project" : project, StringComparison.Ordinal);
    }

    /// <summary>True for a branch name of plain letters, digits, dots, dashes and slashes that git accepts and that is no option.</summary>
    public static bool IsBranch(string name) => name.Length is > 0 and <= 200 && name.All(IsPlain) && Rule(name) is null;

    static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '/';

    static string? Rule(string name)
    {
        foreach (var part in name.Split('/'))
        {
            if (part.Length == 0)
                return "no '/' at the beginning or end, and no two in a row";
            if (part[0] is '-' or '.')
                return $"no part may begin with '{part[0]}'";
            if (part[^1] == '.' || part.EndsWith(".lock", StringComparison.Ordinal))
                return "no part may end with '.' or '.lock'";
            if (part.Contains("..", StringComparison.Ordinal))
                return "no two dots in a row";
        }
        return name is "HEAD" ? "HEAD is git's own name" : null;
    }
}
