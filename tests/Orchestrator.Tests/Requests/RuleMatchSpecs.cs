using System.Diagnostics;
using Orchestrator.Requests;

namespace Orchestrator.Tests.Requests;

/// <summary>What rules say of commands: an allow rule never covers more than it says, whatever is written around it.</summary>
public class RuleMatchSpecs
{
    /// <summary>Each line: allow, deny or ask, and a command pattern.</summary>
    const string House = """
        allow git status*
        allow git commit -m *
        allow ls *
        allow make test
        allow npm run build:*
        allow bash ./check.sh
        deny rm *
        deny git push * --force
        ask git commit --amend*
        """;

    [Theory]
    [InlineData("git status", "allow")]
    [InlineData("git status --short -b", "allow")]
    [InlineData("  git\tstatus  ", "allow")]
    [InlineData("'git' \"status\"", "allow")]
    [InlineData("g\\it status", "allow")]
    [InlineData("git \\\n status", "allow")]
    [InlineData("git status; ls", "allow")]
    [InlineData("git status && ls -la || make test", "allow")]
    [InlineData("git status | ls", "allow")]
    [InlineData("git status\nls", "allow")]
    [InlineData("ls;", "allow")]
    [InlineData("ls 2>&1 | ls >/dev/null 2> /dev/null </dev/null", "allow")]
    [InlineData("git commit -m 'a; rm -rf / && $(x) > y'", "allow")]
    [InlineData("git commit -m \"say \\\"hi\\\" \\$x\"", "allow")]
    [InlineData("npm run build:web --watch", "allow")]
    [InlineData("ls *.cs [ab]? ~", "allow")]
    [InlineData("bash ./check.sh", "allow")]
    [InlineData("make test", "allow")]
    [InlineData("make test -j", "none")]
    [InlineData("make", "none")]
    [InlineData("git", "none")]
    [InlineData("git log", "none")]
    [InlineData("GIT status", "none")]
    [InlineData("./git status", "none")]
    [InlineData("/tmp/git status", "none")]
    [InlineData("git 'status --short; id'x y", "allow")]
    [InlineData("git \"sta\"tus", "allow")]
    [InlineData("'git status'", "none")]
    [InlineData("bash ./check.sh more", "none")]
    [InlineData("bash -c 'git status'", "none")]
    [InlineData("sh -c \"git status\"", "none")]
    [InlineData("env git status", "none")]
    [InlineData("xargs git status", "none")]
    [InlineData("eval git status", "none")]
    [InlineData("git status; id", "none")]
    [InlineData("id; git status", "none")]
    [InlineData("git status && id", "none")]
    [InlineData("git status || id", "none")]
    [InlineData("git status | id", "none")]
    [InlineData("git status\nid", "none")]
    [InlineData("git status &", "none")]
    [InlineData("git status & id", "none")]
    [InlineData("git status |& id", "none")]
    [InlineData("git status;; ls", "none")]
    [InlineData("git status &&", "none")]
    [InlineData("git status |", "none")]
    [InlineData("&& git status", "none")]
    [InlineData("; git status", "none")]
    [InlineData("git status $(id)", "none")]
    [InlineData("git status `id`", "none")]
    [InlineData("git status \"$(id)\"", "none")]
    [InlineData("git status \"`id`\"", "none")]
    [InlineData("git status $HOME", "none")]
    [InlineData("git status $'\\x3b id'", "none")]
    [InlineData("git status ${IFS}x", "none")]
    [InlineData("git status > out", "none")]
    [InlineData("git status >> out", "none")]
    [InlineData("git status >| out", "none")]
    [InlineData("git status &> out", "none")]
    [InlineData("git status >& out", "none")]
    [InlineData("git status 2>/dev/nullx", "none")]
    [InlineData("git status > /dev/null/../../etc/x", "none")]
    [InlineData("git status < in", "none")]
    [InlineData("git status << X", "none")]
    [InlineData("git status <(id)", "none")]
    [InlineData("(git status)", "none")]
    [InlineData("{ git status; }", "none")]
    [InlineData("git status {a,b}", "none")]
    [InlineData("{git,status}", "none")]
    [InlineData("! git status", "none")]
    [InlineData("if git status; then ls; fi", "none")]
    [InlineData("while git status; do ls; done", "none")]
    [InlineData("function ls { id; }", "none")]
    [InlineData("ls() { id; }", "none")]
    [InlineData("A=1 git status", "none")]
    [InlineData("PATH=/tmp ls", "none")]
    [InlineData("A+=1 git status", "none")]
    [InlineData("l? x", "none")]
    [InlineData("~/ls x", "none")]
    [InlineData("git status # ls", "none")]
    [InlineData("# x\nls", "none")]
    [InlineData("git status 'x", "none")]
    [InlineData("git status \"x", "none")]
    [InlineData("git status \\", "none")]
    [InlineData("", "none")]
    [InlineData("   ", "none")]
    [InlineData("''", "none")]
    [InlineData("git\u00a0status", "none")]
    [InlineData("git status\u2028id", "none")]
    [InlineData("git st\u200batus", "none")]
    [InlineData("git status \u202eid", "none")]
    [InlineData("git status\0", "none")]
    [InlineData("git status\rid", "none")]
    [InlineData("git status \u001b[2K", "none")]
    [InlineData("git status \ud800", "none")]
    [InlineData("g\u0456t status", "none")]
    [InlineData("git status ünïcödé 日本", "allow")]
    [InlineData("rm x", "deny")]
    [InlineData("rm", "deny")]
    [InlineData("/bin/rm -rf /", "deny")]
    [InlineData("git status; rm -rf /", "deny")]
    [InlineData("sudo rm x", "deny")]
    [InlineData("sh -c 'rm -rf /'", "deny")]
    [InlineData("xargs -0 rm", "deny")]
    [InlineData("git status $(rm -rf /)", "deny")]
    [InlineData("A=1 rm x", "deny")]
    [InlineData("r''m x > y", "deny")]
    [InlineData("r\\m x > y", "deny")]
    [InlineData("(rm x)", "deny")]
    [InlineData("git push origin --force", "deny")]
    [InlineData("git push origin main", "none")]
    [InlineData("echo rm x", "none")]
    [InlineData("git commit --amend -m x", "ask")]
    [InlineData("git commit -m x && git commit --amend", "ask")]
    [InlineData("git commit --amend; rm x", "deny")]
    public void The_verdict_is_as_the_table_says(string command, string verdict) =>
        Assert.Equal(verdict, RuleMatch.Judge(Of(House), Ask(command)).Verdict);

