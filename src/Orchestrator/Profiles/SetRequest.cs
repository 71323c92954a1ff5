using System.Text.Json.Serialization;

namespace Orchestrator.Profiles;

/// <summary>Body of POST /config.</summary>
/// <param name="Key">Path of the key.</param>
/// <param name="Value">As a person types it: a word, a number, or a list or map in JSON; <c>null</c> for none.</param>
sealed record SetRequest(string? Key, string? Value);

/// <summary>JSON of the operations on configuration.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SetRequest))]
sealed partial class ConfigJson : JsonSerializerContext;
