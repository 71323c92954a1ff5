namespace Orchestrator.Verbs;

/// <summary>One task that was handed over: by the command line, or by one block of a text.</summary>
sealed record TaskOrder
{
    /// <summary>The block's id; empty for a task of the command line.</summary>
    public string Id { get; init; } = "";
    public required string Prompt { get; init; }

    /// <summary>Where it works, absolute; a session that is gone on with works where it always has.</summary>
    public required string Folder { get; init; }

    /// <summary>Somebody said where.</summary>
    public bool Placed { get; init; }

    /// <summary>The session to go on with; null for a new one.</summary>
    public string? Session { get; init; }

    /// <summary>The profile asked for by name; null leaves it to the daemon.</summary>
    public string? Backend { get; init; }

    /// <summary>Tasks that must have succeeded before it begins.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Tasks that come before it whatever becomes of them, because both write one file.</summary>
    public IReadOnlyList<string> After { get; init; } = [];

    /// <summary>A tmux window was asked for.</summary>
    public bool Windowed { get; init; }

    /// <summary>Its block, counted from 1; 0 for a task of the command line.</summary>
    public int Block { get; init; }

    /// <summary>How messages name it.</summary>
    public string Name => Block == 0 ? "The task" : $"Block {Block} (id {Texts.Short(Id)})";
}

/// <summary>Tasks in the layers in which they run. Pure.</summary>
static class TaskLayers
{
    /// <summary>Each task stands in the first layer behind all it waits for; within a layer the order given holds.</summary>
    /// <param name="tasks">Without a cycle, and without ids that are not among them.</param>
    public static IReadOnlyList<IReadOnlyList<TaskOrder>> Of(IReadOnlyList<TaskOrder> tasks)
    {
        var done = new HashSet<string>();
        var left = tasks.ToList();
        var layers = new List<IReadOnlyList<TaskOrder>>();
        while (left.Count > 0)
        {
            var layer = left.Where(task => task.DependsOn.Concat(task.After).All(done.Contains)).ToList();
            if (layer.Count == 0) throw new InvalidOperationException("Tasks that wait for each other were to be refused before.");
            done.UnionWith(layer.Select(task => task.Id));
            left.RemoveAll(layer.Contains);
            layers.Add(layer);
        }
        return layers;
    }
}
