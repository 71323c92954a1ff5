using Orchestrator.Workspaces;

namespace Orchestrator.Tests.AgentLoop;

/// <summary>What is outside the workspace stays outside, by whatever way it is named.</summary>
public sealed class WorkspacePathsSpecs : IDisposable
{
    readonly string root = Directory.CreateTempSubdirectory("agent-paths-").FullName;
    readonly WorkspacePaths paths;

    public WorkspacePathsSpecs()
    {
        Directory.CreateDirectory(At("desk/sub/.git"));
        Directory.CreateDirectory(At("desktop"));
        Directory.CreateDirectory(At("outside"));
        File.WriteAllText(At("outside/secret"), "s");
        File.WriteAllText(At("desk/sub/a.txt"), "a");
        File.CreateSymbolicLink(At("desk/out"), "../outside");
        File.CreateSymbolicLink(At("desk/out-file"), At("outside/secret"));
        File.CreateSymbolicLink(At("desk/in"), "sub");
        File.CreateSymbolicLink(At("desk/chain"), "in/../out");
        File.CreateSymbolicLink(At("desk/round"), "round");
        File.CreateSymbolicLink(At("desk/new-outside"), "../outside/not-yet");
        File.CreateSymbolicLink(At("way-in"), "desk");
        paths = new WorkspacePaths(At("desk"));
    }

    [Theory]
    [InlineData("sub/a.txt", "sub/a.txt")]
    [InlineData("./sub/../sub/a.txt", "sub/a.txt")]
    [InlineData("in/a.txt", "sub/a.txt")]
    [InlineData("new/deep/file", "new/deep/file")]
    [InlineData("ROOT/desk/sub", "sub")]
    [InlineData("", ".")]
    [InlineData("..a", "..a")]
    public void Inside_is_inside(string given, string real) =>
        Assert.Equal(real, paths.Relative(paths.Inside(given.Replace("ROOT", paths.Root[..^5], StringComparison.Ordinal))));

    [Theory]
    [InlineData("..")]
    [InlineData("../outside/secret")]
    [InlineData("sub/../../outside/secret")]
    [InlineData("/etc/passwd")]
    [InlineData("../desktop")]
    [InlineData("out/secret")]
    [InlineData("out-file")]
    [InlineData("chain/secret")]
    [InlineData("new-outside")]
    [InlineData("in/../out/secret")]
    [InlineData("a\0b")]
    public void Outside_is_refused(string given) => Assert.Throws<PathRefusal>(() => paths.Inside(given));

    [Fact]
    public void Links_that_go_round_are_refused() =>
        Assert.Contains("round", Assert.Throws<PathRefusal>(() => paths.Inside("round/x")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(".git/hooks/post-commit")]
    [InlineData("sub/.git/config")]
    [InlineData("sub/.GIT/config")]
    [InlineData(".git")]
    public void Gits_own_files_may_be_read_but_not_changed(string given)
    {
        paths.Inside(given);
        Assert.Throws<PathRefusal>(() => paths.Inside(given, toChange: true));
    }

    [Fact]
    public void A_workspace_that_is_itself_a_link_is_its_target() =>
        Assert.Equal(paths.Inside("sub/a.txt"), new WorkspacePaths(At("way-in")).Inside("sub/a.txt"));

    string At(string path) => Path.Combine(root, path);

    public void Dispose() => Directory.Delete(root, recursive: true);
}