    [Fact]
    public void The_verdict_names_the_rule_and_every_rule_says_hit_or_miss()
    {
        var rules = Of(House);
        var allowed = RuleMatch.Judge(rules, Ask("git status && ls"));
        Assert.Equal("r1", allowed.RuleId);
        Assert.Contains("r1 (allow git status*) and rule r3 (allow ls *)", allowed.Why, StringComparison.Ordinal);
        Assert.Equal(["git status", "ls"], allowed.Parts);
        Assert.Equal(["r1", "r3"], allowed.Rules.Where(each => each.Hit).Select(each => each.Id));
        Assert.All(allowed.Rules, each => Assert.NotEmpty(each.Why));

        var part = RuleMatch.Judge(rules, Ask("ls; id"));
        Assert.Null(part.RuleId);
        Assert.Contains("'id'", part.Why, StringComparison.Ordinal);
        Assert.Contains("'$'", RuleMatch.Judge(rules, Ask("ls $X")).Why, StringComparison.Ordinal);
        var denied = RuleMatch.Judge([Rule("deny", "rm *") with { Note = "Nothing is thrown away here." }, .. rules], Ask("rm x"));
        Assert.Contains("Nothing is thrown away here.", denied.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("allow", "")]
    [InlineData("allow", "*")]
    [InlineData("allow", "* --version")]
    [InlineData("allow", "g* status")]
    [InlineData("allow", "bash *")]
    [InlineData("allow", "/usr/bin/env *")]
    [InlineData("allow", "sudo ls*")]
    [InlineData("allow", "a; b")]
    [InlineData("allow", "a && b")]
    [InlineData("allow", "a | b")]
    [InlineData("allow", "a > b")]
    [InlineData("deny", "$(x)")]
    [InlineData("deny", "a `b`")]
    [InlineData("deny", "'open")]
    [InlineData("maybe", "ls")]
    public void A_rule_that_would_say_too_much_or_nothing_is_refused(string action, string command) =>
        Assert.NotNull(Rule(action, command).Wrong());

    [Fact]
    public void What_a_rule_needs_and_what_excludes_each_other_is_told()
    {
        var empty = new RequestRule { Id = "r", Action = "allow" };
        Assert.Equal("command", (empty with { Kind = RequestKinds.Approval }).Wrong()!.Value.Field);
        Assert.Null((empty with { Action = "deny", Kind = RequestKinds.Permission }).Wrong());
        Assert.NotNull((empty with { Action = "deny" }).Wrong());
        Assert.NotNull((empty with { Command = "ls", Path = "a" }).Wrong());
        Assert.Equal("kind", (empty with { Command = "ls", Kind = RequestKinds.Question }).Wrong()!.Value.Field);
        Assert.Equal("path", (empty with { Path = "../x" }).Wrong()!.Value.Field);
        Assert.Equal("path", (empty with { Path = "/etc/*" }).Wrong()!.Value.Field);
        Assert.Null((empty with { Action = "deny", Path = "/etc/*" }).Wrong());
    }

    [Theory]
    [InlineData("make 'a b' \"c*\" it\\'s")]
    [InlineData("git commit -m 'x; y'")]
    [InlineData("echo '*' \\* ''")]
    [InlineData("ls *")]
    public void The_exact_pattern_of_a_command_covers_it_and_nothing_longer(string command)
    {
        var part = ShellCommand.Read(command).Parts.Single();
        var pattern = CommandPattern.Exactly(part);
        Assert.False(CommandPattern.Parse(pattern).Pattern!.HasStar);
        Assert.Equal("allow", RuleMatch.Judge([Rule("allow", pattern)], Ask(command)).Verdict);
        Assert.Equal("none", RuleMatch.Judge([Rule("allow", pattern)], Ask(command + " more")).Verdict);
    }

    [Fact]
    public void Who_asks_and_by_what_tool_must_fit()
    {
        var asked = Ask("ls") with { Tool = "Bash", Profile = "nightly", Project = "demo", RunId = "r1" };
        var rule = Rule("allow", "ls");
        string Verdict(RequestRule one) => RuleMatch.Judge([one], asked).Verdict;
        Assert.Equal("allow", Verdict(rule with { Tool = "B*h", Profile = "nightly", Project = "demo", RunId = "r1", Kind = asked.Kind }));
        Assert.Equal("none", Verdict(rule with { Tool = "Bas" }));
        Assert.Equal("none", Verdict(rule with { Profile = "other" }));
        Assert.Equal("none", Verdict(rule with { Project = "demo2" }));
        Assert.Equal("none", Verdict(rule with { RunId = "r2" }));
        Assert.Equal("none", Verdict(rule with { Kind = RequestKinds.Permission }));
        Assert.Equal("none", Verdict(rule with { Ignored = "it is not trusted" }));
        Assert.Equal("none", Verdict(new RequestRule { Id = "t", Action = "allow", Tool = "Bash" }));
        Assert.Equal("deny", Verdict(new RequestRule { Id = "t", Action = "deny", Tool = "Bash" }));
        Assert.Equal("none", RuleMatch.Judge([rule], asked with { Unclear = "it was cut" }).Verdict);
        Assert.Equal("none", RuleMatch.Judge([rule], asked with { Outside = "/elsewhere" }).Verdict);
        Assert.Equal("deny", RuleMatch.Judge([rule with { Action = "deny" }], asked with { Unclear = "it was cut" }).Verdict);
        Assert.Equal("none", RuleMatch.Judge([rule], new Asked { Kind = asked.Kind }).Verdict);
    }

    [Fact]
    public void Exactly_this_text_holds_for_one_run_also_when_it_is_not_understood_and_else_does_not()
    {
        const string Odd = "echo \"$HOME\" > x";
        var rule = new RequestRule { Id = "e", Action = "allow", Exact = Odd };
        Assert.Equal("none", RuleMatch.Judge([rule], Ask(Odd)).Verdict);
        Assert.Equal("allow", RuleMatch.Judge([rule with { RunId = "r1" }], Ask(Odd) with { RunId = "r1" }).Verdict);
        Assert.Equal("none", RuleMatch.Judge([rule with { RunId = "r1" }], Ask(Odd + " ") with { RunId = "r1" }).Verdict);
        Assert.Equal("allow", RuleMatch.Judge([rule with { Exact = "a && b" }], Ask("a && b")).Verdict);
        var input = new Asked { Kind = RequestKinds.Permission, Tool = "WebFetch", Input = "{\"url\":\"x\"}" };
        Assert.Equal("allow", RuleMatch.Judge([rule with { Exact = input.Input, Tool = "WebFetch" }], input).Verdict);
        Assert.Equal("none", RuleMatch.Judge([rule with { Exact = "{}", Tool = "WebFetch" }], input).Verdict);
    }

    [Theory]
    [InlineData("docs/**", "docs/a/b.md", "allow")]
    [InlineData("docs/**", "docs", "allow")]
    [InlineData("docs/*", "docs/a/b.md", "none")]
    [InlineData("**/*.md", "a/b/c.md", "allow")]
    [InlineData("**/*.md", "c.md", "allow")]
    [InlineData("*.md", "a/c.md", "none")]
    [InlineData("src/**/test/*", "src/test/x", "allow")]
    [InlineData("src/**/test/*", "src/a/b/test/x", "allow")]
    [InlineData("**", ".git/hooks/pre-commit", "none")]
    [InlineData("**", "sub/.GIT/config", "none")]
    [InlineData("**", "a/.gitignore", "allow")]
    [InlineData("./docs//x", "docs/x", "allow")]
    [InlineData("a*b*c", "axxbyyc", "allow")]
    [InlineData("a*b*c", "acb", "none")]
    public void Files_are_matched_from_the_workspace_down(string pattern, string file, string verdict)
    {
        var rule = new RequestRule { Id = "p", Action = "allow", Path = pattern };
        Assert.Null(rule.Wrong());
        var asked = new Asked { Kind = RequestKinds.Approval, Tool = "Write", Paths = [new(file, "/w/" + file, file)] };
        Assert.Equal(verdict, RuleMatch.Judge([rule], asked).Verdict);
        Assert.Equal("none", RuleMatch.Judge([rule], asked with { Paths = [.. asked.Paths, new("../x", "/x", null)] }).Verdict);
    }

    [Fact]
    public void Nothing_grows_faster_than_the_text_does()
    {
        var million = new string('a', 1 << 20);
        RequestRule[] rules = [Rule("deny", "*a*a*a*a*a*a*a*b"), Rule("allow", "x *a*a*a*a*b*"), Rule("deny", "a * * * * b*")];
        string[] texts =
        [
            million, "x " + million, string.Concat(Enumerable.Repeat("a ", 1 << 19)), new string('(', 1 << 20), new string('\\', 1 << 20),
            "\"" + new string('\\', 1 << 20), "$" + string.Concat(Enumerable.Repeat("'a", 1 << 19)), new string('\n', 1 << 20),
        ];
        var began = Stopwatch.GetTimestamp();
        foreach (var text in texts)
            Assert.NotEqual("allow", RuleMatch.Judge(rules, Ask(text)).Verdict);
        Assert.NotEqual("allow", RuleMatch.Judge(rules, Ask("x " + new string('a', ShellCommand.Longest - 10))).Verdict);
        var deep = new RequestRule { Id = "p", Action = "deny", Path = string.Join('/', Enumerable.Repeat("**/*a*a*", 100)) + "/b" };
        var far = string.Join('/', Enumerable.Repeat("aaaa", 1000));
        var path = new Asked { Kind = RequestKinds.Approval, Paths = [new(far, "/" + far, far)] };
        Assert.Equal("none", RuleMatch.Judge([deep], path).Verdict);
        // With anything that tries again it would be years.
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0, 60);
    }

