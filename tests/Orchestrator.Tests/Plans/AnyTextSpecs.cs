using System.Text;
using Orchestrator.Plans;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Plans;

/// <summary>Nothing that is given to an importer makes it throw or take long: damaged documents of each format, by fixed and by random
/// seeds.
/// </summary>
public class AnyTextSpecs
{
    const int Mutations = 150;

    static readonly string[] Pieces =
    [
        "\"", "{", "}", "[", "]", ",", ":", "null", "1e999", "-", "\\", "\u0000", "\ud800", "\udc00", "é", "---TASK---", "---CONTENT---",
            "\n",
        "\r\n", "id:", "\"id\"", "\"t1\"", "\"dependsOn\": [\"t1\"]", "dependencies: api", "../", "*", "**", "<!--", "-->", "#", "\t",
            "true",
        "99999999999999999999", "\"phases\"", "\"tasks\"", "\ufeff", "[[[[[[[[", "\"task_id\": \"1\"",
    ];

    [Theory]
    [MemberData(nameof(Drawn.Seeds), 1, 3, MemberType = typeof(Drawn))]
    public void Any_text_imports_without_throwing(int seed) =>
        Drawn.Rounds(seed, Mutations, random => Damaged(Documents.All[random.Next(Documents.All.Count)], random), (text, _) =>
        {
            foreach (var kind in (string?[])[null, .. ImportText.Kinds])
                Holds(Documents.Read(text, kind));
        });

    /// <summary>What is imported can be stored, and what is refused says why.</summary>
    static void Holds(Imported read)
    {
        Assert.Equal(read.Plan is null, read.Findings.Any(one => one.IsError));
        if (read.Plan is not { } plan)
            return;
        Assert.True(plan.Items.Count > 0 && plan.Items.Select(item => item.ForeignId).Distinct().Count() == plan.Items.Count);
        var ids = plan.Items.Index().ToDictionary(pair => pair.Item.ForeignId, pair => pair.Index);
        Assert.Equal(plan.Items.Count, TopologicalOrder.Of(plan.Items, ids).Count);
        foreach (var item in plan.Items)
        {
            Assert.True(item.Title.Length is > 0 and <= 500 && !item.Title.Any(char.IsControl));
            Assert.True(!item.Description.Contains('\0', StringComparison.Ordinal) && IsWhole(item.Description) && IsWhole(item.Title));
            Assert.Contains(plan.Phases, phase => phase.Id == item.Phase);
            Assert.DoesNotContain(item.Writes, path => path.StartsWith('/') || path.Split('/').Contains(".."));
        }
    }

    static bool IsWhole(string text)
    {
        try
        {
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(text);
            return true;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>The text with some of it gone, doubled, or other.</summary>
    internal static string Damaged(string text, Random random)
    {
        var damaged = new StringBuilder(text);
        for (var times = random.Next(1, 6); times > 0; times--)
        {
            var (at, length) = (random.Next(damaged.Length), random.Next(12));
            switch (random.Next(4))
            {
                case 0:
                    damaged.Remove(at, Math.Min(length, damaged.Length - at));
                    break;
                case 1:
                    damaged.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 2:
                    damaged.Insert(at, damaged.ToString(0, Math.Min(damaged.Length, length * 20)));
                    break;
                default:
                    damaged.Length = Math.Max(1, at);
                    break;
            }

            if (damaged.Length == 0)
                damaged.Append(' ');
        }

        return damaged.ToString();
    }

    [Theory]
    [InlineData("{\"phases\": [{\"tasks\": [{\"id\": \"a\", \"title\": \"", "x", "\"}]}]}")]
    [InlineData("[{\"number\": 1, \"title\": \"t\", \"body\": \"", "a/", "\"}]")]
    [InlineData("[{\"number\": 1, \"title\": \"t\", \"body\": \"", "- [ ] x\\n", "\"}]")]
    [InlineData("[{\"number\": 1, \"title\": \"t\", \"body\": \"", "depends on #1, ", "\"}]")]
    [InlineData("[{\"number\": 1, \"title\": \"t\", \"body\": \"", "\\n", "\"}]")]
    [InlineData("", "[", "")]
    [InlineData("", "---TASK---\n", "")]
    [InlineData("---TASK---\nid: a\n---CONTENT---\n", "a.b.c@", "")]
    public void A_long_text_takes_no_longer_than_it_is_long(string before, string piece, string after)
    {
        var text = before + string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length)) + after;
        var begun = TimeProvider.System.GetTimestamp();
        Documents.Read(text);
        // A machine under load needs some; a step that grows with the square of the length needs minutes.
        Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(10));
    }
}
