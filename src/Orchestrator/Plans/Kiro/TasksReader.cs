using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Plans.Kiro;

/// <summary>
/// Goes over the lines of a tasks.md once and says of each to whom it belongs: a task, its details, a heading. Who is whose parent is said
/// by <see cref="TaskTree"/> afterwards.
/// </summary>
sealed class TasksReader
{
    readonly FindingList findings;
    readonly IReadOnlyList<MarkedLine> lines;
    readonly List<SpecTask> tasks = [];
    readonly List<SpecHeading> headings = [];
    readonly List<(int Level, SpecTask Task)> headingTasks = [];
    readonly List<(int Indent, SpecTask Task)> open = [];
    readonly Dictionary<int, List<DetailLine>> intros = [];
    readonly Dictionary<int, SpecTask> made = [];
    readonly HashSet<SpecTask> ownNumbers = [];
    readonly List<SpecHeading> allHeadings = [];
    readonly GraphText graph;
    readonly List<string> overview = [];
    SpecTask? current;
    bool criteria;
    int lastTop;

    /// <summary>A bare number at the top is one up to here: no file has many more numbers than boxes.</summary>
    readonly int most;
    /// <summary>What stands before the numbers: the T of T1, T2, T3. Null for nothing.</summary>
    readonly string? letters;
    int boxes;

    TasksReader(IReadOnlyList<MarkedLine> lines, FindingList findings)
    {
        (this.lines, this.findings, graph) = (lines, findings, new(findings));
        var all = lines.Where(line => line.Kind == LineKind.Text).Select(line => BoxLine.Read(line.Text)).OfType<BoxLine>().ToList();
        (most, letters) = (all.Count + 3, LettersOf(all));
    }

    /// <summary>Reads any text; never refuses one.</summary>
    public static TasksDocument Read(string text, FindingList findings)
    {
        var reader = new TasksReader(MarkdownLines.Of(text, findings), findings);
        for (var i = 0; i < reader.lines.Count; i++)
            reader.Line(i);
        foreach (var task in reader.tasks)
            task.Fields = DetailFields.Of(task);
        var tops = new TaskTree(reader.tasks, reader.allHeadings, reader.intros, findings).Build();
        TaskStates.Settle(tops, findings);
        var used = reader.tasks.Select(task => task.PhaseLine).ToHashSet();
        var phases = reader.allHeadings.Where(heading => used.Contains(heading.Line))
            .Select(heading => new SpecPhase(TaskLabel.PlainTitle(heading.Text), heading.Line));
        return new(reader.allHeadings.FirstOrDefault(heading => heading.Level == 1)?.Text, tops, [.. phases],
            reader.graph.Waves(tops), string.Join('\n', reader.overview).Trim(), reader.boxes);
    }

    void Line(int i)
    {
        var line = lines[i];
        if (line.Kind == LineKind.Dropped)
            return;
        if (line.Kind == LineKind.Code)
        {
            graph.Code(line, headings.Any(heading => heading.Kind == HeadingKind.Graph));
            Detail(line);
        }
        else if (MarkdownText.Heading(line.Text) is { } heading)
            Heading(heading.Level, heading.Text, line);
        else if (BoxLine.Read(line.Text) is { } box)
            Box(line, box);
        else if (Underlined(i))
            Heading(1, line.Text.Trim(), line);
        else if (IsBoldPhase(line.Text))
            Heading(7, line.Text.Trim(' ', '*', ':', '：', '\t'), line);
        else
            Plain(line);
    }

    // Implementation Plan
    // ===================
    bool Underlined(int i) =>
        i + 1 < lines.Count && lines[i + 1].Kind == LineKind.Text && lines[i + 1].Text.AsSpan().Trim() is { Length: >= 3 } under
        && under.IndexOfAnyExcept('=') < 0 && lines[i].Text.Trim().Length is > 0 and < 200;

    static bool IsBoldPhase(string text) =>
        text.StartsWith("**", StringComparison.Ordinal) && text.Length < 200
            && text.TrimEnd().TrimEnd(':').EndsWith("**", StringComparison.Ordinal)
        && SpecHeading.PhaseNumber(MarkdownText.Bare(text)) is not null;

    void Plain(MarkedLine line)
    {
        if (headings.Count > 0 && headings[^1].Kind == HeadingKind.Graph)
            graph.Line(line);
        if (line.Text.AsSpan().TrimStart().StartsWith("|") && line.Text.Contains("[ ]", StringComparison.Ordinal))
            findings.Add(KiroCode.BoxInTable, line.Line.Number, "A box stands in a table.", "It was not read.",
                "Give the task a line of its own: - [ ] 1. Title");
        if (current is not null && IsLabel(line.Text, out var ofCriteria))
            criteria = ofCriteria;
        Detail(line);
    }

