using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Terminals;

namespace Orchestrator.Verbs;

/// <summary>One live view, from its first line to its last.</summary>
sealed class RunView(Invocation call, JsonNode run, int? history, CancellationTokenSource stop) : IDisposable
{
    /// <summary>Events that may wait for a screen.</summary>
    const int MostWaiting = 5000;

    readonly string id = run.Text("id") ?? "";
    readonly bool types = call.Around.InputIsTerminal && call.Around.OutIsTerminal && !call.Output.WantsJson && !call.Flag("--view");
    readonly Screen screen = new(call.Around, call.Settings.Color && call.Around.OutIsTerminal, call.Around.OutIsTerminal);
    readonly Backlog backlog = new(MostWaiting, call.Around.OutIsTerminal && !call.Output.WantsJson);
    readonly ManualResetEventSlim enter = new();
    RawTerminal? terminal;
    int left = ExitCodes.Interrupted;
    bool ended;

    /// <summary>Ends the view; the run goes on.</summary>
    public void Leave(int code)
    {
        left = code;
        backlog.End();
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself meanwhile.
        }
    }

    public void Dispose() => enter.Dispose();

    public int Show()
    {
        var api = call.Api(stop.Token);
        try
        {
            Header(api);
            if (types && (terminal = RawTerminal.Take()) is not null) screen.Edit(new LineEditor());
            using var resized = terminal is null ? null : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => screen.Redraw());
            if (terminal is not null)
                Start("keys", () => Keys(new Talk(api, call.Around, screen, run, () => Leave(ExitCodes.Ok), stop.Token)));
            var tail = new RunTail(api, call.Around, id, Remark, stop.Token);
            Past(tail, api);
            if (!ended) Live(tail);
            return ended ? End(api) : left;
        }
        catch (Exception e) when (e is OperationCanceledException || (e is IOException && e is not FileNotFoundException))
        {
            // Left, or the terminal or the pipe is gone: both end the view only.
            return left;
        }
        finally
        {
            Leave(left);
            GiveBack();
        }
    }

    void Header(Api api)
    {
        if (call.Output.WantsJson) return;
        var session = api.Sessions.Show(run.Text("session_id") ?? "")["session"];
        string?[] facts = [id, session.Text("title"), session.Text("project"), run.Text("profile"), run.Text("status")];
        screen.Print([new ShownLine(Tone.Said, '=', SafeText.Line(string.Join("  ", facts.OfType<string>())))]);
    }

    void Past(RunTail tail, Api api)
    {
        if (history is not { } most)
        {
            tail.All(entry => Take([entry]));
            return;
        }
        var (events, cut) = tail.Last(most);
        if (cut) screen.Remark("Earlier events are not shown; --history all shows them.");
        Take(events);
        if (!cut || call.Output.WantsJson) return;
        foreach (var open in api.Requests.List("open", id, null, new Page(20)).Entries("requests"))
            screen.Remark($"Open question {open.Text("id")}: {open.Text("text")}", Tone.Asked);
    }

    void Live(RunTail tail)
    {
        Start("events", () =>
        {
            try
            {
                tail.Live(entry => backlog.Add(entry) && !IsEnd(entry));
                backlog.End();
            }
            catch (Exception e) when (e is Fault or OperationCanceledException)
            {
                backlog.End(e);
            }
        });
        while (!ended)
        {
            var (skipped, events) = backlog.Take();
            if (skipped > 0) screen.Remark($"{skipped} lines of output were passed over; agentctl run output {id} has them.");
            if (events.Count == 0) return;
            Take(events);
        }
    }

    void Take(List<JsonNode> events)
    {
        ended = ended || events.Exists(IsEnd);
        if (call.Output.WantsJson)
        {
            foreach (var entry in events) call.Output.Entry(entry);
            return;
        }
        screen.Print(events.SelectMany(Lines));
    }

    IEnumerable<ShownLine> Lines(JsonNode entry)
    {
        var lines = EventLines.Of(entry, run.Text("session_id"), call.Around.Clock.LocalTimeZone);
        if (terminal is not null && lines.Count > 0 && entry.Text("event_type") == "request.created")
            lines.Add(new ShownLine(Tone.Faint, ' ', "/approve, /deny or /answer TEXT"));
        return lines;
    }

    int End(Api api)
    {
        var last = Last(api);
        if (!call.Output.WantsJson) screen.Print(EventLines.End(last));
        if (call.Flag("--hold") && terminal is not null)
        {
            screen.Remark("The run has ended. Enter closes this view.");
            enter.Wait(stop.Token);
        }
        return left = ExitCodes.OfRun(last.Text("status")) ?? ExitCodes.Failed;
    }

    /// <summary>The run as it ended, also when the daemon goes away in this very moment.</summary>
    JsonNode Last(Api api)
    {
        var patience = new Patience(call.Around.Clock, Remark, stop.Token);
        while (true)
        {
            try
            {
                return api.Runs.Show(id)["run"]!;
            }
            catch (Fault fault)
            {
                patience.OnFailure(fault);
            }
        }
    }

    void Keys(Talk talk)
    {
        var keys = new byte[4096];
        try
        {
            for (int count; (count = RawTerminal.Read(keys)) > 0;)
            {
                for (var at = 0; at < count;)
                {
                    var typed = screen.Change(line => TakeKeys(line, keys.AsSpan(0, count), ref at));
                    if (typed.What == Typed.Leave) Leave(keys[at - 1] == 3 ? ExitCodes.Interrupted : ExitCodes.Ok);
                    if (typed.What == Typed.Line) Enter(talk, typed.Line);
                }
            }
            Leave(ExitCodes.Interrupted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The terminal is gone, or the view has ended.
            Leave(ExitCodes.Interrupted);
        }
    }

    static (Typed What, string Line) TakeKeys(LineEditor line, ReadOnlySpan<byte> keys, ref int at)
    {
        while (at < keys.Length)
        {
            var what = line.Take(keys[at++]);
            if (what != Typed.Edit) return (what, line.Taken);
        }
        return (Typed.Edit, "");
    }

    void Enter(Talk talk, string line)
    {
        if (!ended)
        {
            talk.Take(line);
            return;
        }
        if (line.Length > 0) screen.Remark("The run has ended; this was not sent. agentctl resume goes on with its conversation.");
        enter.Set();
    }

    void GiveBack()
    {
        try
        {
            screen.Edit(null);
        }
        catch (IOException)
        {
            // Nobody looks any more.
        }
        terminal?.Dispose();
    }

    void Remark(string text)
    {
        if (call.Output.WantsJson) call.Output.Remark(text);
        else screen.Remark(text, Tone.Warning);
    }

    static void Start(string name, Action work) => new Thread(() => work()) { IsBackground = true, Name = name }.Start();

    static bool IsEnd(JsonNode entry) => entry.Text("event_type") is { } type
        && type.StartsWith("run.", StringComparison.Ordinal) && ExitCodes.OfRun(type[4..]) is not null;
}
