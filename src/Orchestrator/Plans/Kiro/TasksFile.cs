using System.Text;
using Orchestrator.Plans.Kiro.Lines;

namespace Orchestrator.Plans.Kiro;

/// <summary>Which task of a tasks.md is meant, so that it is found again after others edited the file.</summary>
/// <param name="Id">Its id as it was imported.</param>
/// <param name="Title">Its title then; null when not known.</param>
/// <param name="Seen">What its box said when it was last read or written; null when that does not matter.</param>
sealed record TaskRef(string Id, string? Title, BoxState? Seen = null);

/// <summary>What a box is to say.</summary>
sealed record BoxWish(TaskRef Task, BoxState State);

/// <summary>A file after boxes were set.</summary>
/// <param name="Text">The whole text; as it was when nothing changed.</param>
/// <param name="Changed">How many boxes changed.</param>
sealed record BoxesSet(string Text, int Changed, IReadOnlyList<ImportFinding> Findings);

/// <summary>
/// Writes back into a tasks.md: the one character in a task's box changes and nothing else. The file is read anew each time, so what others
/// did to it meanwhile stays; when it is not clear which task is meant, nothing changes and a finding says so. Pure.
/// </summary>
static class TasksFile
{
    /// <summary>Sets one box.</summary>
    public static BoxesSet SetBox(string text, TaskRef task, BoxState state) => SetBoxes(text, [new(task, state)]);

    /// <summary>Sets boxes. Parents between a unit and its steps follow: ticked when all below them are.</summary>
    public static BoxesSet SetBoxes(string text, IReadOnlyList<BoxWish> wishes, string file = "tasks.md", bool parentsFollow = false)
    {
        var findings = new FindingList(file);
        var document = TasksReader.Read(text, new(file));
        var index = new TaskIndex(document);
        var marks = new SortedDictionary<int, (CheckBox Box, BoxState State)>();
        var wanted = new Dictionary<SpecTask, BoxState>();
        foreach (var wish in wishes)
            if (index.Find(wish.Task, findings) is { } task && Set(task, wish, marks, findings))
                wanted[task] = wish.State;
        if (parentsFollow)
            foreach (var top in document.Tasks)
                Follow(top, wanted, marks);

        var made = new StringBuilder(text.Length + marks.Count);
        var at = 0;
        var changed = 0;
        foreach (var (place, (box, state)) in marks)
        {
            if (Same(box.State, state))
                continue;
            made.Append(text, at, place - at).Append(BoxLine.MarkOf(state));
            at = place + box.Width;
            changed++;
        }
        return new(changed == 0 ? text : made.Append(text, at, text.Length - at).ToString(), changed, findings.All);
    }

    /// <summary>The same for a file's bytes: UTF-8 with or without its mark, or UTF-16 with it. Bytes that are no such text are left as
    /// they
    /// are, with a finding.</summary>
    public static (byte[] Bytes, BoxesSet Set) SetBoxes(byte[] bytes, IReadOnlyList<BoxWish> wishes, string file = "tasks.md",
        bool parentsFollow = false)
    {
        Encoding encoding = bytes is [0xFF, 0xFE, ..] ? new UnicodeEncoding(false, true, true) : bytes is [0xFE, 0xFF, ..]
            ? new UnicodeEncoding(true, true, true) : new UTF8Encoding(false, true);
        try
        {
            var set = SetBoxes(encoding.GetString(bytes), wishes, file, parentsFollow);
            return (set.Changed == 0 ? bytes : encoding.GetBytes(set.Text), set);
        }
        catch (ArgumentException)
        {
            var findings = new FindingList(file);
            findings.Add(KiroCode.NotText, null, "The file is no UTF-8 text.", "Nothing was changed.", "Store it as UTF-8.");
            return (bytes, new("", 0, findings.All));
        }
    }

    static bool Set(SpecTask task, BoxWish wish, SortedDictionary<int, (CheckBox, BoxState)> marks, FindingList findings)
    {
        if (task.Box is not { } box)
        {
            findings.Add(KiroCode.NoBox, task.Line, $"Task {task.Id} has no box of its own.", "Nothing was changed.");
            return wish.State == BoxState.Done;
        }
        if (wish.Task.Seen is { } seen && !Same(box.State, seen) && !Same(box.State, wish.State))
        {
            findings.Add(KiroCode.BoxChanged, task.Line, $"The box of {task.Id} is [{box.Mark}] now; somebody changed it.",
                "It was left as it is.");
            return false;
        }
        marks[box.At] = (box, wish.State);
        return true;
    }

