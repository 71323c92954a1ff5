using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Board;

/// <summary>
/// All stories in one process and one browser, one after the other: what the two cost to start is paid once. Begins with the first story
/// somebody asks for; each is told when it is over.
/// </summary>
public sealed class StoryRun : IAsyncDisposable
{
    const string Ending = ".story.ts";

    public const string Vitest = "vitest/vitest.mjs";

    /// <summary>Longer than one story takes beside other tests on a slow machine.</summary>
    static readonly TimeSpan Deadline = TimeSpan.FromMinutes(6);

    static readonly TimeSpan Farewell = TimeSpan.FromSeconds(20);

    static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web);

    readonly Dictionary<string, Told> ended = [];
    readonly StringBuilder rest = new();
    Process? process;
    Task<string>? errors;

    /// <summary>A story that is over.</summary>
    /// <param name="Story">Its name.</param>
    /// <param name="Failures">What did not hold, each with where; empty when all did.</param>
    /// <param name="Said">Its tests with their times, and what they printed.</param>
    public sealed record Told(string Story, IReadOnlyList<string> Failures, string Said);

    /// <summary>The names of all stories.</summary>
    public static IEnumerable<string> All => Directory.EnumerateFiles(Path.Combine(WebTools.Folder, "stories"), "*" + Ending)
        .Select(path => Path.GetFileName(path)[..^Ending.Length]).Order(StringComparer.Ordinal);

    /// <summary>Waits until that story is over.</summary>
    public async Task<Told> Of(string name)
    {
        process ??= WebTools.Start(Vitest, ["run", "--config", "vitest.stories.config.ts"], ("STORY_LINES", "1"));
        errors ??= process.StandardError.ReadToEndAsync(CancellationToken.None);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Deadline);
        while (!ended.ContainsKey(name) && await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            Take(line);
        return ended.GetValueOrDefault(name)
            ?? throw new InvalidOperationException($"Nothing was told of {name}; vitest said:\n{rest}{await errors}");
    }

    public async ValueTask DisposeAsync()
    {
        if (process is null)
            return;
        // After the last story it ends by itself, and its browser with it; who asked for one alone does not wait for the others.
        using var limit = new CancellationTokenSource(Farewell);
        try
        {
            if (ended.Count == All.Count())
                await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
        }

        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    void Take(string line)
    {
        if (!line.StartsWith("{\"story\"", StringComparison.Ordinal))
            rest.AppendLine(line);
        else if (JsonSerializer.Deserialize<Told>(line, Names) is { } told)
            ended[told.Story] = told;
    }
}
