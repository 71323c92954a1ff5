using Orchestrator.Agents.Gemini;

namespace Orchestrator.Tests.Agents;

public sealed class GeminiChatsSpecs : IDisposable
{
    readonly string home = Directory.CreateTempSubdirectory("chats-").FullName;

    public void Dispose() => Directory.Delete(home, recursive: true);

    [Theory]
    [InlineData("", 0)]
    [InlineData("session-2026-11-29T02-28-5d6a4ff4.jsonl", 15)]
    [InlineData("session-2026-11-29T02-27-5d6a4ff4.jsonl", 0)]
    [InlineData("session-2026-11-29T02-28-aaaaaaaa.jsonl", 0)]
    [InlineData("session-2026-11-29T02-20-5d6a4ff4.jsonl session-2026-11-29T02-28-5d6a4ff4.jsonl", 0)]
    public void A_conversation_that_began_in_this_minute_rests_until_the_next(string files, int seconds)
    {
        var chats = Directory.CreateDirectory(Path.Combine(home, ".gemini", "tmp", "some-project", "chats")).FullName;
        Directory.CreateDirectory(Path.Combine(home, ".gemini", "tmp", "bin"));
        foreach (var file in files.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            File.WriteAllText(Path.Combine(chats, file), "");

        var rest = GeminiChats.Rest(name => name == "HOME" ? home : null, "5d6a4ff4-5cd3-4d22-b0a2-c73b501bfdeb",
            new(2026, 11, 29, 4, 28, 45, TimeSpan.FromHours(2)));

        Assert.Equal(TimeSpan.FromSeconds(seconds), rest);
    }

    [Fact]
    public void Where_gemini_never_ran_nothing_rests() =>
        Assert.Equal(TimeSpan.Zero, GeminiChats.Rest(_ => Path.Combine(home, "none"), "5d6a4ff4", DateTimeOffset.UnixEpoch));
}
