using System.Text.Json;

namespace Orchestrator.Agents.Acp;

/// <summary>Tokens of one turn, where an agent tells them.</summary>
static class AcpUsage
{
    // "usage":{"inputTokens":200,"outputTokens":6,"totalTokens":1010,"thoughtTokens":4,"cachedReadTokens":800,"cachedWriteTokens":0}
    // "_meta":{"quota":{"token_count":{"input_tokens":1000,"output_tokens":10},"model_usage":[…]}}
    /// <summary>Null when nothing is told.</summary>
    public static Usage? Of(JsonElement result)
    {
        if (result.Field("usage") is { ValueKind: JsonValueKind.Object } usage)
        {
            var cached = usage.Whole("cachedReadTokens");
            var input = usage.Whole("inputTokens") + usage.Whole("cachedWriteTokens");
            // Some count their thoughts as output and some beside it; the total knows.
            var output = Math.Max(usage.Whole("outputTokens"), usage.Whole("totalTokens") - input - cached);
            return Some(new Usage(input, cached, output));
        }
        var count = result.Field("_meta").Field("quota").Field("token_count");
        return count.ValueKind == JsonValueKind.Object
            ? Some(new Usage(count.Whole("input_tokens"), 0, count.Whole("output_tokens")))
            : null;
    }

    static Usage? Some(Usage usage) => usage is { InputTokens: <= 0, CachedInputTokens: <= 0, OutputTokens: <= 0 } ? null : usage;
}
