using Orchestrator.Terminals;

namespace Orchestrator.Tests.Terminals;

public sealed class ExecutableSpecs : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("executable-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    string Program(string name, UnixFileMode more = UnixFileMode.UserExecute)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, "#!/bin/sh\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);
        return path;
    }

    [Fact]
    public void A_name_is_found_in_the_first_folder_that_has_it_executable()
    {
        var path = Program("tool");
        Assert.Equal(path, Executable.Find("tool", $"/no/such:{folder}:/bin", "/", out var problem));
        Assert.Equal("", problem);
    }

    [Fact]
    public void Missing_is_told_from_not_executable()
    {
        Program("plain", UnixFileMode.None);
        Assert.Null(Executable.Find("plain", folder, "/", out var problem));
        Assert.Contains("not executable", problem);
        Assert.Null(Executable.Find("absent", folder, "/", out problem));
        Assert.Contains("absent is not installed", problem);
        Assert.Null(Executable.Find($"{folder}/absent", null, "/", out problem));
        Assert.Contains("does not exist", problem);
        Assert.Null(Executable.Find(folder, null, "/", out problem));
        Assert.Contains("is a folder", problem);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void An_empty_path_says_so(string? path)
    {
        Assert.Null(Executable.Find("sh", path, "/", out var problem));
        Assert.Contains("PATH is empty", problem);
    }

    [Fact]
    public void Empty_and_relative_folders_of_the_path_are_passed_over()
    {
        Program("tool");
        Assert.Null(Executable.Find("tool", $":.:{Path.GetFileName(folder)}", folder));
    }

    [Fact]
    public void A_path_is_relative_to_the_working_folder() =>
        Assert.Equal(Program("tool"), Executable.Find("./tool", null, folder));
}
