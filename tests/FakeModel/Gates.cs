namespace Orchestrator.FakeModel;

/// <summary>Where answers hang until a test lets them go (POST /__release).</summary>
sealed class Gates
{
    readonly Lock _gate = new();
    readonly Dictionary<string, TaskCompletionSource> _byName = [];

    /// <summary>Waits until the gate is released; one released before stays open for every later answer.</summary>
    public Task Wait(string name, CancellationToken gone) => Of(name).Task.WaitAsync(gone);

    /// <summary>Opens the gate of that name for good.</summary>
    public void Release(string name) => Of(name).TrySetResult();

    /// <summary>Closes all gates for what comes next; what waits at a closed one now goes on waiting.</summary>
    public void Reset()
    {
        lock (_gate)
            foreach (var (name, _) in _byName.Where(entry => entry.Value.Task.IsCompleted).ToList()) _byName.Remove(name);
    }

    TaskCompletionSource Of(string name)
    {
        lock (_gate)
        {
            if (!_byName.TryGetValue(name, out var source))
                _byName[name] = source = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return source;
        }
    }
}
