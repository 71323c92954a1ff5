using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Board;

/// <summary>Where Node.js is missing the daemon is built without its board, and nothing is in the way.</summary>
public class BoardBuildSpecs
{
    [Theory]
    [InlineData("")]
    [InlineData("#!/bin/sh\necho 18\n")]
    [InlineData("#!/bin/sh\nexit 127\n")]
    public async Task Without_a_node_that_will_do_the_board_is_left_out(string node)
    {
        var folder = Directory.CreateTempSubdirectory("no-node-").FullName;
        try
        {
            // What the script needs of a system, and nothing else.
            foreach (var tool in (string[])["sh", "dirname", "cat", "find", "sort", "xargs", "tr", "cut", "sha256sum", "shasum", "flock"])
                if (Found(tool) is { } path)
                    File.CreateSymbolicLink(Path.Combine(folder, tool), path);
            if (node.Length > 0)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, "node"), node, TestContext.Current.CancellationToken);
                File.SetUnixFileMode(Path.Combine(folder, "node"), UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }

            var stamp = Path.Combine(TestPrograms.RepositoryRoot, "artifacts", "web.stamp");
            var before = File.Exists(stamp) ? File.GetLastWriteTimeUtc(stamp) : default;
            var (code, said) = await ShellScript.Run($"exec sh '{WebTools.Folder}/build.sh'", folder,
                new Dictionary<string, string> { ["PATH"] = folder });
            Assert.True(code == 3, $"exit {code}: {said}");
            Assert.Equal(before, File.Exists(stamp) ? File.GetLastWriteTimeUtc(stamp) : default);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static string? Found(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, tool)).FirstOrDefault(File.Exists);
}
