namespace Orchestrator.Tests.Tidy;

/// <summary>How long things may get before they must be cut by step.</summary>
static class SizeRules
{
    const int FileLimit = 400;
    const int FunctionLimit = 60;
    const int LineLimit = 140;
    const int FolderLimit = 25;

    public static readonly Rule[] All =
    [
        new("file-length", FileLength),
        new("function-length", FunctionLength),
        new("line-length", LineLength),
        new("folder-size", FolderSize),
    ];

    static IEnumerable<Finding> FileLength(SourceTree tree) =>
        from file in tree.CSharp
        where file.Lines.Length > FileLimit + 1
        select new Finding(file.Path, FileLimit + 1, $"the file has {file.Lines.Length} lines, {FileLimit} are allowed",
            "cut it by step or by noun into a second file beside it");

    static IEnumerable<Finding> FunctionLength(SourceTree tree) =>
        from file in tree.CSharp
        from function in file.Functions
        where function.Length > FunctionLimit
        select new Finding(file.Path, function.Line, $"{function.Name} has {function.Length} lines, {FunctionLimit} are allowed",
            "give each step a method with its own name");

    static IEnumerable<Finding> LineLength(SourceTree tree) =>
        from file in tree.Files
        where file.IsCSharp || file.Path.EndsWith(".sh", StringComparison.Ordinal) || file.Path.EndsWith(".sql", StringComparison.Ordinal)
        from line in file.Lines.Index()
        where line.Item.Length > LineLimit
        select new Finding(file.Path, line.Index + 1, $"the line has {line.Item.Length} characters, {LineLimit} are allowed", "wrap it");

    static IEnumerable<Finding> FolderSize(SourceTree tree) =>
        from file in tree.CSharp
        group file by file.Folder into folder
        where folder.Count() > FolderLimit
        select new Finding(folder.Key, 0, $"the folder has {folder.Count()} C# files, {FolderLimit} are allowed",
            "move a set of siblings into a folder of their own");
}
