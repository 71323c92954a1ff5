namespace Orchestrator.Workspaces;

/// <summary>One path that is not as committed.</summary>
/// <param name="Path">From the repository's top; a folder ending in '/' is a repository of its own inside.</param>
/// <param name="Kind">'1' changed, 'u' in conflict, '?' untracked, '!' ignored.</param>
/// <param name="Submodule">True for a submodule.</param>
readonly record struct StatusEntry(string Path, char Kind, bool Submodule)
{
    /// <summary>True for a repository nobody registered as a submodule: git cannot take its files.</summary>
    public bool IsNestedRepository => Kind == '?' && Path.EndsWith('/');
}

/// <summary>What `git status --porcelain=v2 --branch -z` says (https://git-scm.com/docs/git-status).</summary>
/// <param name="Head">The commit; null before the first one.</param>
/// <param name="Branch">The branch; null when detached.</param>
/// <param name="Entries">What is not as committed.</param>
sealed record Status(string? Head, string? Branch, IReadOnlyList<StatusEntry> Entries)
{
    /// <summary>Asks for it in one command that takes no lock and enters no submodule.</summary>
    public static GitCall Ask(Place place, bool ignored = false, string? indexFile = null) => place.Call(
        ["status", "--porcelain=v2", "--branch", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=dirty",
            "--no-ahead-behind", ignored ? "--ignored=matching" : "--ignored=no", "--", place.Spec]) with
    {
        IndexFile = indexFile,
        Limit = TimeSpan.FromMinutes(5),
        MaxOutput = 64 << 20,
    };

    // Every line ends in NUL, paths are as they are:
    // # branch.oid 890520a5d6e0c1f0f2b3f0b8a7e61d0f5c2a9e11      or (initial)
    // # branch.head agent/12345678-fix                           or (detached)
    // 1 .M N... 100644 100644 100644 e69de29 e69de29 src/a b.txt
    // u UU N... 100644 100644 100644 100644 e69de29 e69de29 e69de29 both.txt
    // ? new file.txt
    public static Status Read(string text)
    {
        string? head = null, branch = null;
        var entries = new List<StatusEntry>();
        var lines = text.Split('\0');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            if (line.StartsWith("# branch.oid ", StringComparison.Ordinal))
                head = line[13..] is "(initial)" ? null : line[13..];
            else if (line.StartsWith("# branch.head ", StringComparison.Ordinal))
                branch = line[14..] is "(detached)" ? null : line[14..];
            else if (line.Length > 2 && line[0] is '?' or '!')
                entries.Add(new StatusEntry(line[2..], line[0], false));
            else if (line.Length > 2 && line[0] is '1' or '2' or 'u')
            {
                // Type 2 (rename) carries one field and the old path more; it is not asked for, but never misread.
                var fields = line[0] switch { '1' => 9, '2' => 10, _ => 11 };
                var parts = line.Split(' ', fields);
                if (parts.Length == fields)
                    entries.Add(new StatusEntry(parts[^1], line[0], parts[2].StartsWith('S')));
                i += line[0] == '2' ? 1 : 0;
            }
        }
        return new Status(head, branch, entries);
    }
}
