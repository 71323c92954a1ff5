using System.Globalization;
using Orchestrator.Agents;
using Orchestrator.Profiles;
using Orchestrator.Spending;

namespace Orchestrator.Tests.Spending;

public class PricesSpecs
{
    static readonly Prices Own = new(
    [
        new("*", 100, 100, 100), new("my-*", 1, 0.5m, 2), new("my-large", 10, 1, 20), new("openai/gpt-5", 7, 7, 7),
        new("claude-opus-5", 0, 0, 0),
    ]);

    [Theory]
    [InlineData("gpt-5", 1.25)]
    [InlineData("gpt-5-codex", 1.25)]
    [InlineData("gpt-5.4-mini", 0.75)]
    [InlineData("claude-sonnet-4-5-20250929", 3.0)]
    [InlineData("claude-opus-5-5", 4.0)]
    [InlineData("claude-opus-5", 5.0)]
    [InlineData("claude-opus-4-1-20250805", 15.0)]
    [InlineData("anthropic/claude-haiku-4-5", 1.0)]
    [InlineData("Gemini-2.5-Pro", 1.25)]
    [InlineData("gemini-2.5-flash-lite", 0.1)]
    [InlineData("gpt-5.3-codex-spark", null)]
    [InlineData("somebodys-model", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void The_built_in_table_knows_models_by_name_and_no_others(string? model, double? input) =>
        Assert.Equal((decimal?)input, new Prices([]).Of(model)?.Input);

    [Theory]
    [InlineData("my-small", 1.0)]
    [InlineData("my-large", 10.0)]
    [InlineData("openai/gpt-5", 7.0)]
    [InlineData("gpt-5", 100.0)]
    [InlineData("claude-opus-5", 0.0)]
    public void Ones_own_prices_come_first_and_the_pattern_with_most_letters_counts(string model, double input) =>
        Assert.Equal((decimal)input, Own.Of(model)?.Input);

    [Theory]
    [InlineData("my-large", null, "31", "estimate")]
    [InlineData("my-large", "0.5", "0.5", "agent")]
    [InlineData("my-large", "0", "0", "agent")]
    [InlineData(null, "0.5", "0.5", "agent")]
    [InlineData("claude-opus-5", null, "0", "estimate")]
    public void The_agents_own_figure_comes_before_an_estimate(string? model, string? told, string cost, string source)
    {
        var usage = new Usage(1_000_000, 1_000_000, 1_000_000, told is null ? null : decimal.Parse(told, CultureInfo.InvariantCulture));
        var priced = Own.Priced(usage, model);
        Assert.Equal((decimal.Parse(cost, CultureInfo.InvariantCulture), source), (priced.CostUsd, priced.CostSource));
    }

    [Fact]
    public void A_model_without_a_price_costs_nobody_knows_what_and_never_nothing()
    {
        var priced = new Prices([]).Priced(new Usage(10, 20, 30), "somebodys-model");
        Assert.Equal((null, "unknown"), (priced.CostUsd, priced.CostSource));
        Assert.Equal(new Spent(10, 20, 30, 0, 0, 60), Spent.Of(priced));
    }
}
