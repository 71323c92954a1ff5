using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Http;

namespace Orchestrator.Items;

/// <summary>JSON of items as the store and <c>/items</c> have it: members in snake_case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(Item))]
[JsonSerializable(typeof(IReadOnlyList<Item>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<ItemCause>))]
[JsonSerializable(typeof(IReadOnlyList<ItemArtifact>))]
[JsonSerializable(typeof(AddItem.Request), TypeInfoPropertyName = "AddItemRequest")]
[JsonSerializable(typeof(EditItem.Request), TypeInfoPropertyName = "EditItemRequest")]
[JsonSerializable(typeof(TransitionItem.Request), TypeInfoPropertyName = "TransitionItemRequest")]
[JsonSerializable(typeof(ClearItems.Request), TypeInfoPropertyName = "ClearItemsRequest")]
sealed partial class ItemJson : JsonSerializerContext;

/// <summary>JSON of the same in the words of the first queue: members in camelCase.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(QueueItem))]
[JsonSerializable(typeof(IReadOnlyList<QueueItem>))]
[JsonSerializable(typeof(QueueAdd.Request), TypeInfoPropertyName = "QueueAddRequest")]
sealed partial class QueueJson : JsonSerializerContext;

/// <summary>The two ways of speaking of items: <c>/items</c>, and <c>/api</c> as the first queue did.</summary>
static class ItemWire
{
    /// <summary>True for a route of the first queue.</summary>
    public static bool IsSeed(string pattern) => pattern.StartsWith("/api/", StringComparison.Ordinal);

    public static void Write(Utf8JsonWriter json, string name, Item item, bool seed)
    {
        if (seed)
            json.Member(name, new QueueItem(item), QueueJson.Default.QueueItem);
        else
            json.Member(name, item, ItemJson.Default.Item);
    }

    /// <summary>An answer that is one item.</summary>
    public static Reply One(Item item, bool seed) => Reply.Ok(json => Write(json, "item", item, seed));

    public static RouteDoc GivesItem(this RouteDoc doc, bool seed) =>
        seed ? doc.Gives("item", QueueJson.Default.QueueItem) : doc.Gives("item", ItemJson.Default.Item);
}