    // **驗收標準**:      - Acceptance criteria:      **Steps:**
    static bool IsLabel(string text, out bool ofCriteria)
    {
        var bare = text.Trim().TrimStart('-', '+', ' ');
        ofCriteria = false;
        if (bare.Length is 0 or > 80 || !(bare.EndsWith(':') || bare.EndsWith('：') || bare.EndsWith("**", StringComparison.Ordinal)))
            return false;
        ofCriteria = FieldLine.IsCriteria(bare);
        return ofCriteria || bare.StartsWith("**", StringComparison.Ordinal);
    }

    void Detail(MarkedLine line)
    {
        var detail = new DetailLine(line.Line.Number, line.Text, line.Kind == LineKind.Code);
        if (current is not null)
            current.Details.Add(detail);
        else if (headings.Count > 0)
        {
            if (!intros.TryGetValue(headings[^1].Line, out var intro))
                intros[headings[^1].Line] = intro = [];
            intro.Add(detail);
        }
        if (tasks.Count == 0 && overview.Count < 60 && headings.All(heading => heading.Kind != HeadingKind.Graph))
            overview.Add(line.Text.Length > 500 ? line.Text[..500] : line.Text);
    }

    void Heading(int level, string text, MarkedLine line)
    {
        var heading = SpecHeading.Of(level, text, line.Line.Number);
        open.Clear();
        headingTasks.RemoveAll(one => one.Level >= level);
        criteria = heading.Kind == HeadingKind.Criteria;
        if (heading.Kind is HeadingKind.Plain or HeadingKind.Criteria && headingTasks.Count > 0)
        {
            current = headingTasks[^1].Task;
            current.Details.Add(new(line.Line.Number, line.Text, false));
            return;
        }
        headings.RemoveAll(one => one.Level >= level);
        headings.Add(heading);
        allHeadings.Add(heading);
        current = null;
        if (heading.Kind == HeadingKind.Task)
        {
            current = NewTask(heading.Label.Number, heading.Label.Title, TaskOrigin.Heading, heading.Label, null, line, 0);
            headingTasks.Add((level, current));
        }
    }

    void Box(MarkedLine line, BoxLine box)
    {
        boxes++;
        var label = TaskLabel.Read(box.Rest, letters);
        if (box.ListNumber is not null && label.Number is null)
            label = label with { Number = TaskNumber.Whole(box.ListNumber), Named = true };
        while (open.Count > 0 && open[^1].Indent >= box.Indent)
            open.RemoveAt(open.Count - 1);
        var above = open.Count > 0 ? open[^1].Task : null;
        var (number, said) = NumberOf(label, above);
        var (title, fields) = TitleFields.Split(said);
        var check = new CheckBox(title, box.Mark, line.Line.Start + box.At, box.Width, line.Line.Number, label.Optional, criteria);
        Report(line.Line.Number, box, title);

        var heading = headings.Count > 0 ? headings[^1] : null;
        var holder = above ?? (headingTasks.Count > 0 ? headingTasks[^1].Task : null);
        if (holder is null && heading is { Kind: HeadingKind.Criteria } or { Kind: HeadingKind.Numbered } && (number is null || criteria))
            (holder, number) = (Made(heading), criteria ? null : number);
        if (number is not null && holder is { Origin: TaskOrigin.Heading, Box: null, Children.Count: 0 }
            && holder.Number?.Text == number.Text)
        {
            holder.Box = check;
            holder.Optional |= label.Optional;
            return;
        }
        if (number is null && holder is not null && ((criteria && holder.Origin != TaskOrigin.Made) || IsSmall(holder, above)))
        {
            holder.Checks.Add(check);
            holder.Details.Add(new(line.Line.Number, line.Text, false));
            return;
        }
        current = NewTask(number, title, TaskOrigin.Box, label, check, line, box.Indent);
        current.Parent = number is null ? holder : above is { Number: null } ? above : null;
        if (fields.Length > 0)
            current.Details.Add(new(line.Line.Number, fields, false));
        open.Add((box.Indent, current));
        criteria = heading?.Kind == HeadingKind.Criteria;
    }

    // - [ ] T1 Title     - [ ] T2 Title
    /// <summary>Most boxes begin with the same letters and a number of their own: "S3 bucket" once or twice is no task S3.</summary>
    static string? LettersOf(IReadOnlyList<BoxLine> all)
    {
        var found = all.Select(box => TaskNumber.ReadAt(box.Rest.TrimStart(' ', '*'), 0).Number).OfType<TaskNumber>()
            .Where(number => number is { Depth: 1, Prefix.Length: > 0 }).GroupBy(number => number.Prefix)
            .MaxBy(group => group.DistinctBy(number => number.Text).Count());
        return found is not null && found.DistinctBy(number => number.Text).Count() is > 1 and var count && count * 2 > all.Count
            ? found.Key : null;
    }

