using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Runs;

namespace Orchestrator.Verbs;

/// <summary><c>run …</c>: one run seen and stopped through the gateway's routes.</summary>
static class GatewayRunVerbs
{
    public static Command Run() => Verb.Group("run", "Single attempts by an agent.",
        AttachVerb.Attach(),
        Verb.Do("get", "Show a run.", call => call.Output.Document(call.Api().Runs.Show(call.Id("run"))), Verb.Id("run")),
        Verb.Do("list", "List runs, newest first.", List,
        [
            Verb.Text("--status", "Only those in this status.", "STATUS"),
            Verb.Text("--session-id", "Only those of this session.", "ID"),
            .. GatewayVerbs.Paging(),
        ]),
        Verb.Do("wait", "Wait for the end of a run and print {run, timed_out}.", Wait, WaitSymbols()),
        Verb.Do("diagnose", "Why a run is where it is.",
            call => call.Output.Document(call.Api().Runs.Diagnose(call.Id("run"))), Verb.Id("run")),
        Verb.Do("cancel", "Stop a run and its children.",
            call => call.Output.Document(call.Api().Runs.Cancel(call.Id("run"))), Verb.Id("run")),
        Verb.Do("transition", "Move a run to another status; from outside only to canceled.", Transition,
        [
            .. Verb.Id("run"),
            Verb.Text("--to-status", "The status wanted.", "STATUS"),
            Verb.Text("--reason", "Why, for the record.", "TEXT"),
        ]),
        Verb.Do("output", "The bytes an agent wrote, as they are.", ShowOutput,
        [
            .. Verb.Id("run"),
            Verb.Text("--stream", "stdout or stderr.", "NAME"),
            Verb.Text("--offset", "Begin at this byte.", "BYTES"),
            Verb.Flag("--follow", "Go on until the run has ended.", "-f"),
        ]),
        Verb.Do("checks", "The daemon's own checks of a run's work, newest first, with what they saw.",
            call => call.Output.Document(call.Api().Checks.OfRun(call.Id("run"), null)), Verb.Id("run")),
        Verb.Do("diff", "What a run changed: a unified diff, or with --format json the files.", Diff, Verb.Id("run")));

    /// <summary>What <see cref="Wait"/> takes.</summary>
    public static Symbol[] WaitSymbols() =>
    [
        .. Verb.Id("run"),
        Verb.Text("--timeout", "Longest wait in seconds (30; 0 only looks).", "SECONDS", "--timeout-s"),
        Verb.Text("--interval-ms", "How often the daemon looks: a hint.", "MS"),
        Chain(),
    ];

    /// <summary>Waits for the last attempt of a chain instead of the run alone.</summary>
    public static Option Chain() => Verb.Flag("--chain", "Also for the attempts that follow it by themselves; prints the last one.");

    static int List(Invocation call) => call.Output.Document(
        call.Api().Runs.List(call.Text("--status"), call.Text("--session-id"), null, null, GatewayVerbs.PageOf(call)));

    /// <summary>Waits for a run and prints {run, timed_out}; also an agent's <c>tool session-wait</c>.</summary>
    public static int Wait(Invocation call)
    {
        var interval = call.Number("--interval-ms", 1, 300_000) is { } ms ? TimeSpan.FromMilliseconds(ms) : (TimeSpan?)null;
        var outcome = RunWait.For(call, call.Id("run"), call.Seconds("--timeout") ?? TimeSpan.FromSeconds(30), interval,
            call.Flag("--chain"));
        var answer = new JsonObject { ["run"] = outcome.Run.DeepClone(), ["timed_out"] = outcome.TimedOut };
        var printed = call.Output.Document(answer);
        return printed == ExitCodes.Ok ? outcome.ExitCode : printed;
    }

    static int Transition(Invocation call) => call.Output.Document(call.Api().Runs.Transition(call.Id("run"),
        new CancelRun.Request(call.Need("--to-status"), call.Text("--reason"))));

