using System.Text.Encodings.Web;
using System.Text.Json;

namespace Orchestrator;

/// <summary>
/// How JSON is written everywhere: readable characters, no HTML escaping (agent output is data, not markup), deep input refused.
/// </summary>
static class Json
{
    /// <summary>For hand-written JSON.</summary>
    public static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>For nodes.</summary>
    public static readonly JsonSerializerOptions PlainOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Deepest nesting accepted from outside.</summary>
    public const int MaxDepth = 64;
}
