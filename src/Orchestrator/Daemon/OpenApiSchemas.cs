using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Requests;
using Orchestrator.Runs;

namespace Orchestrator.Daemon;

/// <summary>
/// The schemas of the document, from the same type infos that read and write the JSON. Every record of ours becomes a named one, which is
/// referred to wherever it stands.
/// </summary>
sealed class OpenApiSchemas
{
    readonly SortedDictionary<string, JsonObject> named = new(StringComparer.Ordinal)
    {
        [Event.Schema] = Event.FrameShape(),
        ["Problem"] = ProblemShape(),
    };

    /// <summary>All named schemas so far, by name.</summary>
    public JsonObject Named() =>
        new(named.Select(schema => KeyValuePair.Create<string, JsonNode?>(schema.Key, schema.Value.DeepClone())));

    /// <summary>A body; which members must be there is the operation's word, as the record lets all of them be absent.</summary>
    public JsonObject OfRequest(JsonTypeInfo body, IReadOnlyList<string> required)
    {
        var reference = Export(body, isAnswer: false);
        if (required.Count == 0)
            return reference;
        // Two operations may read the same record and ask for different members of it.
        return new JsonObject
        {
            ["allOf"] = new JsonArray(reference),
            ["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]),
        };
    }

    /// <summary>A member of an answer.</summary>
    public JsonObject OfMember(AnswerMember member)
    {
        var shape = member.Shape?.DeepClone().AsObject() ?? Export(member.Record!, isAnswer: true);
        return member.MayBeNull ? Shape.Maybe(shape) : shape;
    }

    JsonObject Export(JsonTypeInfo info, bool isAnswer) => info.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, node) => Transform(context, node, isAnswer),
    }).AsObject();

    JsonNode Transform(JsonSchemaExporterContext context, JsonNode node, bool isAnswer)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var isNullable = Nullable.GetUnderlyingType(context.TypeInfo.Type) is not null || TypesOf(node).Contains("null");
        // What our own converters write, the exporter cannot know.
        var own = type == typeof(DateTimeOffset) ? Shape.Time
            : type == typeof(RunStatus) ? Shape.Word(Enum.GetValues<RunStatus>().Select(RunLifecycle.Word))
            : type == typeof(RequestState) ? Shape.Word(Enum.GetValues<RequestState>().Select(RequestLifecycle.Word))
            : WordsOf(context) is { } words ? Shape.Word(words)
            : IsRecordOfOurs(context.TypeInfo) ? Name(type, node, isAnswer)
            : null;
        if (own is not null)
            return isNullable ? Shape.Maybe(own) : own;
        return node is JsonValue ? Shape.Any : node;
    }

    static bool IsRecordOfOurs(JsonTypeInfo info) => info.Kind == JsonTypeInfoKind.Object
        && info.Type.Namespace is { } space && space.StartsWith(nameof(Orchestrator), StringComparison.Ordinal);

    JsonObject Name(Type type, JsonNode node, bool isAnswer)
    {
        var name = (type.DeclaringType?.Name ?? "") + type.Name;
        var schema = node.DeepClone().AsObject();
        schema["type"] = "object";
        schema.Remove("required");
        // We write every member, also null ones.
        if (isAnswer && schema["properties"] is JsonObject properties)
            schema["required"] = new JsonArray([.. properties.Select(member => (JsonNode)member.Key)]);
        named[name] = schema;
        return Shape.Named(name);
    }

    static IEnumerable<string> TypesOf(JsonNode node) => node is JsonObject members && members["type"] is JsonArray types
        ? types.Select(type => (string)type!)
        : [];

    static IReadOnlyList<string>? WordsOf(JsonSchemaExporterContext context) =>
        context.PropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(WordsAttribute), false) is [WordsAttribute found]
            ? found.Words
            : null;

    static JsonObject ProblemShape()
    {
        var shape = Shape.Members(
            ("type", Shape.Text), ("title", Shape.Text), ("status", Shape.Whole), ("detail", Shape.Text),
            ("code", Shape.Word(Enum.GetValues<FaultCode>().Select(code => FaultTable.Of(code).Word))), ("retryable", Shape.Flag),
            ("hint", Shape.Maybe(Shape.Text)), ("error", Shape.Members(("code", Shape.Text), ("message", Shape.Text))));
        shape["description"] = "A refusal (RFC 9457). Some have more members: field, candidates, from, to, allowed.";
        return shape;
    }
}
