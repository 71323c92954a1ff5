namespace Orchestrator.Gates;

/// <summary>Markers of an unsolved conflict that a diff adds. A file that shows one kind only speaks of them, perhaps.</summary>
static class ConflictMarks
{
    const string Opens = "+<<<<<<< ", Closes = "+>>>>>>> ";

    // +++ b/src/sum.js
    // +<<<<<<< 9b2614a
    // +const sum = 1;
    // +=======
    // +>>>>>>> 1c0f2ab
    /// <summary>Files of a unified diff to which both an opening and a closing marker were added.</summary>
    public static IReadOnlyList<string> Left(IEnumerable<string> diff)
    {
        var found = new List<string>();
        var (path, isHead, opened) = ("", false, false);
        foreach (var line in diff)
        {
            if (line.StartsWith("diff --git ", StringComparison.Ordinal))
                (isHead, opened) = (true, false);
            else if (isHead && line.StartsWith("+++ ", StringComparison.Ordinal))
            {
                path = line[4..].Trim('"');
                path = path.StartsWith("b/", StringComparison.Ordinal) ? path[2..] : path;
                isHead = false;
            }
            else if (line.StartsWith(Opens, StringComparison.Ordinal))
                opened = true;
            else if (opened && line.StartsWith(Closes, StringComparison.Ordinal) && !found.Contains(path))
                found.Add(path);
        }

        return found;
    }
}
