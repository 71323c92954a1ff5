using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Items;

namespace Orchestrator.Verbs;

/// <summary>The queue as a whole: <c>list</c>, <c>status</c>, <c>log</c>, <c>pause</c>, <c>unpause</c>, <c>clear</c>.</summary>
static class BoardVerbs
{
    /// <summary>Items shown of each group, where nothing else is said.</summary>
    const int PerGroup = 100;

    /// <summary>Columns of a title.</summary>
    const int TitleColumns = 60;

    public static Command List() => Verb.Do("list", "The queue as a board, group by group; with --runs the last runs.", [AgentOrc.Format],
        call => call.Flag("--runs") || call.Format == AgentOrc.Format ? RunVerbs.ListRuns(call) : Board(call),
        Verb.Text("--status", "Only items in this status; several by commas.", "STATUS"),
        Verb.Text("--project", "Only items of this project.", "NAME"),
        Verb.Flag("--runs", "Runs instead, as 'runs' prints them."),
        Verb.Text("--limit", "At most so many of each group (100); of runs 30.", "N"));

    public static Command Status() => Verb.Do("status", "How many items are where, who works, and how far the projects are.", ShowStatus);

    public static Command Log() => Verb.Do("log", "What happened to an item: who or what moved it, and when.", ShowLog, Verb.Id("item"));

    public static Command Pause() => Verb.Do("pause", "Let nothing start from the queue, or from one project; what is at work goes on.",
        call => Paused(call, call.Api().Items.Pause(new PauseQueue.Request(call.Text("--project"), call.Text("--note")))),
        Verb.Text("--project", "Only this project.", "NAME"), Verb.Text("--note", "Why.", "TEXT"));

    public static Command Unpause() => Verb.Do("unpause", "Take a pause back.",
        call => Paused(call, call.Api().Items.Unpause(new PauseQueue.Request(call.Text("--project"), null))),
        Verb.Text("--project", "Only this project.", "NAME"));

    public static Command Clear() => Verb.Do("clear", "Empty the queue; events and folders stay.", call =>
    {
        if (!call.Flag("--confirm"))
            throw Invocation.Usage("This takes every item out of the queue. Nothing was done.", "agentctl clear --confirm");
        return call.Output.Document(call.Api().Items.Clear(new ClearItems.Request(true)));
    }, Verb.Flag("--confirm", "Really."));

    static int Board(Invocation call)
    {
        var (wanted, project, most) = (call.Text("--status"), call.Text("--project"), call.Number("--limit", 1, 500));
        if (call.Output.WantsJson)
            return call.Output.Document(Whole(call, wanted, project, most));
        var counts = call.Api().Items.Stats()["by_status"]!.AsObject();
        if (wanted is not null && call.Api().Items.List(wanted, project, null, new Page(1)).Entries("items").FirstOrDefault() is null)
            call.Output.Line($"No item is in {wanted}.");
        else if (counts.Sum(count => (long)count.Value!) == 0)
            call.Output.Line("The queue is empty: agentctl add \"title\" adds an item.");
        foreach (var (status, count) in counts)
            if ((long)count! > 0 && (wanted is null || wanted.Split(',').Contains(status)))
                Group(call, status, (long)count!, project, most ?? PerGroup);
        return ExitCodes.Ok;
    }

    /// <summary>Every item, page by page.</summary>
    static JsonObject Whole(Invocation call, string? status, string? project, int? most)
    {
        var (items, cursor) = (new JsonArray(), (string?)null);
        do
        {
            var page = call.Api().Items.List(status, project, null, new Page(most ?? 500, cursor));
            foreach (var item in page.Entries("items"))
                items.Add(item.DeepClone());
            cursor = page.Text("next_cursor");
        }
        while (cursor is not null && most is null);
        return new JsonObject { ["items"] = items, ["count"] = items.Count };
    }

    static void Group(Invocation call, string status, long count, string? project, int most)
    {
        var page = call.Api().Items.List(status, project, null, new Page(most));
        var items = page.Entries("items").ToList();
        if (items.Count == 0)
            return;
        var all = project is null ? count : items.Count;
        call.Output.Line($"{status.ToUpperInvariant().Replace('_', ' ')} ({all}{(project is not null && items.Count == most ? "+" : "")})");
        foreach (var item in items)
            call.Output.Line("  " + Row(item));
        if (all > items.Count)
            call.Output.Line($"  … and {all - items.Count} more: agentctl list --status {status} --limit 500");
    }

