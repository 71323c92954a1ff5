namespace Orchestrator.Tests.Tidy;

/// <summary>One text file of the repository. Path uses forward slashes and starts at the repository's root.</summary>
sealed class SourceFile
{
    readonly Lazy<(IReadOnlyList<Token> Tokens, string Code)> _tokens;
    readonly Lazy<(IReadOnlyList<TypeDeclaration> Types, IReadOnlyList<FunctionDeclaration> Functions)> _outline;
    readonly Lazy<string[]> _code;

    public SourceFile(string path, string text)
    {
        Path = path;
        Text = text;
        Lines = text.Split('\n');
        _tokens = new(() => CSharpText.Read(text));
        _outline = new(() => Outline.Read(_tokens.Value.Tokens));
        _code = new(() => _tokens.Value.Code.Split('\n'));
    }

    public string Path { get; }

    public string Text { get; }

    public string[] Lines { get; }

    public IReadOnlyList<Token> Tokens => _tokens.Value.Tokens;

    /// <summary>Lines with comments and the insides of strings blanked out.</summary>
    public string[] Code => _code.Value;

    public IReadOnlyList<TypeDeclaration> Types => _outline.Value.Types;

    public IReadOnlyList<FunctionDeclaration> Functions => _outline.Value.Functions;

    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    public string Folder => Path.LastIndexOf('/') is var i and >= 0 ? Path[..i] : "";

    public bool Under(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>The feature folder below src/Orchestrator ("Runs"), empty for a file beside Program.cs, null outside.</summary>
    public string? Feature
    {
        get
        {
            if (!Under(SourceTree.Production)) return null;
            var rest = Path[(SourceTree.Production.Length + 1)..];
            return rest.IndexOf('/') is var i and >= 0 ? rest[..i] : "";
        }
    }
}

/// <summary>The text files of the repository, or of a made-up one in a test of a rule.</summary>
sealed class SourceTree(IReadOnlyList<SourceFile> files)
{
    public const string Production = "src/Orchestrator";
    public const string Tests = "tests/Orchestrator.Tests";

    static readonly string[] Skipped = [".git", "artifacts", "obj", "node_modules", ".cache", "publish", ".vs", ".idea"];
    static readonly string[] TextEndings =
        [".cs", ".csproj", ".props", ".targets", ".slnx", ".json", ".yaml", ".yml", ".md", ".sh", ".sql", ".txt", ".ts", ".tsx", ".css",
         ".html", ".editorconfig", ".gitignore", ".jsonl"];
    static readonly Lazy<SourceTree> Whole = new(() => Read(RootFolder()));

    public IReadOnlyList<SourceFile> Files { get; } = files;

    public IEnumerable<SourceFile> CSharp => Files.Where(f => f.IsCSharp);

    public IEnumerable<SourceFile> ProductionCSharp => CSharp.Where(f => f.Under(Production));

    public IEnumerable<SourceFile> TestCSharp => CSharp.Where(f => f.Under(Tests));

    public IEnumerable<SourceFile> Markdown => Files.Where(f => f.Path.EndsWith(".md", StringComparison.Ordinal));

    public bool Has(string path) => Files.Any(f => f.Path == path) || Files.Any(f => f.Under(path));

    /// <summary>The repository these tests were built from, read once.</summary>
    public static SourceTree Repository => Whole.Value;

    /// <summary>A made-up repository.</summary>
    public static SourceTree Of(params (string Path, string Text)[] files) => new([.. files.Select(f => new SourceFile(f.Path, f.Text))]);

    /// <summary>The repository's root: the folder above the test program that holds the solution file.</summary>
    public static string RootFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Orchestrator.slnx"))) return folder.FullName;
        throw new InvalidOperationException($"No Orchestrator.slnx above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }

    static SourceTree Read(string root)
    {
        var files = new List<SourceFile>();
        var folders = new Stack<string>([root]);
        while (folders.TryPop(out var folder))
        {
            foreach (var inner in Directory.EnumerateDirectories(folder))
                if (!Skipped.Contains(Path.GetFileName(inner)) && new DirectoryInfo(inner).LinkTarget is null) folders.Push(inner);
            foreach (var file in Directory.EnumerateFiles(folder))
                // Of a picture only the name counts: documents link to it.
                if (IsText(file) || file.EndsWith(".png", StringComparison.Ordinal))
                    files.Add(new(Path.GetRelativePath(root, file).Replace('\\', '/'), IsText(file) ? File.ReadAllText(file) : ""));
        }
        return new([.. files.OrderBy(f => f.Path, StringComparer.Ordinal)]);
    }

    /// <summary>By its ending, or a script without one (run, bin/agentd).</summary>
    static bool IsText(string file)
    {
        if (TextEndings.Any(e => file.EndsWith(e, StringComparison.Ordinal))) return true;
        if (Path.HasExtension(file) || new FileInfo(file).Length > 100_000) return false;
        Span<byte> start = stackalloc byte[2];
        using var stream = File.OpenRead(file);
        return stream.Read(start) == 2 && start.SequenceEqual("#!"u8);
    }
}

/// <summary>One thing a rule dislikes.</summary>
/// <param name="Path">File or folder.</param>
/// <param name="Line">From 1; 0 for the whole file.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Instead">What to do about it.</param>
readonly record struct Finding(string Path, int Line, string What, string Instead)
{
    public override string ToString() => $"{Path}:{Math.Max(Line, 1)}: {What}. Instead: {Instead}";
}

/// <summary>A rule with its name and what it looks for.</summary>
sealed record Rule(string Name, Func<SourceTree, IEnumerable<Finding>> Check);
