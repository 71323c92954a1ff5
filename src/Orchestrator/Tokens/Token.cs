using System.Text.Json.Serialization;

namespace Orchestrator.Tokens;

/// <summary>A token as it is stored and as clients get it: all but the secret, which only its bearer has.</summary>
sealed record Token
{
    public required string Id { get; init; }

    /// <summary>Actor of every event its bearer causes.</summary>
    public required string Name { get; init; }

    /// <summary><c>named</c>, made by a person for a program; <c>browser</c>, made by a one-time link and kept in a cookie; or
    /// <c>session</c>, for an agent that a person started as a lead.</summary>
    public required string Kind { get; init; }
    public required IReadOnlyList<string> Scopes { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Name of the token that made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Null for one that lasts until it is revoked.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Exact to a minute.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The session that it reaches, with all below it, and nothing else; null for a token with scopes.</summary>
    public string? SessionId { get; init; }

    [JsonIgnore] public string Hash { get; init; } = "";
}

/// <summary>Words of <see cref="Token.Kind"/>.</summary>
static class TokenKinds
{
    public const string Named = "named";
    public const string Browser = "browser";
    public const string Session = "session";
}

/// <summary>JSON of tokens and their operations.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(Token))]
[JsonSerializable(typeof(IReadOnlyList<Token>))]
[JsonSerializable(typeof(CreateToken.Request), TypeInfoPropertyName = "CreateRequest")]
[JsonSerializable(typeof(RevokeToken.Request), TypeInfoPropertyName = "RevokeRequest")]
[JsonSerializable(typeof(MakeOpenLink.Request), TypeInfoPropertyName = "LinkRequest")]
sealed partial class TokenJson : JsonSerializerContext;
