using System.Text.Json.Serialization;

namespace Orchestrator.Sessions;

/// <summary>JSON of sessions and messages: members in snake_case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(Session))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyList<Session>))]
[JsonSerializable(typeof(Message))]
[JsonSerializable(typeof(IReadOnlyList<Message>))]
[JsonSerializable(typeof(CreateSession.Request))]
sealed partial class SessionJson : JsonSerializerContext;
