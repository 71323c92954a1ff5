using System.Globalization;
using System.Text;

namespace Orchestrator.Tests.Plans.Kiro;

/// <summary>Files of tasks made by a random number generator with a fixed seed.</summary>
static class RandomFile
{
    static readonly string[] Ends = ["\n", "\r\n"], Marks = [" ", "x", "X", "-", "~", "@"];

    /// <summary>Blocks of one numbered task each, with steps, details, code and blank lines; no number twice.</summary>
    public static IReadOnlyList<string> Blocks(Random random)
    {
        var blocks = new List<string>();
        for (var number = 1; number <= random.Next(1, 8); number++)
        {
            var block = new StringBuilder();
            var end = Ends[random.Next(2)];
            void Line(string text) => block.Append(text).Append(random.Next(5) == 0 ? "  " : "").Append(end);
            string Box() => $"[{Marks[random.Next(Marks.Length)]}]";
            Line($"- {Box()}{(random.Next(4) == 0 ? "*" : "")} {number}{(random.Next(2) == 0 ? "." : "")} Unit {Word(random)} {number}");
            for (var step = 1; step <= random.Next(4); step++)
            {
                Line($"{new string(' ', random.Next(1, 5))}* {Box()} {number}.{step} Step {Word(random)} {number} {step}");
                if (random.Next(2) == 0)
                    Line($"      - detail with [ ] and {Word(random)}");
                if (random.Next(3) == 0)
                    Line("      - _Requirements: 1.1, 2_");
                if (random.Next(4) == 0)
                    Line($"```{end}- [ ] {number}.{step} not a task{end}```");
            }
            if (random.Next(2) == 0)
                Line("");
            blocks.Add(block.ToString());
        }
        return blocks;
    }

    static string Word(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => "abcdeäöü漢字"[random.Next(10)]))
        .ToString(CultureInfo.InvariantCulture);

    /// <summary>Any text at all, of characters that mean something to a reader of Markdown.</summary>
    public static string Noise(Random random, int length)
    {
        string[] pieces = ["- [ ] ", "- [x] ", "1.", "1.1 ", "2", "\n", "\n", "\r\n", "  ", "\t", "#", "## ", "```", "~~~", "<!--", "-->",
            "*", "_", ": ", "(P)",
            "_Depends: 1_", "_Requirements: 1.1–9.9_", "|", "<<<<<<<\n", "=======\n", ">>>>>>>\n", "---\n", "\uFEFF", "\0", "\ud800", "漢",
                "Phase 1", "Task 3: ",
            "[a](b)", "{\"waves\": [", "]}", "```json\n", "Requirement 2", "Property 1: ", "\\", "[", "]", "~~", "=", "999999999999",
                "\u200B", "."];
        var text = new StringBuilder();
        while (text.Length < length)
            text.Append(pieces[random.Next(pieces.Length)]);
        return text.ToString();
    }
}
