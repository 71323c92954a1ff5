using Orchestrator.Profiles;

namespace Orchestrator.Agents;

/// <summary>What the models of the agents known here cost, for those that do not say it. A user's own prices come before these.</summary>
static class BuiltInPrices
{
    /// <summary>When the built-in prices were read.</summary>
    public const string Date = "2026-11-06";

    /// <summary>Where they were read.</summary>
    public const string Source = "price lists of the providers for ordinary calls with short prompts (platform.claude.com/docs, "
        + "developers.openai.com/api/docs/pricing, ai.google.dev/gemini-api/docs/pricing)";

    /// <summary>US dollars for a million tokens of input, cached input and output.</summary>
    public static readonly IReadOnlyList<ModelPrice> All =
    [
        new("claude-fable-5-1*", 10, 0.25m, 50),
        new("claude-fable-5*", 10, 1, 50),
        new("claude-opus-5-5*", 4, 0.2m, 20),
        new("claude-opus-5*", 5, 0.5m, 25),
        new("claude-opus-4-5*", 5, 0.5m, 25),
        new("claude-opus-4-6*", 5, 0.5m, 25),
        new("claude-opus-4-7*", 5, 0.5m, 25),
        new("claude-opus-4-8*", 5, 0.5m, 25),
        new("claude-opus-4-1*", 15, 1.5m, 75),
        new("claude-opus-4-2025*", 15, 1.5m, 75),
        new("claude-sonnet-5-5*", 2, 0.1m, 10),
        new("claude-sonnet-5*", 2, 0.2m, 10),
        new("claude-sonnet-4*", 3, 0.3m, 15),
        new("claude-haiku-5-5*", 0.1m, 0.01m, 0.5m),
        new("claude-haiku-4-5*", 1, 0.1m, 5),
        new("gpt-6.2-sol", 2, 0.1m, 10),
        new("gpt-6.2-astra", 8, 0.4m, 40),
        new("gpt-6.1-sol", 2, 0.1m, 10),
        new("gpt-6-sol", 2, 0.2m, 10),
        new("gpt-6-luna", 0.1m, 0.01m, 0.5m),
        new("gpt-6-astra", 10, 1, 50),
        new("gpt-5.6-terra", 2, 0.2m, 12),
        new("gpt-5.6-luna", 0.2m, 0.02m, 1.2m),
        new("gpt-5.5", 5, 0.5m, 30),
        new("gpt-5.4", 2.5m, 0.25m, 15),
        new("gpt-5.4-mini", 0.75m, 0.075m, 4.5m),
        new("gpt-5.4-nano", 0.2m, 0.02m, 1.25m),
        new("gpt-5.3-codex", 1.75m, 0.175m, 14),
        new("gpt-5.2", 1.75m, 0.175m, 14),
        new("gpt-5.2-codex", 1.75m, 0.175m, 14),
        new("gpt-5.1", 1.25m, 0.125m, 10),
        new("gpt-5.1-codex", 1.25m, 0.125m, 10),
        new("gpt-5", 1.25m, 0.125m, 10),
        new("gpt-5-codex", 1.25m, 0.125m, 10),
        new("gpt-5-mini", 0.25m, 0.025m, 2),
        new("gpt-4.1", 2, 0.5m, 8),
        new("gemini-4-neon*", 3, 0.15m, 15),
        new("gemini-4-hydrogen*", 1.5m, 0.075m, 7.5m),
        new("gemini-2.5-pro*", 1.25m, 0.125m, 10),
        new("gemini-2.5-flash-lite*", 0.1m, 0.01m, 0.4m),
        new("gemini-2.5-flash", 0.3m, 0.03m, 2.5m),
    ];
}
