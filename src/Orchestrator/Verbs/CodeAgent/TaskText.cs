using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Plans;

namespace Orchestrator.Verbs;

/// <summary>
/// The text of parallel tasks as orders: read by the importer of plans, checked as it checks them. A mistake in one block refuses all.
/// Pure.
/// </summary>
static class TaskText
{
    const string Begin = "---TASK---";

    // ---TASK---
    // id: api
    // workdir: services/api
    // dependencies: schema
    // ---CONTENT---
    // Add the endpoint.
    /// <summary>The orders in the order of the text, and what is to be said about it. Throws a <see cref="Fault"/> with a line for every
    /// mistake, each with block and id.</summary>
    /// <param name="text">All of it.</param>
    /// <param name="folder">What paths are relative to, absolute.</param>
    /// <param name="backend">Of tasks that name none; null leaves it to the daemon.</param>
    public static (IReadOnlyList<TaskOrder> Tasks, IReadOnlyList<string> Remarks) Read(string text, string folder, string? backend)
    {
        var read = ParallelTasksImport.Read(new SourceText("", text));
        // What is checked is also cut to what a plan stores; here every task goes to its agent whole.
        var whole = read.Plan?.Items ?? [];
        var kept = DraftCheck.Finish(read);
        var errors = kept.Findings.Where(one => one.IsError).ToList();
        if (errors.Count > 0) throw Refused(errors.Select(one => Said(one, text)));
        var tasks = whole.Zip(kept.Plan!.Items, (raw, item) => Order(raw, item, text, folder, backend)).ToList();
        return (tasks, [.. kept.Findings.Where(one => one.Code is "text_before" or "file_order")
            .Select(one => $"{Said(one, text)} {one.Done}")]);
    }

    /// <summary>All that is wrong, one a line; nothing was started.</summary>
    public static Fault Refused(IEnumerable<string> lines) =>
        new(FaultCode.InvalidRequest, string.Join('\n', lines), "Nothing was started.");

    static TaskOrder Order(ItemDraft raw, ItemDraft item, string text, string folder, string? backend)
    {
        var headers = raw.Unknown is { } json ? JsonNode.Parse(json) : null;
        return new TaskOrder
        {
            Id = item.ForeignId,
            Prompt = raw.Description,
            Folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Filled(headers.Text("workdir")) ?? ".", folder)),
            Placed = Filled(headers.Text("workdir")) is not null,
            Session = Filled(headers.Text("session_id")),
            Backend = Filled(headers.Text("backend")) ?? backend,
            DependsOn = item.DependsOn,
            After = [.. item.After.Select(after => after.ForeignId)],
            Windowed = headers.Text("target_window") is not null,
            Block = Block(text, raw.Line ?? 0),
        };
    }

    static string? Filled(string? value) => string.IsNullOrEmpty(value) ? null : value;

    static string Said(ImportFinding finding, string text) =>
        finding.Line is not { } line || finding.Text.StartsWith("Block ", StringComparison.Ordinal) || Block(text, line) == 0
            ? finding.Text : $"Block {Block(text, line)}: {finding.Text}";

    /// <summary>The number of the block that begins in a line or stands there; 0 before the first.</summary>
    static int Block(string text, int line) => text.Split('\n').Take(line).Count(one => one.Trim('\ufeff', ' ', '\t', '\r') == Begin);
}
