using Orchestrator.Agents;

namespace Orchestrator.Spending;

/// <summary>What was used, as it is added up.</summary>
/// <param name="Input">Tokens of input that did not come from the cache.</param>
/// <param name="Cached">Tokens of input from the provider's cache.</param>
/// <param name="Output">Tokens of output.</param>
/// <param name="Micros">Cost in millionths of a US dollar, as far as anybody knows it.</param>
/// <param name="Estimated">The part of the cost that a price table gave.</param>
/// <param name="Unpriced">Tokens whose cost nobody knows.</param>
readonly record struct Spent(long Input, long Cached, long Output, long Micros, long Estimated, long Unpriced)
{
    /// <summary>Tokens of every kind.</summary>
    public long Tokens => Input + Cached + Output;

    public static Spent Of(Usage usage)
    {
        var micros = usage.CostUsd is { } dollars ? (long)decimal.Round(dollars * 1_000_000) : 0;
        var tokens = usage.InputTokens + usage.CachedInputTokens + usage.OutputTokens;
        return new(usage.InputTokens, usage.CachedInputTokens, usage.OutputTokens, micros,
            usage.CostSource == CostSources.Estimate ? micros : 0, usage.CostUsd is null ? tokens : 0);
    }

    public static Spent operator +(Spent a, Spent b) => new(a.Input + b.Input, a.Cached + b.Cached, a.Output + b.Output,
        a.Micros + b.Micros, a.Estimated + b.Estimated, a.Unpriced + b.Unpriced);

    public static Spent operator -(Spent a, Spent b) => new(a.Input - b.Input, a.Cached - b.Cached, a.Output - b.Output,
        a.Micros - b.Micros, a.Estimated - b.Estimated, a.Unpriced - b.Unpriced);
}
