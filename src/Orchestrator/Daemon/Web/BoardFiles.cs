using System.Collections.Frozen;
using System.Text;

namespace Orchestrator.Daemon;

/// <summary>
/// The built web app: embedded in the program, or in a folder that a developer names. Names are looked up, never joined to a path: what is
/// not among the files is not there.
/// </summary>
/// <param name="folder">Folder of the built app (index.html, assets/); null for the embedded one.</param>
sealed class BoardFiles(string? folder)
{
    const string Prefix = "Web/";
    const string PageName = "index.html";

    const string NoBoard = """
        <!doctype html>
        <html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Agent Orchestrator</title>
        <style>
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; color-scheme: light dark }
        code { font-size: .95em }
        </style>
        <h1>Agent Orchestrator</h1>
        <p>agentd answers here, but this build has no board: Node.js was missing when it was made. To get the board, install Node.js 20 or
        later with npm (<code>https://nodejs.org</code>), build again, and start the daemon anew:</p>
        <p><code>./run build</code><br><code>agentctl daemon stop</code><br><code>agentctl daemon start</code></p>
        <p>Until then the command line shows everything:</p>
        <p><code>agentctl daemon status</code><br><code>agentctl list</code><br><code>agentctl runs</code><br>
        <code>agentctl events tail --follow</code></p>
        </html>
        """;

    static readonly WebFile Missing = new(PageName, Encoding.UTF8.GetBytes(NoBoard), null, null, WebFile.AskAgain);

    // A daemon nobody opens a browser on never reads them.
    static readonly Lazy<FrozenDictionary<string, WebFile>> Embedded = new(ReadEmbedded);

    /// <summary>The page of the app, whatever its address; one that says how to get the board when it is not here.</summary>
    public WebFile Page => Find(PageName) ?? Missing;

    /// <summary>A file by its name as the page asks for it, e.g. <c>assets/index-1a2b3c.js</c>; null when there is none.</summary>
    public WebFile? Find(string name) => folder is null ? Embedded.Value.GetValueOrDefault(name) : FromFolder(folder, name);

    static FrozenDictionary<string, WebFile> ReadEmbedded()
    {
        var assembly = typeof(BoardFiles).Assembly;
        var names = assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..]);
        return Make(names, name => Bytes(assembly.GetManifestResourceStream(Prefix + name)!)).ToFrozenDictionary();
    }

    // Read anew each time: the developer builds again and again.
    static WebFile? FromFolder(string folder, string name) => Directory.Exists(folder)
        ? Make(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path))
            .Where(path => path == name || path == name + ".br" || path == name + ".gz"),
            path => File.ReadAllBytes(Path.Combine(folder, path))).GetValueOrDefault(name)
        : null;

    static Dictionary<string, WebFile> Make(IEnumerable<string> names, Func<string, byte[]> read)
    {
        var all = names.ToHashSet();
        return all.Where(name => !IsCopy(name)).ToDictionary(name => name, name => new WebFile(name, read(name),
            all.Contains(name + ".br") ? read(name + ".br") : null, all.Contains(name + ".gz") ? read(name + ".gz") : null,
            name.StartsWith("assets/", StringComparison.Ordinal) ? WebFile.Forever : WebFile.AskAgain));
    }

    static bool IsCopy(string name) => name.EndsWith(".br", StringComparison.Ordinal) || name.EndsWith(".gz", StringComparison.Ordinal);

    static byte[] Bytes(Stream stream)
    {
        using (stream)
        {
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
    }
}
