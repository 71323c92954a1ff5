using Orchestrator.Gates;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.Gates;

/// <summary>What the facts of a check come to, without any process.</summary>
public class GateVerdictSpecs
{
    static readonly string[] Test = ["dotnet", "test"];

    static readonly GateFacts Good = new()
    {
        HasDiff = true,
        NeedsCommit = true,
        ExpectsChanges = true,
        Changed = [new FileChange("src/a.cs", 1, 0, "modified", false)],
        Asked = [Test],
        Commands = [new CommandFact(Test, 0, false, null)],
    };

    static readonly (string Name, GateFacts Facts, string Verdict, string Says)[] Table =
    [
        ("all is well", Good, "passed", "1 of 1 verify commands passed."),
        ("no command is none that passed", Good with { Asked = [], Commands = [] }, "unverified", "no verify commands"),
        ("a command fails", With(new CommandFact(Test, 1, false, null)), "failed", "'dotnet test' ended with exit code 1."),
        ("a command meets its limit", With(new CommandFact(Test, 143, true, null)), "failed", "met its time limit"),
        ("a limit that ends with 0", With(new CommandFact(Test, 0, true, null)), "failed", "met its time limit"),
        ("no exit code", With(new CommandFact(Test, null, false, null)), "failed", "left no exit code"),
        ("the machine lacks the program", With(new CommandFact(Test, null, false, "It is not installed.")), "impossible", "not installed"),
        ("the project's own program is gone", With(new CommandFact(["./test.sh"], null, false, "It does not exist.")), "failed",
            "not exist"),
        ("nothing changed", Good with { Changed = [] }, "failed", "Nothing was changed."),
        ("nothing had to change", Good with { Changed = [], ExpectsChanges = false }, "passed", "passed"),
        ("not committed", Good with { Uncommitted = ["b.txt"] }, "failed", "Not committed: b.txt."),
        ("uncommitted in a folder others use", Good with { NeedsCommit = false, Uncommitted = ["b.txt"] }, "passed", "passed"),
        ("declared as a file", Good with { Writes = ["src/a.cs"] }, "passed", "passed"),
        ("declared as a folder", Good with { Writes = ["./src"] }, "passed", "passed"),
        ("declared by a pattern", Good with { Writes = ["**/*.cs"] }, "passed", "passed"),
        ("declared by a sign for one letter", Good with { Writes = ["src/?.cs"] }, "passed", "passed"),
        ("declared by a folder's pattern", Good with { Writes = ["s*"] }, "passed", "passed"),
        ("declared as everything", Good with { Writes = ["./"] }, "passed", "passed"),
        ("declared as everything from above", Good with { Writes = ["/"] }, "passed", "passed"),
        ("declared in any folder", Good with { Writes = ["**/src/**/a.cs"] }, "passed", "passed"),
        ("a pattern ends with its folder", Good with { Writes = ["*.cs", "**/b.cs", "src/*/a.cs"] }, "failed", "src/a.cs"),
        ("what leads out covers nothing", Good with { Writes = ["../src", "lib/../src"] }, "failed", "src/a.cs"),
        ("not declared", Good with { Writes = ["src/b.cs", "docs/**"] }, "failed", "Changed without being declared: src/a.cs."),
        ("nothing declared at all", Good with { Writes = [] }, "failed", "src/a.cs"),
        ("moved away from what was declared", Good with
        {
            Changed = [new FileChange("src/new.cs", 0, 0, "renamed", false, "lib/old.cs")], Writes = ["src"],
        }, "failed", "lib/old.cs"),
        ("a test is gone", Good with { RemovedTests = ["tests/a.test.js"] }, "failed", "Tests were removed: tests/a.test.js."),
        ("a test is gone and may be", Good with { RemovedTests = ["tests/a.test.js"], AllowRemovedTests = true }, "passed", "passed"),
        ("a test is switched off", Good with { SkippedTests = ["a.test.js: it.skip('x')"] }, "failed", "switched off"),
        ("it moved under the check", Good with { Moved = true }, "impossible", "changed while it was checked"),
        ("it moved and failed", Good with { Moved = true, Changed = [] }, "failed", "Nothing was changed."),
        ("nobody could look", Good with { Impossible = "It is gone." }, "impossible", "It is gone."),
        ("no repository, no diff to ask for", new GateFacts
        {
            ExpectsChanges = true, Asked = [Test], Commands = [new CommandFact(Test, 0, false, null)],
        }, "passed", "passed"),
    ];

    public static TheoryData<string> Names => [.. Table.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_facts_decide(string name)
    {
        var (_, facts, verdict, says) = Table.Single(row => row.Name == name);

        var judged = GateVerdict.Of(facts);

        Assert.Equal(verdict, judged.Verdict);
        Assert.Contains(says, judged.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("`dotnet test` passes", 0, "passed")]
    [InlineData("`dotnet test` passes", 1, "failed")]
    [InlineData("it is nice", 0, "open")]
    [InlineData("`npm test` passes", 0, "open")]
    public void A_criterion_is_decided_by_the_command_it_names(string criterion, int exitCode, string outcome)
    {
        var facts = With(new CommandFact(Test, exitCode, false, null)) with { Criteria = [criterion] };

        var finding = GateVerdict.Of(facts).Findings.Single(one => one.Kind == "criterion");

        Assert.Equal((criterion, outcome), (finding.Criterion, finding.Outcome));
    }

    [Fact]
    public void A_criterion_whose_command_was_not_reached_stays_open()
    {
        var facts = Good with
        {
            Asked = [["make"], Test],
            Commands = [new CommandFact(["make"], 2, false, null)],
            Criteria = ["`dotnet test`"],
        };

        Assert.Equal("open", GateVerdict.Of(facts).Findings.Single(one => one.Kind == "criterion").Outcome);
    }

    [Fact]
    public void A_check_is_claimed_again_and_finished_once()
    {
        var moves = from state in Enum.GetValues<CheckState>()
                    from step in Enum.GetValues<CheckStep>()
                    let next = CheckLifecycle.Next(state, step)
                    where next is not null
                    select $"{CheckLifecycle.Word(state)} {step} {CheckLifecycle.Word(next.Value)}";

        Assert.Equal(["queued Claim running", "queued Abandon finished", "running Claim running", "running Finish finished",
            "running Abandon finished"], moves);
    }

    static GateFacts With(CommandFact command) => Good with { Asked = [command.Argv], Commands = [command] };
}
