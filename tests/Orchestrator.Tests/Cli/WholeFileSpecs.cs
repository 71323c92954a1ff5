using Orchestrator.Cli;

namespace Orchestrator.Tests.Cli;

/// <summary>A file that is replaced whole.</summary>
public sealed class WholeFileSpecs : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("whole-file-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public void What_is_not_there_is_made_with_the_mode_asked_for()
    {
        WholeFile.Replace(At("new.txt"), "text"u8, Private, FaultCode.Conflict);
        Assert.Equal("text", File.ReadAllText(At("new.txt")));
        Assert.Equal(Private, File.GetUnixFileMode(At("new.txt")));
    }

    [Fact]
    public void A_link_stays_a_link_and_its_file_keeps_its_mode()
    {
        File.WriteAllText(At("real.txt"), "old");
        File.SetUnixFileMode(At("real.txt"), Private | UnixFileMode.GroupRead);
        File.CreateSymbolicLink(At("link.txt"), At("real.txt"));
        WholeFile.Replace(At("link.txt"), "new"u8, Private, FaultCode.Conflict);
        Assert.NotNull(new FileInfo(At("link.txt")).LinkTarget);
        Assert.Equal("new", File.ReadAllText(At("real.txt")));
        Assert.Equal(Private | UnixFileMode.GroupRead, File.GetUnixFileMode(At("real.txt")));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_refusal_with_the_code_asked_for()
    {
        var fault = Assert.Throws<Fault>(() => WholeFile.Replace(At("no/such.txt"), "text"u8, Private, FaultCode.Conflict));
        Assert.Equal(FaultCode.Conflict, fault.Code);
    }

    string At(string name) => Path.Combine(folder, name);
}
