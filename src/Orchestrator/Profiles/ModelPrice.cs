namespace Orchestrator.Profiles;

/// <summary>What a model costs, in US dollars for a million tokens.</summary>
/// <param name="Pattern">The model's name, or a pattern with * and ? that stands for several.</param>
/// <param name="Input">Input that did not come from the cache.</param>
/// <param name="Cached">Input from the provider's cache.</param>
/// <param name="Output">Output, reasoning included.</param>
sealed record ModelPrice(string Pattern, decimal Input, decimal Cached, decimal Output)
{
    /// <summary>Where it stands: built in, or a file.</summary>
    public string Origin { get; init; } = "built in";
}
