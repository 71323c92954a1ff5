using System.IO.Enumeration;
using Orchestrator.Agents;
using Orchestrator.Profiles;

namespace Orchestrator.Spending;

/// <summary>
/// What models cost where their agent does not say it. The user's own prices come before the built-in ones; within each the pattern with
/// the most letters counts. A model nobody has a price for costs an unknown sum, never nothing.
/// </summary>
sealed class Prices(IReadOnlyList<ModelPrice> own)
{
    /// <summary>The price of a model; null for one nobody has. "openai/gpt-5" is also looked up as "gpt-5".</summary>
    public ModelPrice? Of(string? model)
    {
        if (string.IsNullOrWhiteSpace(model))
            return null;
        var bare = model[(model.LastIndexOf('/') + 1)..];
        return Best(own, model) ?? Best(own, bare) ?? Best(BuiltInPrices.All, model) ?? Best(BuiltInPrices.All, bare);
    }

    /// <summary>A run's usage with its cost: the agent's own, else an estimate, else unknown.</summary>
    public Usage Priced(Usage usage, string? model)
    {
        if (usage.CostUsd is not null)
            return usage with { CostSource = CostSources.Agent };
        if (Of(model) is not { } price)
            return usage with { CostSource = CostSources.Unknown };
        var dollars = ((usage.InputTokens * price.Input) + (usage.CachedInputTokens * price.Cached) + (usage.OutputTokens * price.Output))
            / 1_000_000;
        return usage with { CostUsd = decimal.Round(dollars, 6), CostSource = CostSources.Estimate };
    }

    static ModelPrice? Best(IReadOnlyList<ModelPrice> prices, string model) => prices
        .Where(price => FileSystemName.MatchesSimpleExpression(price.Pattern, model))
        .MaxBy(price => price.Pattern.Count(c => c is not ('*' or '?')));
}