    [Fact]
    public void No_mutation_of_a_hostile_command_is_allowed()
    {
        // Every text made of these pieces that is allowed must consist of allowed commands and nothing else.
        string[] pieces =
            ["git status", " ", ";", "&", "|", "\n", "$(id)", "`id`", ">x", "id", "'", "\"", "\\", "(", ")", "#", "A=1 ", "<"];
        var rules = Of("allow git status*");
        var random = new Random(11);
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (RuleMatch.Judge(rules, Ask(text)).Verdict != "allow")
                continue;
            var parts = ShellCommand.Read(text).Parts;
            Assert.All(parts, part => Assert.True(part[0] == "git" && part[1].StartsWith("status", StringComparison.Ordinal), text));
            // Outside quotes nothing is left that a shell would act upon.
            var bare = System.Text.RegularExpressions.Regex.Replace(text, @"'[^']*'|""(\\.|[^""\\])*""|\\.", "q",
                System.Text.RegularExpressions.RegexOptions.Singleline);
            Assert.DoesNotMatch(@"[$`<>()]|(?<!&)&(?!&)|\|&|(^|\s)#", bare);
        }
    }

    static Asked Ask(string command) => new() { Kind = RequestKinds.Approval, Command = command };

    static RequestRule Rule(string action, string command) => new() { Id = "r", Action = action, Command = command };

    static List<RequestRule> Of(string lines) =>
    [
        .. lines.Split('\n').Select((line, i) => Rule(line.Split(' ')[0], line[(line.IndexOf(' ') + 1)..]) with { Id = $"r{i + 1}" }),
    ];
}
