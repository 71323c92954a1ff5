using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Board;

/// <summary>
/// The stories of the board (web/stories): each with a real daemon of its own, scripted agents and a real browser. What a story saw is its
/// output; pictures of the screens are in artifacts/screenshots.
/// </summary>
public sealed class StorySpecs(StoryRun run) : IClassFixture<StoryRun>
{
    public static TheoryData<string> Stories => [.. StoryRun.All];

    [Theory]
    [MemberData(nameof(Stories))]
    public async Task A_story_is_told_to_its_end(string name)
    {
        Chromium.Need();
        WebTools.Need(StoryRun.Vitest);
        var told = await run.Of(name);
        TestContext.Current.TestOutputHelper?.WriteLine(told.Said);
        Assert.True(told.Failures.Count == 0, $"{name}:\n{string.Join("\n\n", told.Failures)}\n\n{told.Said}");
    }
}

/// <summary>What of the board needs no daemon.</summary>
public class WebUnitSpecs
{
    [Fact]
    public Task The_pure_parts_pass_their_tests() => WebTools.Run(StoryRun.Vitest, "run", "src");

    [Fact]
    public Task Everything_fits_its_types_stories_and_tests_included() =>
        WebTools.Run("typescript-native/bin/tsc", "-p", "tsconfig.json");

    [Fact]
    public Task The_sources_are_laid_out_as_prettier_does() =>
        WebTools.Run("prettier/bin/prettier.cjs", "--check", "--log-level", "warn", ".");
}
