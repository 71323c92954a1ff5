using System.Diagnostics;
using Orchestrator.Workspaces;

namespace Orchestrator.Tests.Support;

/// <summary>A real git repository in a temporary folder, with a home folder of its own, removed at the end.</summary>
sealed class TempRepository : IDisposable
{
    readonly Dictionary<string, string> surroundings;

    /// <param name="commit">True makes a first commit with a.txt and .gitignore.</param>
    /// <param name="identity">True gives the user of this repository a name.</param>
    public TempRepository(bool commit = true, bool identity = true)
    {
        Root = Directory.CreateTempSubdirectory("workspaces-").FullName;
        Path = Directory.CreateDirectory(System.IO.Path.Combine(Root, "repo")).FullName;
        Report = Directory.CreateDirectory(System.IO.Path.Combine(Root, "report")).FullName;
        var home = Directory.CreateDirectory(System.IO.Path.Combine(Root, "user")).FullName;
        if (identity)
            File.WriteAllText(System.IO.Path.Combine(home, ".gitconfig"), "[user]\n\tname = Una User\n\temail = una@example.com\n");
        surroundings = new()
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
            ["HOME"] = home,
            ["GIT_CONFIG_NOSYSTEM"] = "1",
        };
        Distrusting = new Git(surroundings);
        Run("init", "--quiet", "--initial-branch=main");
        if (commit)
        {
            Write("a.txt", "one\ntwo\nthree\n");
            Write(".gitignore", "ignored/\nbin/\n*.secret\n");
            Commit("First");
        }
    }

    /// <summary>Everything of this repository is below here.</summary>
    public string Root { get; }

    /// <summary>The repository's top folder.</summary>
    public string Path { get; }

    /// <summary>A folder for reports.</summary>
    public string Report { get; }

    /// <summary>Git as the daemon runs it, with this repository's user.</summary>
    public Git Distrusting { get; }

    /// <summary>The environment of that git.</summary>
    public IReadOnlyDictionary<string, string> Surroundings => surroundings;

    /// <summary>A path below <see cref="Root"/>.</summary>
    public string At(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>Writes a file of the repository, its folders included.</summary>
    public void Write(string name, string text) => WriteIn(Path, name, text);

    /// <summary>Writes a file below any folder.</summary>
    public static void WriteIn(string folder, string name, string text)
    {
        var path = System.IO.Path.Combine(folder, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Commits everything there is; its name.</summary>
    public string Commit(string message, string? folder = null)
    {
        RunIn(folder ?? Path, "add", "-A");
        RunIn(folder ?? Path, "-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "--quiet", "--allow-empty", "-m", message);
        return RunIn(folder ?? Path, "rev-parse", "HEAD");
    }

    /// <summary>Runs git as the user would, in the repository; its output without the last line end.</summary>
    public string Run(params string[] arguments) => RunIn(Path, arguments);

    /// <summary>Runs git as the user would, anywhere.</summary>
    public string RunIn(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        foreach (var (name, value) in surroundings)
            start.Environment[name] = value;
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.TrimEnd('\n')
            : throw new InvalidOperationException($"git {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors.Result}");
    }

    /// <summary>Writes a program that leaves a file when it is run, and does nothing else; its path and the file's.</summary>
    public (string Program, string Trace) Trap(string name)
    {
        var (program, trace) = (At(name + ".sh"), At(name + ".ran"));
        File.WriteAllText(program, $"#!/bin/sh\necho ran >> '{trace}'\ncat >/dev/null 2>&1 </dev/null\nexit 0\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return (program, trace);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
