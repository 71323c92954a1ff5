using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Plans;

namespace Orchestrator.Verbs;

/// <summary>
/// <c>spec run</c>: consent, then the daemon carries the plan to its end while this command looks on, keeps the files beside the spec up to
/// date, and says at the end what came of it. Leaving it stops nothing.
/// </summary>
static class SpecRun
{
    /// <summary>Exit code when nothing goes on before a person decides; fixed by the scripts this stands for.</summary>
    const int DecisionPending = 2;

    /// <summary>Looks in a row at which nothing could move before that is believed.</summary>
    const int QuietLooks = 3;

    static readonly string[] Ended = ["completed", "failed", "canceled"];

    public static int Run(Invocation call)
    {
        if (call.Text("--mode") is { } mode && !PlanModes.All.Contains(mode))
            throw Invocation.Usage($"--mode is deterministic or llm, not '{mode}'.");
        var source = SpecSource.Of(call, call.Text("--spec"), call.Text("--state"));
        if (source.Import(call, SpecSource.Project(call, call.Flag("--yes") || call.Around.InputIsTerminal)) is not { } plan)
            return ExitCodes.Failed;
        var id = plan.Text("id")!;
        var files = new SpecFiles(SpecVerbs.FolderOf(call, source), source.TasksMd, At(call, "--tasks"), At(call, "--pulse"), source.State);
        if (plan.Text("status") == "draft" && !PlanImportVerb.Consent(call, call.Api().Plans.Show(id),
            $"agentctl spec run --yes {(source.Folder is { } folder ? $"--spec {folder}" : $"--state {source.State}")}"))
            return call.Around.InputIsTerminal ? ExitCodes.Failed : DecisionPending;
        if (plan.Text("status") is "draft" or "paused" or "running" or "needs_decision")
            Go(call, source, plan);
        using var stop = new CancellationTokenSource();
        using var signals = CommandLine.OnInterrupt(stop.Cancel);
        return Follow(call, id, files, stop.Token);
    }

    static string? At(Invocation call, string option) =>
        call.Text(option) is { } path ? Path.GetFullPath(path, call.Around.Folder) : null;

    /// <summary>From now on it goes by itself, as this command says.</summary>
    static void Go(Invocation call, SpecSource source, JsonNode plan)
    {
        var plans = call.Api().Plans;
        var request = new MovePlan.Request(null, call.Flag("--with-optional") ? true : null, null, call.Text("--mode"), false,
            source.Kept(call, plan.Text("project")));
        var id = plan.Text("id")!;
        if (plan.Text("status") == "draft")
        {
            plans.Start(id, request);
            return;
        }

        try
        {
            plans.Resume(id, request);
        }
        catch (Fault fault) when (fault.Code == FaultCode.Conflict && Ended.Contains(plans.Show(id).Text("plan.status")))
        {
            // It came to its end since it was looked at: that is what is told of.
        }
    }

    static int Follow(Invocation call, string id, SpecFiles files, CancellationToken stop)
    {
        var (clock, begun) = (call.Around.Clock, call.Around.Clock.GetTimestamp());
        var pause = call.Seconds("--sleep") ?? TimeSpan.FromSeconds(1);
        var limit = call.Seconds("--timeout");
        var patience = new Patience(clock, call.Output.Remark, stop);
        var plans = call.Api(stop).Plans;
        var (told, quiet) = ("", 0);
        while (true)
        {
            try
            {
                var shown = plans.Show(id);
                var plan = shown["plan"]!;
                patience.Answered();
                if (Progress(plan) is var now && now != told)
                {
                    files.Write(plans, id);
                    call.Output.Remark(told = now);
                }

                if (Ended.Contains(plan.Text("status")))
                    return End(call, plans, id, plan, files);
                quiet = plan.Text("status") is "needs_decision" or "paused" && !Moves(plans, shown) ? quiet + 1 : 0;
                if (quiet >= QuietLooks)
                    return End(call, plans, id, plan, files);
                if (limit is { } most && clock.GetElapsedTime(begun) > most)
                {
                    call.Output.Remark($"The time is up; the work goes on: agentctl plan show {id}");
                    return End(call, plans, id, plan, files);
                }
            }
            catch (Fault fault)
            {
                patience.OnFailure(fault);
            }

            stop.WaitHandle.WaitOne(pause);
            if (stop.IsCancellationRequested)
            {
                call.Output.Remark($"The work goes on: agentctl plan show {id}; to hold it: agentctl plan pause {id}");
                return ExitCodes.Interrupted;
            }
        }
    }

    /// <summary>Something of it is at work, or may start by itself, or is asked of a controller.</summary>
    static bool Moves(PlanCalls plans, JsonNode shown) => shown.Entries("consults").Any(one => one.Text("status") == "asked")
        || plans.Why(shown.Text("plan.id")!).Entries("items").Any(item =>
        item.Text("status") == "in_flight" || !item.Entries("causes").Any());

    // 3/8 decided: 2 in_flight, 3 ready; needs_decision (1 to decide)
    static string Progress(JsonNode plan)
    {
        var counts = (plan["counts"] as JsonObject ?? []).Where(count => count.Key is not ("done" or "skipped"))
            .OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Value} {count.Key}");
        var decisions = plan.Entries("decisions").Count();
        return $"{plan.Cell("decided")}/{plan.Cell("total")} done{string.Concat(counts.Select(count => $", {count}"))}; "
            + plan.Text("status") + (decisions > 0 ? $" ({decisions} to decide)" : "");
    }

    static int End(Invocation call, PlanCalls plans, string id, JsonNode plan, SpecFiles files)
    {
        files.Write(plans, id);
        var summary = plans.Export(id, new ExportPlan.Request("summary", null)).Text("text") ?? "";
        var code = plan.Text("status") switch
        {
            "completed" => ExitCodes.Ok,
            "needs_decision" => DecisionPending,
            _ => ExitCodes.Failed,
        };
        foreach (var decision in plan.Entries("decisions"))
            call.Output.Remark(SafeText.Line($"to decide: {decision.Text("text")} agentctl plan decide {id} "
                + (decision.Text("foreign_id") is { } item ? $"--item {item}" : $"--phase {decision.Cell("phase")}") + " --option "
                + string.Join('|', (decision["options"] as JsonArray ?? []).Select(option => (string?)option))));
        if (call.Output.WantsJson)
            call.Output.Document(new JsonObject { ["plan"] = plan.DeepClone(), ["exit_code"] = code, ["summary"] = summary });
        else
            call.Output.Line(summary.TrimEnd('\n'));
        return code;
    }
}
