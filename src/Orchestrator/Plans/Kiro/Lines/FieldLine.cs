namespace Orchestrator.Plans.Kiro.Lines;

/// <summary>What a known field of a task is about.</summary>
enum FieldKind
{
    /// <summary>An unknown name; kept as it is.</summary>
    Other,
    Requirements,
    Validates,
    Depends,
    Writes,
    Reads,
    Priority,
    Effort,
    /// <summary>A heading of acceptance criteria; what follows are criteria.</summary>
    Criteria,
}

/// <summary>One <c>name: value</c> below a task.</summary>
/// <param name="Open">The value began with emphasis that does not end on this line: it goes on.</param>
sealed record FieldLine(string Name, FieldKind Kind, string Value, bool Open)
{
    const string DependsOn = "depends on ";

    static readonly Dictionary<string, FieldKind> Kinds = new(StringComparer.OrdinalIgnoreCase);

    static FieldLine()
    {
        void Know(FieldKind kind, params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
                Kinds[name] = kind;
        }

        Know(FieldKind.Requirements, "requirements", "requirement", "reqs", "req", "requirement refs", "requisitos", "requisito",
            "exigences",
            "anforderungen", "anforderung", "требования", "требование", "вимоги", "المتطلبات", "المتطلب", "需求", "对应需求", "對應需求", "要求", "要件",
            "対応要件", "関連要件", "要件id", "요구사항", "yêu cầu", "wymagania", "gereksinimler", "vereisten", "requisiti", "exigence");
        Know(FieldKind.Validates, "validates", "validate", "valida", "valide", "validiert", "проверяет", "验证", "驗證", "検証対象", "검증",
            "kiểm chứng");
        Know(FieldKind.Depends, "depends", "depends on", "depend", "dependencies", "dependency", "depends-on", "depends_on", "blocked by",
            "prerequisites", "prerequisite", "depende de", "dependencias", "dependências", "dépendances", "dépend de", "abhängigkeiten",
                "abhängig von",
            "зависимости", "зависит от", "依赖", "依賴", "依赖任务", "前置任务", "依存", "依存関係", "依存タスク", "의존성", "의존", "phụ thuộc", "الاعتماديات");
        Know(FieldKind.Writes, "writes", "write", "creates", "modifies", "schreibt", "escribe", "escreve", "écrit", "写入", "寫入", "書き込み",
            "쓰기");
        Know(FieldKind.Reads, "reads", "read", "liest", "lee", "lê", "lit", "读取", "讀取", "読み取り", "読み込み", "읽기");
        Know(FieldKind.Priority, "priority", "prioridad", "prioridade", "priorität", "priorité", "приоритет", "优先级", "優先級", "優先度", "우선순위",
            "độ ưu tiên",
            "الأولوية");
        Know(FieldKind.Effort, "effort", "estimate", "estimated", "estimated effort", "estimated time", "size", "esfuerzo", "esforço",
            "estimativa",
            "estimación", "aufwand", "оценка", "工作量", "预估时间", "預估時間", "預估工時", "推定工数", "見積", "예상 시간");
        Know(FieldKind.Criteria, "acceptance criteria", "acceptance", "success criteria", "definition of done", "done when",
            "exit criteria",
            "completion criteria", "task completion criteria", "criterios de aceptación", "critérios de aceite", "critérios de aceitação",
            "critères d'acceptation", "akzeptanzkriterien", "критерии приемки", "критерии приёмки", "验收标准", "驗收標準", "驗收條件", "验收条件", "受入基準",
            "受け入れ基準", "受け入れ条件", "受入条件", "完了条件", "완료 조건", "수용 기준", "tiêu chí chấp nhận", "معايير القبول");
    }

    /// <summary>True for words that stand above acceptance criteria, with any number or mark before them left out.</summary>
    public static bool IsCriteria(string heading)
    {
        var words = MarkdownText.Bare(heading).TrimEnd(':', '：', ' ');
        var start = 0;
        while (start < words.Length && !char.IsLetter(words[start]))
            start++;
        words = words[start..];
        return (Kinds.TryGetValue(words, out var kind) && kind == FieldKind.Criteria)
            || words.StartsWith("coverage validation checklist", StringComparison.OrdinalIgnoreCase)
            || words.EndsWith(" acceptance criteria", StringComparison.OrdinalIgnoreCase)
            || words.EndsWith(" completion criteria", StringComparison.OrdinalIgnoreCase)
            || words.EndsWith(" success criteria", StringComparison.OrdinalIgnoreCase);
    }

    // - _Requirements: 1.1, 1.2_            _Requirements:_ 1.1              - **Requirements**: 1.1
    // - **_Depends:_**: Task 1.2            **Validates: Requirements 4.1**  - Requirements：1.1
    // - _Requirements: 1.1_ _Depends: 1.2_  (two on one line)                --_Requirements: 1.1_
    /// <summary>The fields of a line, mostly none or one. Without markup only known names are fields.</summary>
    public static IEnumerable<FieldLine> Read(string line)
    {
        // Most lines are neither, and a large file has very many.
        if (line.AsSpan().IndexOfAny(':', '：') < 0 && !line.Contains(DependsOn, StringComparison.OrdinalIgnoreCase))
            yield break;
        var text = line.Trim().TrimStart('-', '+', '•', ' ', '\t', '>', '\u00A0');
        if (text.StartsWith("* ", StringComparison.Ordinal))
            text = text[2..].TrimStart();
        foreach (var piece in Pieces(text))
            if (Of(piece) is { } field)
                yield return field;
    }

    static IEnumerable<string> Pieces(string text)
    {
        var start = 0;
        while (start < text.Length && text[start] == '_')
        {
            var next = text.IndexOf("_ _", start + 1, StringComparison.Ordinal);
            if (next < 0)
                break;
            yield return text[start..(next + 1)];
            start = next + 2;
        }
        yield return text[start..];
    }

    static FieldLine? Of(string text)
    {
        var begin = 0;
        while (begin < text.Length && text[begin] is '*' or '_')
            begin++;
        var colon = text.AsSpan(begin, Math.Min(text.Length - begin, 60)).IndexOfAny(':', '：');
        if (colon <= 0)
            return Sentence(text);
        colon += begin;
        var name = text[begin..colon].Trim('*', '_', ' ', '`', '\u00A0');
        var known = Kinds.GetValueOrDefault(name, FieldKind.Other);
        if (known == FieldKind.Other && (text[0] != '_' || begin != 1 || !name.All(c => char.IsLetter(c) || c is ' ' or '_' or '-')
            || !(text.TrimEnd().EndsWith('_') || text.AsSpan(colon + 1).StartsWith("_"))))
            return null;
        var value = text[(colon + 1)..].Trim();
        var plain = value.Trim(' ', '*', '_', ':', '：').Trim();
        // "_" inside of file names is part of them; only the markup around the whole goes.
        var open = begin > 0 && text[..begin].Contains('_', StringComparison.Ordinal)
            && !text[begin..].Contains('_', StringComparison.Ordinal);
        return new(name, known, plain, open);
    }

    // depends on 1, 2     Depends on task 3.1
    /// <summary>The only field that needs no colon. What goes on in words ("depends on 3 services") is a sentence.</summary>
    static FieldLine? Sentence(string text)
    {
        var plain = text.Trim('*', '_', ' ');
        if (!plain.StartsWith(DependsOn, StringComparison.OrdinalIgnoreCase))
            return null;
        var value = plain[DependsOn.Length..].TrimEnd('.');
        return References.Tasks(value) is { Ids.Count: > 0, Rest: "" } ? new("depends on", FieldKind.Depends, value, false) : null;
    }
}
