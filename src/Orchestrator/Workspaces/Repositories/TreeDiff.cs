using System.Globalization;
using System.Text;

namespace Orchestrator.Workspaces;

/// <summary>What differs between two trees.</summary>
/// <param name="Files">The files, at most <see cref="TreeDiff.MostFiles"/>.</param>
/// <param name="Picture">As `git diff --stat` draws it.</param>
/// <param name="Path">The unified diff as a file; null when git could not make it.</param>
/// <param name="Notes">What was cut or failed.</param>
sealed record Difference(IReadOnlyList<FileChange> Files, string Picture, string? Path, IReadOnlyList<string> Notes);

/// <summary>
/// Compares two stored trees. Neither the index nor a checked-out file is read, so no filter can run, and external diff and text
/// conversion are switched off on top.
/// </summary>
sealed class TreeDiff(Git git)
{
    /// <summary>Files listed at most.</summary>
    public const int MostFiles = 5_000;

    const int MostDrawn = 200;
    const int Bar = 40;

    // Blobs above this are shown as binary: a diff of them is for nobody, and git holds both sides in memory.
    const string LargestText = "core.bigFileThreshold=8m";

    static readonly string[] Quiet = ["--no-ext-diff", "--no-textconv", "--no-color", "-r", "-M", "-l400", "--ignore-submodules=dirty"];

