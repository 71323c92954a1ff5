namespace Orchestrator.Tests.Tidy;

/// <summary>The repository keeps its own rules. Each message says where, what, and what to write instead.</summary>
public class TidySpecs
{
    static readonly Rule[] Rules =
    [
        .. SizeRules.All, .. NameRules.All, .. CallRules.All, .. DirectionRules.All, .. BoundaryRules.All, .. ShapeRules.All,
        .. TextRules.All, .. ClientRules.All, .. WebRules.All,
    ];

    public static TheoryData<string> Names => [.. Rules.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_repository_keeps_the_rule(string name)
    {
        var findings = Rules.Single(r => r.Name == name).Check(SourceTree.Repository)
            .Where(f => !Exceptions.All.Any(e => Exceptions.Covers(e, name, f)))
            .ToList();
        Assert.True(findings.Count == 0, $"{findings.Count} finding(s) of '{name}':\n{string.Join('\n', findings)}\n");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_rule_finds_what_it_forbids(string name)
    {
        var samples = BadSamples.All.Where(s => s.Rule == name).ToList();
        Assert.True(samples.Count > 0, $"'{name}' has no sample in BadSamples.cs: a test that cannot fail is a defect.");
        foreach (var sample in samples)
        {
            var findings = Rules.Single(r => r.Name == name).Check(sample.Tree).ToList();
            Assert.True(findings.Any(f => f.ToString().Contains(sample.Says, StringComparison.Ordinal)),
                $"'{name}' should have said '{sample.Says}' but said: {string.Join(" / ", findings)}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_rule_dislikes_a_well_written_file(string name) =>
        Assert.Empty(Rules.Single(r => r.Name == name).Check(GoodSample.Tree));

    [Fact]
    public void Every_exception_is_still_needed_and_says_why()
    {
        foreach (var exception in Exceptions.All)
        {
            Assert.True(exception.Reason.Length >= 20, $"{exception.Rule} {exception.Path}: the reason is too short to be one.");
            Assert.True(
                Rules.Single(r => r.Name == exception.Rule).Check(SourceTree.Repository)
                    .Any(f => Exceptions.Covers(exception, exception.Rule, f)),
                $"Tidy/Exceptions.cs: {exception.Rule} for {exception.Path} is no longer needed. Delete the line.");
        }
    }

    [Fact]
    public void Rule_names_are_unique() => Assert.Equal(Rules.Length, Rules.Select(r => r.Name).Distinct().Count());
}