    /// <summary>
    /// What is done with a task is ticked with it: small boxes below a step, and criteria. A task with tasks below is ticked when all of
    /// them are that are not optional; units that somebody wished for are left as wished.
    /// </summary>
    static bool Follow(SpecTask task, Dictionary<SpecTask, BoxState> wanted, SortedDictionary<int, (CheckBox Box, BoxState State)> marks)
    {
        var below = task.Children.Select(child => (Child: child, Done: Follow(child, wanted, marks))).ToList();
        var touched = task.WithAll().Any(wanted.ContainsKey);
        var done = wanted.TryGetValue(task, out var state) ? state == BoxState.Done
            : below.Any(one => !one.Child.Optional) ? touched && below.All(one => one.Done || one.Child.Optional) || task.Done : task.Done;
        if (!done || !touched)
            return done;
        if (!wanted.ContainsKey(task) && task.Box is { } box)
            marks[box.At] = (box, BoxState.Done);
        if (wanted.ContainsKey(task) || below.Count == 0)
            foreach (var check in task.Checks.Where(check => !check.Optional))
                marks[check.At] = (check, BoxState.Done);
        return done;
    }

    static bool Same(BoxState one, BoxState other) => one == other;
}

/// <summary>Finds tasks of a file as it is now by what was known of them before.</summary>
sealed class TaskIndex
{
    readonly Dictionary<string, SpecTask> byId = new(StringComparer.Ordinal);
    readonly ILookup<string, SpecTask> byTitle;

    public TaskIndex(TasksDocument document)
    {
        var all = document.All().ToList();
        foreach (var task in all)
            byId[task.Id] = task;
        byTitle = all.ToLookup(task => MarkdownText.Hash(task.Title));
    }

    /// <summary>
    /// The task with the id, when its title is the same or nearly so. A task whose number is gone is found by its title when one alone has
    /// it. When number and title point to different tasks, null and a finding.
    /// </summary>
    public SpecTask? Find(TaskRef wanted, FindingList findings)
    {
        var titled = wanted.Title is { } title ? byTitle[MarkdownText.Hash(title)].ToList() : [];
        if (!byId.TryGetValue(wanted.Id, out var task))
        {
            if (titled is [var moved] && wanted.Title is { Length: > 0 })
            {
                findings.Add(KiroCode.TaskRenumbered, moved.Line, $"Task {wanted.Id} is {moved.Id} now.", "It was found by its title.");
                return moved;
            }
            findings.Add(titled.Count > 1 ? KiroCode.TaskMoved : KiroCode.TaskGone, null, titled.Count > 1
                ? $"Task {wanted.Id} is gone, and {titled.Count} tasks are called '{Texts.Short(wanted.Title!)}'."
                : $"Task {wanted.Id} is not in the file any more.", "Nothing was changed.");
            return null;
        }
        if (wanted.Title is null || titled.Contains(task))
            return task;
        if (titled.Count > 0)
        {
            findings.Add(KiroCode.TaskMoved, task.Line, $"{wanted.Id} is called '{Texts.Short(task.Title)}' now, and "
                + $"'{Texts.Short(wanted.Title)}' is {titled[0].Id}.", "Nothing was changed.", "Import the spec again.");
            return null;
        }
        if (AreAlike(task.Title, wanted.Title))
        {
            findings.Add(KiroCode.TitleChanged, task.Line, $"{wanted.Id} is called '{Texts.Short(task.Title)}' now.");
            return task;
        }
        findings.Add(KiroCode.TaskReplaced, task.Line, $"{wanted.Id} is called '{Texts.Short(task.Title)}' now, and was "
            + $"'{Texts.Short(wanted.Title)}'.", "Nothing was changed.", "Import the spec again.");
        return null;
    }

    /// <summary>Half of the pairs of neighbouring letters are the same: that works for words and for writing without blanks.</summary>
    static bool AreAlike(string one, string other)
    {
        var (mine, theirs) = (Pairs(one), Pairs(other));
        var common = mine.Count(theirs.Contains);
        return common * 2 >= Math.Min(mine.Count, theirs.Count) && common > 0 && common * 4 >= Math.Max(mine.Count, theirs.Count);
    }

    static HashSet<(char, char)> Pairs(string text)
    {
        var letters = text.Where(char.IsLetterOrDigit).Take(1000).Select(char.ToLowerInvariant).ToList();
        return [.. letters.Zip(letters.Skip(1))];
    }
}
