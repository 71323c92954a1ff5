using System.Text;

namespace Orchestrator.Agents;

/// <summary>The bound on text that is kept in a row or an event (API.md 4: 64 KiB of UTF-8).</summary>
static class ClippedText
{
    /// <summary>Bytes of UTF-8.</summary>
    public const int Limit = 64 * 1024;

    /// <summary>The longest beginning of the text that fits, never half a character.</summary>
    public static string Clip(string text, int limit = Limit)
    {
        if (text.Length <= limit / 3 || Encoding.UTF8.GetByteCount(text) <= limit)
            return text;
        var encoder = Encoding.UTF8.GetEncoder();
        var bytes = new byte[limit];
        encoder.Convert(text, bytes, flush: false, out var used, out _, out _);
        if (used > 0 && char.IsHighSurrogate(text[used - 1]))
            used--;
        return text[..used];
    }
}
