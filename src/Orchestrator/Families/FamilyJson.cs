using System.Text.Json.Serialization;

namespace Orchestrator.Families;

/// <summary>JSON of what families ask for: members in snake_case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(SpawnSession.Request), TypeInfoPropertyName = "SpawnSessionRequest")]
[JsonSerializable(typeof(SendToSession.Request), TypeInfoPropertyName = "SendToSessionRequest")]
[JsonSerializable(typeof(ReplyParent.Request), TypeInfoPropertyName = "ReplyParentRequest")]
[JsonSerializable(typeof(ArchiveSession.Request), TypeInfoPropertyName = "ArchiveSessionRequest")]
[JsonSerializable(typeof(GiveSessionToken.Request), TypeInfoPropertyName = "GiveSessionTokenRequest")]
sealed partial class FamilyJson : JsonSerializerContext;