    static int Diff(Invocation call) => Diff(call, call.Id("run"));

    /// <summary>Prints what one run changed.</summary>
    public static int Diff(Invocation call, string run)
    {
        var runs = call.Api().Runs;
        if (call.Output.WantsJson) return call.Output.Document(runs.DiffFiles(run));
        var bytes = Copy(call, runs.Diff(run), out _);
        if (bytes == 0) call.Output.Remark(WhyNoDiff(runs.Show(run)));
        return ExitCodes.Ok;
    }

    /// <summary>An empty diff has several meanings, and silence would say "nothing was changed" for all of them.</summary>
    public static string WhyNoDiff(JsonNode answer)
    {
        if (ExitCodes.OfRun(answer.Text("run.status")) is null) return "There is no diff yet: the run has not ended.";
        return (answer.Text("run.workspace.kind"), answer.Text("run.workspace.base")) switch
        {
            (null, _) => "There is no diff: the run never had a workspace.",
            (_, null) => $"There is no diff: {answer.Text("run.workspace.path")} is no git repository.",
            _ => "The run changed nothing.",
        };
    }

    static int ShowOutput(Invocation call)
    {
        var stream = call.Text("--stream") ?? "stdout";
        if (stream is not ("stdout" or "stderr")) throw Invocation.Usage($"--stream is stdout or stderr, not '{stream}'.");
        var offset = call.Text("--offset") ?? "0";
        if (!long.TryParse(offset, out var from) || from < 0) throw Invocation.Usage($"--offset takes a number of bytes, not '{offset}'.");
        if (!call.Flag("--follow"))
        {
            while (CopyFrom(call, call.Api().Runs, stream, ref from)) { }
            return ExitCodes.Ok;
        }
        using var stop = new CancellationTokenSource();
        using var signals = CommandLine.OnInterrupt(stop.Cancel);
        return Follow(call, call.Api(stop.Token).Runs, stream, from, stop.Token);
    }

    /// <summary>Polls for new bytes; the status is read before the bytes, so that an ended run's last bytes are never missed.</summary>
    static int Follow(Invocation call, RunCalls runs, string stream, long from, CancellationToken stop)
    {
        var patience = new Patience(call.Around.Clock, call.Output.Remark, stop);
        while (true)
        {
            try
            {
                var run = runs.Show(call.Id("run"));
                while (CopyFrom(call, runs, stream, ref from)) { }
                patience.Answered();
                if (ExitCodes.OfRun(run.Text("run.status"), run.Text("run.reason")) is { } code) return code;
                stop.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(200));
                stop.ThrowIfCancellationRequested();
            }
            catch (Fault fault)
            {
                patience.OnFailure(fault);
            }
        }
    }

    /// <summary>Copies what there is from an offset and moves it on; false when there was nothing.</summary>
    static bool CopyFrom(Invocation call, RunCalls runs, string stream, ref long from)
    {
        var copied = Copy(call, runs.Output(call.Id("run"), stream, from), out var next);
        from = next ?? from + copied;
        return copied > 0;
    }

    /// <summary>Copies an answer's bytes to standard output as they are; how many there were, and where to go on.</summary>
    public static long Copy(Invocation call, Answer opened, out long? next)
    {
        using var answer = opened;
        next = answer.Headers.TryGetValue("X-Next-Offset", out var header) && long.TryParse(header, out var offset) ? offset : null;
        var target = call.Around.RawOut();
        var piece = new byte[64 * 1024];
        long total = 0;
        try
        {
            for (int count; (count = answer.Read(piece)) > 0; total += count) target.Write(piece, 0, count);
        }
        catch (IOException e)
        {
            // What was written is written: only the bytes that are still missing may come again.
            call.Stop.ThrowIfCancellationRequested();
            throw new Fault(FaultCode.Unavailable, $"The output broke off after {total} bytes ({e.Message}).",
                $"Go on with --offset {(next is null ? total : next - total)}.");
        }
        target.Flush();
        return total;
    }
}
