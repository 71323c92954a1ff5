using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Terminals;

/// <summary>Being told by the system that something was written into a folder.</summary>
public sealed class FolderNoticeSpecs : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("notice").FullName;
    int told;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Each_question_is_answered_once_by_whatever_is_written_next()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells of a folder's files");
        await File.WriteAllTextAsync(InFolder("before"), "x", TestContext.Current.CancellationToken);
        using var notice = new FolderNotice(folder, () => Interlocked.Increment(ref told));
        Assert.True(notice.Ask());
        Assert.True(notice.Ask());
        Assert.Equal(0, told);

        await File.AppendAllTextAsync(InFolder("before"), "more", TestContext.Current.CancellationToken);
        await Eventually.True(() => told == 1, "it is told of a file that grows");
        await File.AppendAllTextAsync(InFolder("before"), "more", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(InFolder("other"), "x", TestContext.Current.CancellationToken);
        Assert.True(notice.Ask());
        File.Move(InFolder("other"), InFolder("renamed"));
        await Eventually.True(() => told == 2, "it is told of a file that is renamed");
        Assert.Equal(2, told);
    }

    [Fact]
    public async Task Who_left_is_not_told_and_others_of_the_same_time_are()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells of a folder's files");
        var (left, heard) = (Directory.CreateDirectory(InFolder("left")).FullName, 0);
        using var stays = new FolderNotice(folder, () => Interlocked.Increment(ref heard));
        using (var leaves = new FolderNotice(left, () => Interlocked.Increment(ref told)))
            Assert.True(leaves.Ask());

        Assert.True(stays.Ask());
        await File.WriteAllTextAsync(Path.Combine(left, "file"), "x", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(InFolder("file"), "x", TestContext.Current.CancellationToken);

        await Eventually.True(() => heard == 1, "who stayed is told");
        Assert.Equal(0, told);
    }

    [Fact]
    public void A_folder_that_is_not_there_tells_nothing_and_says_so()
    {
        using var notice = new FolderNotice(InFolder("gone"), () => { });

        Assert.False(notice.Ask());
    }

    string InFolder(string name) => Path.Combine(folder, name);
}
