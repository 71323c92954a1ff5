using System.Text.Json.Nodes;
using Orchestrator.Plans;

namespace Orchestrator.Tests.Plans;

/// <summary>What a planner gives becomes a plan, or is refused with what is wrong. Pure.</summary>
public class WishImportSpecs
{
    static Imported Read(JsonNode plan, string wish = "I want it.") => WishImport.Read(new SourceText("", plan.ToJsonString()), wish);

    [Theory]
    [InlineData("fitness", "research assessment")]
    [InlineData("paper", "topic")]
    [InlineData("web-app", "requirements")]
    [InlineData("party", "budget guests")]
    public void A_wish_becomes_parts_and_a_last_one_that_puts_them_together(string name, string first)
    {
        var (text, parts) = Wishes.Examples[name];
        var read = Read(Wishes.Plan(name), text);

        Assert.Equal([], read.Findings);
        var plan = read.Plan!;
        Assert.Equal((name, text, "wish"), (plan.Title, plan.Description, plan.SourceKind));
        Assert.Equal(parts, plan.Items.SkipLast(1).Select(item => $"{item.ForeignId}:{item.Kind}:{string.Join(',', item.DependsOn)}"));
        Assert.Equal(first, string.Join(' ', plan.Items.Where(item => item.DependsOn.Count == 0).Select(item => item.ForeignId)));
        var whole = plan.Items[^1];
        Assert.Equal((WishImport.Synthesis, WishImport.Synthesis, "result"), (whole.ForeignId, whole.Kind, whole.Phase));
        Assert.Equal(parts.Select(part => part.Split(':')[0]), whole.DependsOn);
        Assert.Contains($"> {text}", whole.Description, StringComparison.Ordinal);
        Assert.Equal(["Work", "Result"], plan.Phases.Select(phase => phase.Name));
    }

    [Fact]
    public void Phases_open_in_the_order_in_which_they_are_named_and_one_part_is_its_own_result()
    {
        var plan = Read(Wishes.Plan("t", Wishes.Part("a", [], phase: "Ground"), Wishes.Part("b", ["a"], phase: "Roof"),
            Wishes.Part("c", [], phase: "ground"), Wishes.Part("d", []))).Plan!;
        Assert.Equal(["Ground", "Roof", "Result"], plan.Phases.Select(phase => phase.Name));
        Assert.Equal(["phase-1", "phase-2", "phase-1", "phase-2", "result"], plan.Items.Select(item => item.Phase));
        Assert.Equal("only", Assert.Single(Read(Wishes.Plan("t", Wishes.Part("only", []))).Plan!.Items).ForeignId);
        Assert.Equal("synthesise-2", Read(Wishes.Plan("t", Wishes.Part("synthesise", []), Wishes.Part("b", []))).Plan!.Items[^1].ForeignId);
    }

    [Theory]
    [InlineData("""{"title": "t", "items": []}""", "no_items")]
    [InlineData("""{"title": "t"}""", "wrong_form")]
    [InlineData("""{"title": "t", "items": [{"id": "a"}]}""", "wrong_form")]
    [InlineData("""{"title": "t", "items": [7]}""", "wrong_form")]
    [InlineData("""{"title": "t", "items": [{"id": "a", "title": "x", "description": "", "type": "poem"}]}""", "wrong_form")]
    [InlineData("[]", "wrong_form")]
    [InlineData("{", "not_json")]
    [InlineData("""{"title": "t", "items": [{"id": " ", "title": "x", "description": ""}]}""", "no_id")]
    [InlineData("""{"title": "t", "items": [{"id": "a", "title": "x", "description": ""}, {"id": "a", "title": "y", "description": ""}]}""",
        "duplicate_id")]
    [InlineData("""{"title": "t", "items": [{"id": "a", "title": "x", "description": "", "depends_on": ["b"]}]}""", "unknown_dependency")]
    [InlineData("""
        {"title": "t", "items": [{"id": "a", "title": "x", "description": "", "depends_on": ["b"]},
        {"id": "b", "title": "y", "description": "", "depends_on": ["a"]}]}
        """, "cycle")]
    [InlineData("""
        {"title": "t", "items": [{"id": "a", "title": "x", "description": "", "depends_on": ["b"], "phase": "one"},
        {"id": "b", "title": "y", "description": "", "phase": "two"}]}
        """, "later_phase")]
    public void What_cannot_run_is_an_error_with_a_way_to_mend_it(string json, string code)
    {
        var read = WishImport.Read(new SourceText("", json), "I want it.");
        Assert.Null(read.Plan);
        var error = read.Findings.First(one => one.IsError && one.Code == code);
        Assert.NotNull(error.Fix);
        Assert.Contains(error.Text, WishText.AskAgain("No.", read.Findings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\u0000b")]
    [InlineData("‮evil")]
    [InlineData("\ud83d\ude80")]
    [InlineData("../../etc/passwd")]
    public void Whatever_stands_in_a_part_is_stored_or_left_out(string text)
    {
        var part = Wishes.Part("a", []);
        (part["title"], part["kind"]) = (text, text);
        (part["writes"], part["reads"]) = (new JsonArray(text, "/etc/passwd"), new JsonArray(text));
        var read = Read(Wishes.Plan(text, part, Wishes.Part("b", ["a"])), text);
        var item = read.Plan!.Items[0];
        Assert.DoesNotContain(item.Writes.Concat(item.Reads),
            path => path.StartsWith('/') || path.Contains("..", StringComparison.Ordinal));
        Assert.DoesNotContain(item.Title + item.Kind + read.Plan.Title, char.IsControl);
    }

    [Fact]
    public void Every_step_of_a_wish_leads_where_it_is_drawn()
    {
        Assert.Equal(WishStatus.Planned, WishLifecycle.Next(WishStatus.Planning, WishStep.Plan));
        Assert.Equal(WishStatus.Planning, WishLifecycle.Next(WishStatus.Failed, WishStep.Again));
        Assert.All(Enum.GetValues<WishStep>(), step => Assert.Null(WishLifecycle.Next(WishStatus.Planned, step)));
    }
}
