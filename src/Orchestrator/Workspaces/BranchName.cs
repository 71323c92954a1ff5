using System.Text;
using Orchestrator.Profiles;

namespace Orchestrator.Workspaces;

/// <summary>
/// Names of agents' branches: <c>agent/&lt;first 8 of the run's id&gt;-&lt;slug of the title&gt;</c> unless a pattern says otherwise.
/// </summary>
static class BranchName
{
    const int LongestSlug = 40;

    /// <summary>A name git accepts and a shell never notices, whatever the title is.</summary>
    public static string For(string runId, string title, string pattern = BranchPattern.Default, string project = "")
    {
        var start = Slug(runId.Length > 8 ? runId[..8] : runId);
        return BranchPattern.Fill(pattern, start.Length == 0 ? "run" : start, Slug(title), Slug(project));
    }

    /// <summary>
    /// Letters a-z, digits and single inner dashes, at most 40. Everything else is a dash, so no result can be an option
    /// (`-x`), a path (`..`, `/`), a revision (`@{`, `~`) or end in `.lock`.
    /// </summary>
    public static string Slug(string title)
    {
        var slug = new StringBuilder(LongestSlug);
        foreach (var letter in title)
        {
            if (slug.Length == LongestSlug)
                break;
            if (char.IsAsciiLetterOrDigit(letter))
                slug.Append(char.ToLowerInvariant(letter));
            else if (slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
        }
        return slug.ToString().Trim('-');
    }

    /// <summary>True for a branch name of plain letters, digits, dots, dashes and slashes that git accepts and that is no option.</summary>
    public static bool IsPlain(string name) => BranchPattern.IsBranch(name);
}