    /// <summary><c>1a2b3c4d  !!  Fix the login  demo  2 of 3 done first</c></summary>
    static string Row(JsonNode item)
    {
        var title = SafeText.Line(item.Text("title") ?? "");
        if (SafeText.Columns(title) > TitleColumns)
            title = SafeText.Wrap(title, TitleColumns - 1).First().TrimEnd() + "…";
        List<string> more = [];
        if (item.Text("project") is { } project)
            more.Add(SafeText.Line(project));
        if (item["open_dependencies"] is JsonValue open && (long)open > 0)
            more.Add($"waits for {(long)open}");
        if (item.Text("status") == "in_flight" && item.Text("assigned_agent_id") is { } agent)
            more.Add($"with {SafeText.Line(agent)}");
        if (item.Entries("causes").FirstOrDefault() is { } cause)
            more.Add(cause.Cell("kind"));
        if (item.Text("status") == "done" && item["unchecked"] is JsonValue said && (bool)said)
            more.Add("unchecked");
        var mark = item.Text("priority") switch { "urgent" => "!!", "high" => "! ", _ => "  " };
        return $"{item.Text("id")?[..8]}  {mark}  {title}{(more.Count > 0 ? "  · " + string.Join(" · ", more) : "")}".TrimEnd();
    }

    static int ShowStatus(Invocation call)
    {
        var api = call.Api();
        var document = new JsonObject
        {
            ["items"] = api.Items.Stats().DeepClone(),
            ["agents"] = api.Items.Workers()["agents"]!.DeepClone(),
            ["executor"] = api.Items.Executions().DeepClone(),
            ["projects"] = api.Items.Projects()["projects"]!.DeepClone(),
        };
        if (call.Output.WantsJson)
            return call.Output.Document(document);
        foreach (var (status, count) in document["items"]!["by_status"]!.AsObject())
            call.Output.Line($"{status,-10} {(long)count!}");
        var agents = document.Entries("agents").ToList();
        call.Output.Line($"agents     {agents.Count}, {agents.Count(agent => agent.Text("status") == "working")} working");
        call.Output.Line($"runs       {document["executor"].Entries("executions").Count(one => one.Text("mode") == "automatic")} of "
            + $"{document["executor"].Cell("maxConcurrent")} slots");
        var projects = document.Entries("projects").ToList();
        call.Output.Line($"projects   {projects.Count}, {projects.Count(project => project.Text("status") == "active")} active");
        return ExitCodes.Ok;
    }

    static int ShowLog(Invocation call)
    {
        var (id, cursor) = (call.Id("item"), (string?)null);
        while (true)
        {
            var page = call.Api().Items.Events(id, new Page(500, cursor));
            var events = page.Entries("events").ToList();
            foreach (var entry in events)
                if (!call.Output.WantsJson)
                    call.Output.Line(Happened(entry));
                else if (!call.Output.Entry(entry))
                    return call.Output.MissingField();
            if (events.Count < 500)
                return ExitCodes.Ok;
            cursor = page.Text("next_cursor");
        }
    }

    /// <summary><c>2026-01-31 09:30:00  item.moved  ready → in_flight  claimed  by local</c></summary>
    static string Happened(JsonNode entry)
    {
        var data = entry["data"];
        List<string> words = [(entry.Text("created_at") ?? "")[..19].Replace('T', ' '), entry.Cell("event_type")];
        if (data.Text("to") is { } to)
            words.Add($"{data.Text("from")} → {to}");
        if (data.Text("verdict") is { } verdict)
            words.Add(verdict);
        if ((data.Text("reason") ?? data.Text("summary") ?? data.Text("problem")) is { } reason)
            words.Add(SafeText.Line(reason));
        if ((data.Text("run_id") ?? data.Text("agent_id")) is { } who)
            words.Add(SafeText.Line(who));
        words.Add($"by {SafeText.Line(entry.Text("actor") ?? "")}");
        return string.Join("  ", words);
    }

    static int Paused(Invocation call, JsonNode answer)
    {
        if (call.Output.WantsJson)
            return call.Output.Document(answer);
        var paused = answer.Entries("paused").ToList();
        if (paused.Count == 0)
            call.Output.Line("Nothing is paused.");
        foreach (var one in paused)
        {
            var note = one.Text("note") is { } said ? $" ({SafeText.Line(said)})" : "";
            call.Output.Line($"Paused: {one.Text("project") ?? "everything"}{note}");
        }

        return ExitCodes.Ok;
    }
}
