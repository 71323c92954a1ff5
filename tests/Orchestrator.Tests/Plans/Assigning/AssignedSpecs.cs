using Orchestrator.Plans;
using Orchestrator.Plans.Assigning;

namespace Orchestrator.Tests.Plans.Assigning;

/// <summary>What a unit becomes by the source, by what was said, and by the rules.</summary>
public class AssignedSpecs
{
    static ItemDraft Unit(string title) => new() { ForeignId = "1", Title = title };

    static SaidAssignment Says(string? type, string? owner, string? care) =>
        new(new UnitAssignment("1", type, owner, null, care, [], []) { Why = "so it is" }, "ann", "so it is");

    [Theory]
    [InlineData("Build the settings page", "ui", "ui", "standard", false)]
    [InlineData("Add the endpoint", "code", "code", "standard", false)]
    [InlineData("Review the code", "review", "review", "standard", false)]
    [InlineData("Write property tests for the cart", "review", "property-test", "standard", false)]
    [InlineData("Hash passwords", "code", "code", "security-sensitive", true)]
    [InlineData("Refactor the parser", "code", "code", "complex", true)]
    public void Words_say_type_and_care_and_make_nobody_accept_by_hand(string title, string type, string kind, string care, bool closely)
    {
        var assigned = Assigned.Of(Unit(title), null);
        Assert.Equal((type, kind, care, closely, "rules", null), (assigned.Draft.Type, assigned.Kind, assigned.Care, assigned.LookClosely,
            assigned.By, assigned.Draft.Criticality));
    }

    [Fact]
    public void A_type_that_the_document_says_stays()
    {
        var assigned = Assigned.Of(Unit("Build the settings page") with { Type = "code", TypeSaid = true }, null);
        Assert.Equal(("code", "the document says its type"), (assigned.Draft.Type, assigned.Why));
    }

    [Fact]
    public void Who_says_that_work_is_security_sensitive_has_a_person_accept_it()
    {
        var assigned = Assigned.Of(Unit("Add the endpoint"), Says("ui", "gemini", CareWords.Security));
        Assert.Equal(("ui", "gemini", "high", "ann", "so it is"), (assigned.Draft.Type, assigned.Draft.Profile, assigned.Draft.Criticality,
            assigned.By, assigned.Why));
        Assert.Null(Assigned.Of(Unit("Add the endpoint"), Says(null, null, CareWords.Complex)).Draft.Criticality);
    }

    [Fact]
    public void Who_writes_files_is_no_work_for_who_may_only_read() =>
        Assert.Equal("property-test", Assigned.Of(Unit("Review the code") with { Writes = ["REVIEW.md"] }, null).Kind);
}
