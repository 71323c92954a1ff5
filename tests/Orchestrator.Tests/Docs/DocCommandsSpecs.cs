using System.CommandLine;
using System.Text.RegularExpressions;
using Orchestrator.Tests.Tidy;

namespace Orchestrator.Tests.Docs;

/// <summary>Every command a page shows exists with the options it is shown with.</summary>
public partial class DocCommandsSpecs
{
    /// <summary>It speaks of commands that come with later versions, and says so.</summary>
    const string Ahead = "docs/coming-from.md";

    [Fact]
    public void Every_command_in_the_docs_exists()
    {
        var shown = SourceTree.Repository.Markdown.Where(f => f.Path != Ahead).SelectMany(Shown).ToList();
        Assert.True(shown.Count >= 5, "The docs show no commands any more, or this test no longer finds them.");
        var wrong = shown.Where(s => Problem(s.Command) is not null).Select(s => $"{s.Place}: {s.Command}: {Problem(s.Command)}");
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_command_that_the_program_itself_speaks_of_exists()
    {
        var groups = CommandTree.Commands.Select(c => c.Build()).Where(c => c.Subcommands.Count > 0).Select(c => c.Name).ToHashSet();
        // Elsewhere the program's name may begin a sentence, and options may be those of the next one.
        var said = from file in SourceTree.Repository.ProductionCSharp
                   from token in file.Tokens
                   where token.Kind == TokenKind.Text && Call().Match(token.Value) is { Success: true } call
                       && groups.Contains(call.Groups[1].Value.Split(' ')[0])
                   select (Place: $"{file.Path}:{token.Line}", Command: Call().Match(token.Value).Value.Split(" --")[0]);
        var listers = from kind in (string[])["item", "agent", "check", "finding", "round", "command", "wish", "question", "run", "session",
                          "message", "request", "delivery", "worktree", "token", "project", "plan"]
                      select (Place: kind, Command: Fault.Lister(kind));
        var all = said.Concat(listers).ToList();
        Assert.True(all.Count > 100, "This test no longer finds the hints.");
        var wrong = all.Where(one => Problem(one.Command) is not null)
            .Select(one => $"{one.Place}: {one.Command}: {Problem(one.Command)}").ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("agentctl run diff \"$id\"", null)]
    [InlineData("id=$(cat x | bin/agentctl start --project myproject --profile p)", null)]
    [InlineData("agentctl strat", "there is no command 'strat'")]
    [InlineData("agentctl daemon strat", "there is no command 'daemon strat'")]
    [InlineData("agentctl start --projekt x", "there is no option --projekt")]
    public void A_command_that_does_not_exist_is_noticed(string command, string? problem) => Assert.Equal(problem, Problem(command));

    static IEnumerable<(string Place, string Command)> Shown(SourceFile page)
    {
        foreach (var (line, body) in MarkdownText.Blocks(page, "sh"))
            foreach (var (index, text) in body.Index())
                if (text.Contains("agentctl ", StringComparison.Ordinal)) yield return ($"{page.Path}:{line + index + 1}", text);
        foreach (var (line, text) in MarkdownText.CodeSpans(page))
            if (text.StartsWith("agentctl ", StringComparison.Ordinal) || text.StartsWith("bin/agentctl ", StringComparison.Ordinal))
                yield return ($"{page.Path}:{line}", text);
    }

    static string? Problem(string line)
    {
        var words = Call().Match(line).Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<Command> below = CommandTree.Commands.Select(c => c.Build());
        Command? found = null;
        var path = new List<string>();
        foreach (var word in words.TakeWhile(w => PlainWord().IsMatch(w)))
        {
            if (found is not null && found.Subcommands.Count == 0) break;
            path.Add(word);
            found = below.FirstOrDefault(c => c.Name == word);
            if (found is null) return $"there is no command '{string.Join(' ', path)}'";
            below = found.Subcommands;
        }
        var known = (found?.Options.SelectMany(o => o.Aliases.Append(o.Name)) ?? []).Concat(Everywhere).ToHashSet();
        var unknown = words.Select(w => w.Split('=')[0]).FirstOrDefault(w =>
            w.StartsWith("--", StringComparison.Ordinal) && !known.Contains(w));
        return unknown is null ? null : $"there is no option {unknown}";
    }

    static readonly string[] Everywhere = ["--url", "--auth-token", "--format", "--field", "--data", "--no-color", "--quiet", "--help"];

    [GeneratedRegex(@"\bagentctl ([^#|)]*)")]
    private static partial Regex Call();

    [GeneratedRegex("^[a-z][a-z-]*$")]
    private static partial Regex PlainWord();
}
