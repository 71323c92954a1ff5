using System.Security.Cryptography;
using System.Text;
using Orchestrator.GitHub;

namespace Orchestrator.Deliveries;

/// <summary>What a look at a pull request comes to. Pure.</summary>
/// <param name="Feedback">What speaks against it and was not told yet.</param>
/// <param name="Ready">It has settled, and is to be told now.</param>
/// <param name="Print">Stands for what was found: the same twice means that nobody is still writing.</param>
sealed record PullDecision(PullFeedback Feedback, bool Ready, string Print)
{
    /// <summary>After so many looks that found nothing new, comments do not wait for checks any longer.</summary>
    const int LongEnough = 10;

    /// <summary>Of each kind, for one message; the rest of the remarks comes with the next.</summary>
    const int MostTold = 100;

    /// <param name="known">The pull request as it was stored.</param>
    /// <param name="now">As GitHub has it now.</param>
    /// <param name="checks">Of its head.</param>
    /// <param name="comments">All there are.</param>
    /// <param name="whose">write, all or none.</param>
    /// <param name="quiet">Looks in a row that found nothing new.</param>
    public static PullDecision Of(PullRequest known, Pull now, IReadOnlyList<PullCheck> checks, IReadOnlyList<PullComment> comments,
        string whose, long quiet)
    {
        // A check that failed is told once for each commit; a remark once. A new delivery of a commit that was told has changed nothing.
        var (told, first) = (known.Told.Head == now.Head, quiet == 0);
        List<PullCheck> failing = told && !first ? [] : [.. checks.Where(check => check.Failed).Take(MostTold)];
        List<PullComment> heard = whose == "none" ? [] : [.. comments.Where(comment =>
            comment.Id > (comment.OfLine ? known.Told.Comment : known.Told.Review) && (whose == "all" || comment.MayWrite))
            .OrderBy(comment => comment.Id).Take(MostTold)];
        var pending = checks.Any(check => check.Conclusion is null);
        var print = PrintOf(now, checks, comments);
        var settled = known.Seen == print && (!pending || (failing.Count == 0 && quiet >= LongEnough));
        // What others pushed to it is theirs: our next push would not be taken.
        var ours = known.Pushed == now.Head;
        var conflicts = now.Mergeable is { } fits && fits == (known.Mergeable == false) ? !fits : (bool?)null;
        return new PullDecision(new PullFeedback(now.Head, failing, heard, told && failing.Count > 0, ours ? conflicts : null),
            settled && ours && failing.Count + heard.Count > 0, print);
    }

    /// <summary>What its agent has had, once it is told of this.</summary>
    public PullTold Told(PullTold before) => new(
        Feedback.Comments.Where(comment => !comment.OfLine).Select(comment => comment.Id).Append(before.Review).Max(),
        Feedback.Comments.Where(comment => comment.OfLine).Select(comment => comment.Id).Append(before.Comment).Max(), Feedback.Head);

    static string PrintOf(Pull now, IReadOnlyList<PullCheck> checks, IReadOnlyList<PullComment> comments)
    {
        var text = new StringBuilder(now.Head).Append(now.Mergeable).Append(now.Draft).Append(now.Base);
        foreach (var check in checks.OrderBy(check => check.Name, StringComparer.Ordinal))
            text.Append('|').Append(check.Name).Append('=').Append(check.Conclusion);
        foreach (var comment in comments)
            text.Append('|').Append(comment.Id).Append(comment.OfLine).Append(comment.Body);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..32];
    }
}
