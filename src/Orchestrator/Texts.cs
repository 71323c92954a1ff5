using System.Text;

namespace Orchestrator;

/// <summary>Checks of text that comes from outside.</summary>
static class Texts
{
    /// <summary>Refuses a one-line text that is too long or holds control characters. Null passes.</summary>
    public static void Line(string field, string? text, int limit)
    {
        if (text is null)
            return;
        if (text.Length > limit)
            throw new Fault(FaultCode.TooLarge, $"{field}: is longer than {limit} characters.");
        if (text.Any(char.IsControl))
            throw Fault.Unprocessable(field, "must not hold control characters.");
    }

    /// <summary>Refuses a text that is missing, blank, too long (bytes of UTF-8) or holds NUL, which no program can take as
    /// input.</summary>
    public static string Body(string field, string? text, int limitBytes)
    {
        if (text is null)
            throw Fault.Invalid(field, "is required.");
        if (string.IsNullOrWhiteSpace(text))
            throw Fault.Unprocessable(field, "is empty.");
        if (text.Length > limitBytes || Encoding.UTF8.GetByteCount(text) > limitBytes)
            throw new Fault(FaultCode.TooLarge, $"{field}: is longer than {limitBytes} bytes.",
                "Put long material into a file the agent can read, and name the file.");
        if (text.Contains('\0', StringComparison.Ordinal))
            throw Fault.Unprocessable(field, "must not hold NUL characters.");
        return text;
    }

    /// <summary>A text fit for an error message.</summary>
    public static string Short(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
