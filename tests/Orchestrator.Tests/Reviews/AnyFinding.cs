using Orchestrator.Reviews;

namespace Orchestrator.Tests.Reviews;

/// <summary>Findings for tables.</summary>
static class AnyFinding
{
    /// <summary>One like <c>high src/a.cs:12 Loses the last line</c>; <c>-</c> for no file, and <c>12-20</c> for lines.</summary>
    public static Finding Of(string text, long no = 1)
    {
        var parts = text.Split(' ', 3);
        var place = parts[1].Split(':');
        var lines = place.Length > 1 ? place[1].Split('-').Select(int.Parse).ToList() : [];
        return new Finding
        {
            Id = Ids.New(),
            SaidBy = "review",
            Severity = parts[0],
            File = place[0] == "-" ? null : place[0],
            Line = lines.Count > 0 ? lines[0] : null,
            EndLine = lines.Count > 1 ? lines[1] : null,
            Title = parts[2],
            Detail = "",
            State = FindingState.Open,
            CreatedAt = DateTimeOffset.UnixEpoch,
            CreatedNo = no,
        };
    }
}