    /// <summary>Boxes below a step, and boxes below a box that is itself below something, are no steps but what that one is done
    /// with.</summary>
    static bool IsSmall(SpecTask holder, SpecTask? above) =>
        ReferenceEquals(holder, above) && (holder.Number is { Depth: > 1 } || holder.Parent is not null);

    SpecTask Made(SpecHeading heading)
    {
        if (made.TryGetValue(heading.Line, out var known))
            return known;
        var isList = heading.Kind == HeadingKind.Criteria;
        var task = NewTask(isList ? null : heading.Label.Number, isList ? TaskLabel.PlainTitle(heading.Text) : heading.Label.Title,
            isList ? TaskOrigin.Made : TaskOrigin.Heading, heading.Label, null, lines[heading.Line - 1], 0);
        task.IsCheckpoint = isList;
        if (intros.TryGetValue(heading.Line, out var intro))
            task.Details.AddRange(intro);
        return made[heading.Line] = task;
    }

    /// <summary>The number as it counts in the whole file, and the title that is left.</summary>
    (TaskNumber? Number, string Title) NumberOf(TaskLabel label, SpecTask? above)
    {
        if (label.Number is not { } number)
            return (null, label.Title);
        if (!label.Named && (above is not null || number.First > most))
            return (null, $"{number.Text} {label.Title}".TrimEnd());
        if (number.Depth > 1 || above is null)
        {
            lastTop = Math.Max(lastTop, number.First);
            return (number, label.Title);
        }
        if (!ownNumbers.Contains(above) && !(number.First == 1 && lastTop > 0))
        {
            lastTop = Math.Max(lastTop, number.First);
            return (number, label.Title);
        }
        if (ownNumbers.Add(above))
            findings.Add(KiroCode.OwnNumbers, above.Line, $"The steps below '{Texts.Short(above.Title)}' count from 1 again.",
                "Their ids begin with the id of the task.");
        return (above.Number is { } outer && number.CanBeBelow(outer) ? number.Below(outer) : null, label.Title);
    }

    SpecTask NewTask(TaskNumber? number, string title, TaskOrigin origin, TaskLabel label, CheckBox? box, MarkedLine line, int indent)
    {
        var section = headings.FindLast(heading => heading.Kind != HeadingKind.Task);
        var task = new SpecTask
        {
            Number = number, Title = title, Origin = origin, Box = box, Optional = label.Optional, Parallel = label.Parallel,
            Struck = label.Struck, Line = line.Line.Number, Indent = indent, Section = section?.Text ?? "",
            SectionLine = section?.Line ?? 0,
            PhaseLine = headings.FindLast(heading => heading.Kind == HeadingKind.Phase)?.Line ?? 0,
            IsCheckpoint = Checkpoints.IsTitle(title),
        };
        tasks.Add(task);
        return task;
    }

    void Report(int line, BoxLine box, string title)
    {
        if (box.State == BoxState.Unknown)
            findings.Add(KiroCode.OddBox, line, $"The box [{box.Mark}] of '{Texts.Short(title)}' means nothing here.",
                "It was read as open.",
                "Write [ ], [x] or [-].");
        else if (box.State is not (BoxState.Open or BoxState.Done))
            findings.Add(KiroCode.AtWork, line, $"'{Texts.Short(title)}' is marked [{box.Mark}].", "It was read as open.");
    }
}

/// <summary>Tasks that what follows waits for.</summary>
static class Checkpoints
{
    static readonly string[] Words =
    [
        "checkpoint", "检查点", "檢查點", "チェックポイント", "ponto de verificação", "punto de control", "punto de verificación",
        "point de contrôle", "prüfpunkt", "контрольная точка", "نقطة تفتيش", "نقطة فحص", "체크포인트", "điểm kiểm tra", "ensure all tests pass",
    ];

    static readonly string[] Before = ["final", "last", "first", "intermediate", "mid", "midpoint", "verification", "validation", "verify",
        "finales", "último"];

    // Checkpoint - Verify infrastructure      Final checkpoint      **CHECKPOINT:** all green      Phase 2 Checkpoint
    /// <summary>The word at the beginning, behind one other word at most. "Implement checkpoint store" is none.</summary>
    public static bool IsTitle(string title)
    {
        var bare = MarkdownText.Bare(title.Length > 200 ? title[..200] : title).ToLowerInvariant();
        var at = bare.TrimStart([.. bare.Where(c => !char.IsLetterOrDigit(c)).Distinct()]);
        if (Starts(at))
            return true;
        var space = at.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0)
            return false;
        var first = at[..space].Trim(':', '-');
        if (first is "phase" or "wave" or "stage" && at.IndexOf(' ', space + 1) is > 0 and var second)
            return Starts(at[(second + 1)..].TrimStart('-', '–', '—', ':', ' '));
        return Before.Contains(first) && Starts(at[(space + 1)..].TrimStart('-', '–', '—', ':', ' '));
    }

    static bool Starts(string text) => Words.Any(word => text.StartsWith(word, StringComparison.Ordinal));
}