    /// <summary>
    /// Lists, draws and writes the diff to <paramref name="file"/> (by temp file and rename), cut after <paramref name="limit"/> bytes.
    /// </summary>
    public async Task<Difference> Write(Place place, string from, string to, string file, long limit, CancellationToken stop)
    {
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(file)!).FullName;
        var (all, part) = (Path.Combine(folder, Path.GetFileName(file) + ".all"), file + ".part");
        // A link planted there would lead git's writing, or ours, to another file.
        File.Delete(all);
        File.Delete(part);
        string[] ask = ["-c", LargestText, "diff-tree", .. Quiet, "--raw", "--numstat", "-z"];
        try
        {
            var written = await git.Run(place.Call([.. ask, "-p", "--full-index", "--submodule=short", "--src-prefix=a/",
                "--dst-prefix=b/", "--output=" + all, from, to, "--", place.Spec]), stop);
            if (!written.Succeeded)
                return await Listed(place.Call([.. ask, from, to, "--", place.Spec]), from, Git.Why(written), stop);
            using var whole = new FileStream(all, FileMode.Open, FileAccess.Read);
            var files = Read(Records(whole).GetEnumerator());
            var notes = new List<string>();
            if (files.Count > MostFiles)
                notes.Add($"More files changed than are listed ({MostFiles}).");
            files = [.. files.Take(MostFiles)];
            if (files.Count == 0)
                return new Difference(files, "", null, notes);
            if (Copy(whole, part, limit) is { } kept)
                notes.Add($"The diff has {kept.Whole} bytes; the first {kept.Kept} are kept. The commits and the snapshot have all of it.");
            File.Move(part, file, overwrite: true);
            return new Difference(files, Draw(files), file, notes);
        }
        finally
        {
            File.Delete(all);
        }
    }

    /// <summary>Without the diff itself, which git could not make.</summary>
    async Task<Difference> Listed(GitCall ask, string from, string why, CancellationToken stop)
    {
        var listed = await git.Run(ask with { MaxOutput = 16 << 20 }, stop);
        if (!listed.Succeeded)
            return new Difference([], "", null, [$"git could not compare with {from}: {Git.Why(listed)}"]);
        var files = Read(listed.Stdout);
        var notes = new List<string>();
        if (listed.Truncated || files.Count > MostFiles)
            notes.Add($"More files changed than are listed ({MostFiles}).");
        files = [.. files.Take(MostFiles)];
        return files.Count == 0 ? new Difference(files, "", null, notes)
            : new Difference(files, Draw(files), null, [.. notes, $"No unified diff: {why}"]);
    }

    // First all raw entries, then all counts, then an empty one and the diff; every field ends in NUL:
    // :100644 100644 e69de29 587be6b M␀a.txt␀:100644 100644 e69de29 e69de29 R100␀old.txt␀new.txt␀
    // 1<tab>0<tab>a.txt␀0<tab>0<tab>␀old.txt␀new.txt␀-<tab>-<tab>logo.png␀␀diff --git a/a.txt b/a.txt
    internal static IReadOnlyList<FileChange> Read(string text) => Read(((IEnumerable<string>)text.Split('\0')).GetEnumerator());

    /// <summary>One more than are listed at most; the fields are read to their end.</summary>
    static List<FileChange> Read(IEnumerator<string> parts)
    {
        var files = new List<FileChange>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        while (parts.MoveNext() && parts.Current is { Length: > 0 } part)
        {
            if (part.StartsWith(':') && part.LastIndexOf(' ') is > 0 and var space && space + 1 < part.Length)
            {
                var letter = part[space + 1];
                var old = letter is 'R' or 'C' && parts.MoveNext() ? parts.Current : null;
                if (!parts.MoveNext())
                    break;
                if (files.Count > MostFiles)
                    continue;
                places[parts.Current] = files.Count;
                files.Add(new FileChange(parts.Current, 0, 0, Word(letter), false, old));
            }
            else if (part.Split('\t', 3) is [var added, var removed, var path])
            {
                if (path.Length == 0 && parts.MoveNext() && parts.MoveNext())
                    path = parts.Current;
                if (places.TryGetValue(path, out var at))
                    files[at] = files[at] with { Added = Number(added), Removed = Number(removed), Binary = added == "-" };
            }
        }
        return files;
    }

    /// <summary>Fields up to a NUL each; the stream stands behind the last one that was asked for.</summary>
    static IEnumerable<string> Records(FileStream whole)
    {
        var (field, at) = (new List<byte>(), 0L);
        var buffer = new byte[16 << 10];
        for (int got; (got = whole.Read(buffer)) > 0;)
            for (var i = 0; i < got; i++)
            {
                at++;
                if (buffer[i] != 0)
                {
                    field.Add(buffer[i]);
                    continue;
                }
                var text = Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(field));
                field.Clear();
                var (next, end) = (whole.Position, at);
                whole.Position = end;
                yield return text;
                whole.Position = next;
            }
    }

    /// <summary>The picture of `git diff --stat`, at most 200 files.</summary>
    internal static string Draw(IReadOnlyList<FileChange> files)
    {
        var picture = new StringBuilder();
        var shown = files.Take(MostDrawn).ToList();
        var names = shown.Select(file => Printable(file.OldPath is null ? file.Path : $"{file.OldPath} => {file.Path}")).ToList();
        var width = names.Max(name => name.Length);
        var most = Math.Max(1, shown.Max(file => file.Added + file.Removed));
        for (var i = 0; i < shown.Count; i++)
        {
            var (added, removed) = (shown[i].Added, shown[i].Removed);
            var scale = most > Bar ? (double)Bar / most : 1;
            picture.Append(CultureInfo.InvariantCulture, $" {names[i].PadRight(width)} | ");
            var lines = $"{added + removed} {Marks('+', added, scale)}{Marks('-', removed, scale)}";
            picture.Append(shown[i].Binary ? "Bin" : lines.TrimEnd()).Append('\n');
        }
        if (files.Count > shown.Count)
            picture.Append(CultureInfo.InvariantCulture, $" ... and {files.Count - shown.Count} more\n");
        long plus = files.Sum(file => (long)file.Added), minus = files.Sum(file => (long)file.Removed);
        picture.Append(CultureInfo.InvariantCulture, $" {files.Count} file{(files.Count == 1 ? "" : "s")} changed");
        if (plus > 0 || minus == 0)
            picture.Append(CultureInfo.InvariantCulture, $", {plus} insertion{(plus == 1 ? "" : "s")}(+)");
        if (minus > 0 || plus == 0)
            picture.Append(CultureInfo.InvariantCulture, $", {minus} deletion{(minus == 1 ? "" : "s")}(-)");
        return picture.Append('\n').ToString();
    }

    static string Marks(char mark, int lines, double scale) => new(mark, lines == 0 ? 0 : Math.Max(1, (int)(lines * scale)));

    // A file name may hold a line end or an escape sequence; a picture for a terminal must not.
    static string Printable(string name) => string.Concat(name.Select(letter => char.IsControl(letter) ? '?' : letter));

    static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    static string Word(char letter) => letter switch
    {
        'A' => "added",
        'D' => "deleted",
        'R' => "renamed",
        'C' => "copied",
        'T' => "type_changed",
        _ => "modified",
    };

    /// <summary>
    /// Copies the rest of a stream, as whole lines up to the limit; how long it is and what was kept, or null when nothing was cut.
    /// </summary>
    static (long Whole, long Kept)? Copy(FileStream from, string path, long limit)
    {
        var whole = from.Length - from.Position;
        using var to = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite);
        var buffer = new byte[64 << 10];
        for (int got; to.Length < limit && (got = from.Read(buffer, 0, (int)Math.Min(buffer.Length, limit - to.Length))) > 0;)
            to.Write(buffer, 0, got);
        if (whole <= limit)
            return null;
        // A line can be as long as a file; looking back 64 KiB for its start is enough of an effort.
        var last = new byte[(int)Math.Min(limit, 64 << 10)];
        to.Position = limit - last.Length;
        to.ReadExactly(last);
        var end = Array.LastIndexOf(last, (byte)'\n');
        to.SetLength(end < 0 ? limit : limit - last.Length + end + 1);
        return (whole, to.Length);
    }
}
