using System.Collections;

namespace Orchestrator.Daemon;

/// <summary>The daemon's own variables, read once.</summary>
static class DaemonEnvironment
{
    /// <summary>
    /// All variables but AGENTCTL_*, which are dropped from the process too: what an agent's run set for its children must not become the
    /// daemon's own, when an agent starts one.
    /// </summary>
    public static Dictionary<string, string> Take()
    {
        var own = new Dictionary<string, string>();
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            var name = (string)entry.Key;
            if (name.StartsWith("AGENTCTL_", StringComparison.Ordinal))
                Environment.SetEnvironmentVariable(name, null);
            else
                own[name] = (string?)entry.Value ?? "";
        }

        return own;
    }
}
