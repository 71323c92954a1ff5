using System.Text;
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
    /// <summary>Of a file that is new: what everybody may read.</summary>
    public const UnixFileMode Mode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    const int MostLooks = 3;

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
        {
            // Who saves the file between the look and the writing has it made anew of what is there then.
            for (var looks = 0; looks < MostLooks; looks++)
            {
                var before = Read(path);
                var bytes = Made(plans, plan, format, path, kept ? before : null);
                if (before is not null && bytes.AsSpan().SequenceEqual(before))
                    break;
                if (looks < MostLooks - 1 && kept && !Same(before, Read(path)))
                    continue;
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                WholeFile.Replace(path, bytes, Mode, FaultCode.Conflict);
                break;
            }
        }
    }

    static byte[] Made(PlanCalls plans, string plan, string format, string path, byte[]? before)
    {
        try
        {
            var current = before is null ? null : new UTF8Encoding(false, true).GetString(before);
            return new UTF8Encoding(false).GetBytes(plans.Export(plan, new ExportPlan.Request(format, current)).Text("text") ?? "");
        }
        catch (DecoderFallbackException)
        {
            throw new Fault(FaultCode.Conflict, $"{path} is not UTF-8, so nothing can be written into it.", "Convert it first.");
        }
    }

    static byte[]? Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllBytes(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Fault(FaultCode.Conflict, $"{path} cannot be read: {e.Message}");
        }
    }

    static bool Same(byte[]? one, byte[]? other) =>
        one is null ? other is null : other is not null && one.AsSpan().SequenceEqual(other);

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
