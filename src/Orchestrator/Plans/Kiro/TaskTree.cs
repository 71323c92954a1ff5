using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Plans.Kiro;

/// <summary>
/// Puts tasks below each other by their numbers, makes parents that are missing, and gives every task an id that no other one has.
/// </summary>
sealed class TaskTree(IReadOnlyList<SpecTask> tasks, IReadOnlyList<SpecHeading> headings,
    IReadOnlyDictionary<int, List<DetailLine>> intros, FindingList findings)
{
    /// <summary>Tasks by number, in the order of the file; of each number those that are there already.</summary>
    readonly Dictionary<string, List<SpecTask>> byNumber = [];
    readonly Dictionary<(string Number, int Section), SpecTask> inSection = [];
    readonly Dictionary<int, List<SpecHeading>> numbered = [];
    readonly Dictionary<int, SpecHeading> byLine = [];
    readonly Dictionary<SpecTask, string> scopes = [];
    readonly List<SpecTask> tops = [];
    readonly HashSet<string> ids = [];
    readonly Dictionary<string, int> counts = [];
    readonly HashSet<string> children = [];

    /// <summary>The top tasks, with all others below them.</summary>
    public IReadOnlyList<SpecTask> Build()
    {
        foreach (var heading in headings)
        {
            byLine[heading.Line] = heading;
            if (heading.Number is { } said)
                (numbered.TryGetValue(said, out var same) ? same : numbered[said] = []).Add(heading);
        }
        var later = new Dictionary<string, SpecTask>();
        foreach (var task in tasks.Reverse().Where(task => task.Number is not null))
            later[task.Number!.Text] = task;
        foreach (var task in tasks)
        {
            if (task.Parent is { } within && (task.Number is null || !IsNumbered(task.Number, later)))
                Attach(task, within);
            else
                Place(task, later);
            if (task.Number is not null)
                Add(task);
        }
        Order();
        // Whether all is as it should be is looked at in the end, wherever the list stands.
        var lists = tops.Where(top => top is { Origin: TaskOrigin.Made, IsCheckpoint: true }).ToList();
        tops.RemoveAll(lists.Contains);
        tops.AddRange(lists);
        foreach (var top in tops)
        {
            Name(top, null);
            top.Optional |= top.Origin == TaskOrigin.Made && top.Children.Count > 0 && top.Children.All(child => child.Optional);
        }
        return tops;
    }

    static bool IsNumbered(TaskNumber number, Dictionary<string, SpecTask> later) =>
        number.Depth == 1 || later.ContainsKey(number.Parent!.Text);

    void Place(SpecTask task, Dictionary<string, SpecTask> later)
    {
        task.Parent = null;
        if (task.Number is not { Depth: > 1 } number)
        {
            tops.Add(task);
            return;
        }
        // A heading that is a task, in a phase of its own, is handed out by itself: ## Phase 1 / ### Task 1.1
        if (task.Origin == TaskOrigin.Heading && task.PhaseLine > 0 && !Known(number, later))
        {
            tops.Add(task);
            return;
        }
        Attach(task, ParentOf(task, number, later));
    }

    bool Known(TaskNumber number, Dictionary<string, SpecTask> later)
    {
        for (var above = number.Parent; above is not null; above = above.Parent)
            if (byNumber.ContainsKey(above.Text) || later.ContainsKey(above.Text))
                return true;
        return false;
    }

    /// <summary>The task above by number: in the same section, else the last before, else one behind; else one is made.</summary>
    SpecTask ParentOf(SpecTask task, TaskNumber number, Dictionary<string, SpecTask> later)
    {
        for (var above = number.Parent; above is not null; above = above.Parent)
        {
            if (byNumber.TryGetValue(above.Text, out var known))
            {
                var near = inSection.GetValueOrDefault((above.Text, task.SectionLine)) ?? known[^1];
                if (near.Origin != TaskOrigin.Box && near.SectionLine != task.SectionLine && children.Contains(Key(near, number)))
                    break;
                return near;
            }
            if (later.TryGetValue(above.Text, out var behind) && behind != task)
                return behind;
        }
        return Make(task, number);
    }

    /// <summary>A parent that is not in the file, named by the heading above.</summary>
    SpecTask Make(SpecTask task, TaskNumber number)
    {
        var top = number;
        while (top.Parent is { } above)
            top = above;
        var heading = Before(numbered.GetValueOrDefault(top.First), task.Line) ?? byLine.GetValueOrDefault(task.SectionLine);
        var title = heading is null ? ""
            : heading.Label.Number is not null ? heading.Label.Title : TaskLabel.PlainTitle(heading.Text);
        var isGeneral = heading is null || title.Length == 0 || heading.Level < 2
            || MarkdownText.Bare(title).ToLowerInvariant() is "tasks" or "task list" or "implementation tasks";
        var parent = new SpecTask
        {
            Number = top, Title = isGeneral ? $"Tasks {top.Text}" : title, Origin = TaskOrigin.Made, Line = heading?.Line ?? task.Line,
            Section = task.Section, SectionLine = task.SectionLine, PhaseLine = task.PhaseLine,
        };
        if (heading is not null && !isGeneral && heading.Number is not null && intros.TryGetValue(heading.Line, out var intro))
        {
            parent.Details.AddRange(intro);
            parent.Fields = DetailFields.Of(parent);
        }
        findings.Add(KiroCode.NoParent, task.Line, $"There is no task {top.Text} above {number.Text}.",
            $"One was made: '{Texts.Short(parent.Title)}'.");
        tops.Add(parent);
        Add(parent);
        return parent;
    }

    static SpecHeading? Before(List<SpecHeading>? sorted, int line)
    {
        var (low, high) = (0, sorted?.Count ?? 0);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (sorted![middle].Line < line)
                low = middle + 1;
            else
                high = middle;
        }
        return low == 0 ? null : sorted![low - 1];
    }

    void Attach(SpecTask task, SpecTask parent)
    {
        task.Parent = parent;
        parent.Children.Add(task);
        if (task.Number is not null)
            children.Add(Key(parent, task.Number));
    }

    static string Key(SpecTask parent, TaskNumber number) => $"{parent.Line} {parent.Number?.Text} {number.Text}";

    void Add(SpecTask task)
    {
        if (!byNumber.TryGetValue(task.Number!.Text, out var known))
            byNumber[task.Number.Text] = known = [];
        known.Add(task);
        inSection[(task.Number.Text, task.SectionLine)] = task;
    }

    /// <summary>Numbered tasks change places among themselves until their numbers grow; all others stay where they are.</summary>
    void Order()
    {
        var seen = new HashSet<string>();
        Sort(tops, task => task.Number is { Prefix: var prefix } number && seen.Add(number.Text) && prefix.Length == 0);
        foreach (var task in tasks.Concat(tops.Where(top => top.Origin == TaskOrigin.Made)).Distinct())
        {
            seen.Clear();
            Sort(task.Children, child => child.Number is not null && seen.Add(child.Number.Text));
        }
    }

    void Sort(List<SpecTask> siblings, Func<SpecTask, bool> counts)
    {
        var places = Enumerable.Range(0, siblings.Count).Where(i => counts(siblings[i])).ToList();
        var sorted = places.Select(i => siblings[i]).OrderBy(task => task.Number).ToList();
        for (var k = 0; k < places.Count; k++)
        {
            if (siblings[places[k]] != sorted[k] && sorted[k].Line > siblings[places[k]].Line && sorted[k].Origin == TaskOrigin.Box)
                findings.Add(KiroCode.WrongOrder, sorted[k].Line, $"Task {sorted[k].Number} stands behind a higher number.",
                    "The numbers count.");
            siblings[places[k]] = sorted[k];
        }
    }

    void Name(SpecTask task, SpecTask? parent)
    {
        var scope = parent is null ? "" : scopes[parent];
        task.Id = task.Number is { } number ? Numbered(task, number, ref scope) : Unnumbered(task, parent);
        scopes[task] = scope;
        ids.Add(task.Id);
        if (task.Title.Length == 0)
        {
            task.Title = task.Id;
            findings.Add(KiroCode.NoTitle, task.Line, "A task has no title.", $"It is called {task.Id}.");
        }
        foreach (var child in task.Children)
            Name(child, task);
    }

    /// <summary>The number; when it is taken, with the heading before it, and when that does not help, with a count behind it. What stands
    /// below has the same before it.</summary>
    string Numbered(SpecTask task, TaskNumber number, ref string scope)
    {
        var id = scope + number.Text;
        if (!ids.Contains(id))
            return id;
        var first = id;
        var slug = MarkdownText.Slug(task.Section);
        if (slug.Length > 0 && !ids.Contains($"{slug}/{number.Text}") && byNumber[number.Text][0].SectionLine != task.SectionLine)
            (id, scope) = ($"{slug}/{number.Text}", $"{slug}/");
        else
        {
            id = Free(id, "#");
            scope = id + "/";
        }
        if (task.Origin != TaskOrigin.Made)
            findings.Add(KiroCode.DuplicateId, task.Line, $"The number {first} stands twice.", $"This task is called {id}.",
                "Give it a number of its own.");
        return id;
    }

    string Unnumbered(SpecTask task, SpecTask? parent)
    {
        var hash = MarkdownText.Hash(task.Title);
        var id = Free(parent is null ? (task.Origin == TaskOrigin.Made ? "criteria-" : "box-") + hash : $"{parent.Id}~{hash[..6]}", "-");
        if (parent is null && task.Origin == TaskOrigin.Box)
            findings.Add(KiroCode.NoNumber, task.Line, $"'{Texts.Short(task.Title)}' has no number.", $"Its id is {id}.");
        return id;
    }

    string Free(string id, string between)
    {
        if (!ids.Contains(id))
            return id;
        var count = counts.GetValueOrDefault(id, 1);
        string free;
        do
            free = $"{id}{between}{++count}";
        while (ids.Contains(free));
        counts[id] = count;
        return free;
    }
}
