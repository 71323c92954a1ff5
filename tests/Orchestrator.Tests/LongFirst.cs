using Orchestrator.Tests;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongFirst))]

namespace Orchestrator.Tests;

/// <summary>
/// What takes longest begins first, so that no core waits at the end for one long class. The order of the rest is their names'. A name
/// that is no more costs nothing but its line.
/// </summary>
public sealed class LongFirst : ITestCollectionOrderer
{
    static readonly string[] Longest =
    [
        "Board.StorySpecs", "SlowAgentTableSpecs", "CheckpointSpecs", "KillScheduleSpecs", "ChainKillSpecs", "OneWayAgentSpecs",
        "ThroughAcpSpecs",
        "AgentTableSpecs", "ThroughTalkSpecs", "ManyItemsSpecs", "TwoWaySpecs", "AgentClis.ThroughFailureSpecs", "FamilyKillSpecs",
        "HolderKillSpecs", "ClaudeOnFakeModelSpecs", "ThroughAppServerSpecs", "ThroughToolsSpecs", "DrainSpecs", "ThroughWorkSpecs",
    ];

    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(Rank).ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal)];

    // "Test collection for Orchestrator.Tests.Crash.CheckpointSpecs (id: 8c…)"
    static int Rank<T>(T collection) where T : ITestCollection
    {
        var name = collection.TestCollectionDisplayName;
        var at = Array.FindIndex(Longest, one => name.Contains("." + one, StringComparison.Ordinal));
        return at < 0 ? Longest.Length : at;
    }
}
