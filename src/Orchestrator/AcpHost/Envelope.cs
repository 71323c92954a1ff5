using System.Text;
using System.Text.Json;

namespace Orchestrator.AcpHost;

/// <summary>The outside of one JSON-RPC line.</summary>
/// <param name="Method">What is called; null for a reply, and for what is no JSON-RPC.</param>
/// <param name="Id">The id as JSON; null for a notification.</param>
readonly record struct Envelope(string? Method, string? Id)
{
    // {"jsonrpc":"2.0","id":3,"method":"fs/read_text_file","params":{…}}
    /// <summary>Reads it without what is inside; of a line that is cut, as far as it goes.</summary>
    public static Envelope Of(ReadOnlySpan<byte> line)
    {
        string? method = null, id = null;
        try
        {
            var reader = new Utf8JsonReader(line, isFinalBlock: false, default);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return default;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isMethod, isId) = (reader.ValueTextEquals("method"u8), reader.ValueTextEquals("id"u8));
                if (!reader.Read())
                    break;
                if (isMethod && reader.TokenType == JsonTokenType.String)
                    method = reader.GetString();
                else if (isId && reader.TokenType == JsonTokenType.Number)
                    id = Encoding.UTF8.GetString(reader.ValueSpan);
                else if (isId && reader.TokenType == JsonTokenType.String)
                    id = $"\"{Encoding.UTF8.GetString(reader.ValueSpan)}\"";
                else if (!reader.TrySkip())
                    break;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return default;
        }
        return new(method, id);
    }
}
