using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Plans;

namespace Orchestrator.Verbs;

/// <summary>
/// The files that a spec's plan is shown in: AGENT_STATE.json, TASKS_PARSED.json and PROJECT_PULSE.md beside the spec, and the boxes of its
/// tasks.md. Each is made by the daemon; only what changed is written, whole, and what people wrote in the last two stays.
/// </summary>
sealed class SpecFiles
{
    readonly List<(string Format, string Path, bool Kept)> files = [];

    /// <param name="folder">Where the three files go.</param>
    /// <param name="tasksMd">The tasks.md whose boxes are ticked; null for none.</param>
    /// <param name="tasks">Another path of TASKS_PARSED.json.</param>
    /// <param name="pulse">Another path of PROJECT_PULSE.md.</param>
    /// <param name="state">Another path of AGENT_STATE.json.</param>
    public SpecFiles(string folder, string? tasksMd, string? tasks = null, string? pulse = null, string? state = null)
    {
        State = state ?? Path.Combine(folder, "AGENT_STATE.json");
        Tasks = tasks ?? Path.Combine(folder, "TASKS_PARSED.json");
        Pulse = pulse ?? Path.Combine(folder, "PROJECT_PULSE.md");
        files.AddRange([("tasks-parsed", Tasks, false), ("agent-state", State, false), ("pulse", Pulse, true)]);
        if (tasksMd is not null)
            files.Add(("tasks-md", tasksMd, true));
    }

    public string State { get; }
    public string Tasks { get; }
    public string Pulse { get; }

    /// <summary>Brings all of them up to date.</summary>
    /// <exception cref="Fault">One cannot be read or written.</exception>
    public void Write(PlanCalls plans, string plan)
    {
        foreach (var (format, path, kept) in files)
            SyncedText.Write(path, kept, current => plans.Export(plan, new ExportPlan.Request(format, current)).Text("text") ?? "");
    }

    /// <summary>The seed's answer of <c>init</c> and <c>sync</c>.</summary>
    public JsonObject Document(string message) => new()
    {
        ["success"] = true,
        ["message"] = message,
        ["tasks_file"] = Tasks,
        ["state_file"] = State,
        ["pulse_file"] = Pulse,
        ["errors"] = new JsonArray(),
    };
}
