using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Board;

/// <summary>
/// The stories of the board (web/stories): each in a process of its own, with a real daemon, scripted agents and a real browser. What a
/// story saw is its output; pictures of the screens are in artifacts/screenshots.
/// </summary>
public class StorySpecs
{
    const string Vitest = "vitest/vitest.mjs";
    const string Ending = ".story.ts";

    public static TheoryData<string> Stories => [.. Directory.EnumerateFiles(Path.Combine(WebTools.Folder, "stories"), "*" + Ending)
        .Select(path => Path.GetFileName(path)[..^Ending.Length]).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Stories))]
    public async Task A_story_is_told_to_its_end(string name)
    {
        Chromium.Need();
        await WebTools.Run(Vitest, "run", "--config", "vitest.stories.config.ts", $"stories/{name}{Ending}");
    }
}

/// <summary>What of the board needs no daemon.</summary>
public class WebUnitSpecs
{
    [Fact]
    public Task The_pure_parts_pass_their_tests() => WebTools.Run("vitest/vitest.mjs", "run", "src");

    [Fact]
    public Task Everything_fits_its_types_stories_and_tests_included() =>
        WebTools.Run("typescript-native/bin/tsc", "-p", "tsconfig.json");

    [Fact]
    public Task The_sources_are_laid_out_as_prettier_does() =>
        WebTools.Run("prettier/bin/prettier.cjs", "--check", "--log-level", "warn", ".");
}
