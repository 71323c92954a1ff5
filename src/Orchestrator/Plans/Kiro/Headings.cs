using System.Text.RegularExpressions;
using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Plans.Kiro;

/// <summary>What a heading in tasks.md is.</summary>
enum HeadingKind
{
    Plain,
    /// <summary><c>### Task 1: Title</c>.</summary>
    Task,
    /// <summary><c>## 1. Title</c>: a task when something below it needs one.</summary>
    Numbered,
    /// <summary><c>## Phase 2: Title</c>, <c>### Wave 1</c>.</summary>
    Phase,
    /// <summary><c>## Acceptance Criteria</c>: boxes below are criteria.</summary>
    Criteria,
    /// <summary><c>## Task Dependency Graph</c>.</summary>
    Graph,
}

/// <summary>One heading with what it is.</summary>
sealed partial record SpecHeading(int Level, string Text, int Line, HeadingKind Kind, TaskLabel Label)
{
    static readonly string[] PhaseWords =
    [
        "phase", "wave", "stage", "sprint", "milestone", "iteration", "fase", "etapa", "etape", "étape", "vague", "welle", "этап", "фаза",
            "волна",
        "阶段", "階段", "波次", "フェーズ", "フェイズ", "ウェーブ", "マイルストーン", "단계", "페이즈", "المرحلة", "مرحلة", "giai đoạn", "pha",
    ];

    /// <summary>Its number when it has one alone: <c>## 2. Title</c>, <c>## Phase 2</c>. Null for 2.1 and for none.</summary>
    public int? Number => Label.Number is { Depth: 1 } said ? said.First : Kind == HeadingKind.Phase ? PhaseNumber(MarkdownText.Bare(Text))
        : null;

    public static SpecHeading Of(int level, string text, int line)
    {
        var label = TaskLabel.Read(text);
        var bare = MarkdownText.Bare(text);
        var kind = label.Number is not null && TaskLabel.HasWord(text) ? HeadingKind.Task
            : PhaseNumber(bare) is not null ? HeadingKind.Phase
            : bare.Contains("dependency graph", StringComparison.OrdinalIgnoreCase)
                || bare.Contains("execution wave", StringComparison.OrdinalIgnoreCase)
                ? HeadingKind.Graph
            : FieldLine.IsCriteria(text) ? HeadingKind.Criteria
            : label is { Number: not null, Named: true } ? HeadingKind.Numbered
            : HeadingKind.Plain;
        return new(level, MarkdownText.WithoutLinks(text).Trim(), line, kind, label);
    }

    // 第一阶段：…     第 2 フェーズ
    [GeneratedRegex(@"^\W*第\s*(\d{1,3}|[一二三四五六七八九十]{1,3})\s*(?:阶段|階段|段階|フェーズ|波)")]
    private static partial Regex Ordinals();

    [GeneratedRegex("^(?:[IVX]{1,5}|one|two|three|four|five|six|seven|eight|nine|ten)(?![\\p{L}\\d])", RegexOptions.IgnoreCase)]
    private static partial Regex Counted();

    // Phase 2: Title      フェーズ1: 基盤      Fase 0 — Preparacao      المرحلة الأولى: …      ## Wave A
    /// <summary>The number of a phase, or 0 when it is said in words; null when the heading is none.</summary>
    public static int? PhaseNumber(string bare)
    {
        if (Ordinals().Match(bare) is { Success: true } ordinal)
            return TaskNumber.ReadAt(ordinal.Groups[1].Value, 0).Number?.First ?? 0;
        var start = 0;
        while (start < bare.Length && !char.IsLetter(bare[start]))
            start++;
        foreach (var word in PhaseWords)
        {
            if (!bare.AsSpan(start).StartsWith(word, StringComparison.OrdinalIgnoreCase))
                continue;
            var rest = bare[(start + word.Length)..].TrimStart(' ', '-', '#', ':');
            var spaced = bare.Length > start + word.Length && !char.IsLetter(bare[start + word.Length]);
            var (number, _) = TaskNumber.ReadAt(rest, 0);
            if (number is not null)
                return number.First;
            // A word that numbers in words, as in Arabic, or one letter: Wave A, Phase II, Phase two.
            if (spaced && (rest.Length == 1 || Counted().IsMatch(rest)
                || (rest.Length > 1 && !char.IsLetterOrDigit(rest[1]) && char.IsLetter(rest[0]))
                || word[0] > '\u0590'))
                return 0;
        }
        return null;
    }
}
