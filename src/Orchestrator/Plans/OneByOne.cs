namespace Orchestrator.Plans;

/// <summary>What follows when one cannot be looked at.</summary>
/// <param name="Pause">Until the next turn: what wakes the worker must not make it meet lasting trouble that often.</param>
readonly record struct Trouble(TimeSpan Pause, TimeProvider Clock, ILogger Log);

/// <summary>One turn of a worker over what is open in the store. One that cannot be looked at holds up none of the others.</summary>
static class OneByOne
{
    /// <param name="open">What is open, oldest first.</param>
    /// <param name="look">Looks at one.</param>
    /// <param name="failed">What is told when that failed.</param>
    public static async Task Do<T>(Func<IReadOnlyList<T>> open, Func<T, Task> look, string failed, Trouble trouble,
        CancellationToken shutdown)
    {
        var isTroubled = false;
        IReadOnlyList<T> all = [];
        try
        {
            all = open();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            trouble.Log.LogError(e, "{Failed}", failed);
            isTroubled = true;
        }

        foreach (var one in all)
        {
            try
            {
                await look(one);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                trouble.Log.LogError(e, "{Failed}", failed);
                isTroubled = true;
            }
        }

        if (isTroubled)
            await Task.Delay(trouble.Pause, trouble.Clock, shutdown);
    }
}
