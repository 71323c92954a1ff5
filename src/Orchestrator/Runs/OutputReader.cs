using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Events;
using Orchestrator.Terminals;

namespace Orchestrator.Runs;

/// <summary>
/// Reads a run's two journals from the stored offsets and turns lines into events through the adapter. Holds nothing that is not
/// stored with the offsets, so a new daemon goes on exactly where the last commit was.
/// </summary>
sealed class OutputReader : IDisposable
{
    const int StderrTailBytes = 8 * 1024;

    readonly Run run;
    readonly IAgent agent;
    readonly RunLimits limits;
    Journal stdout;
    Journal stderr;
    readonly RunFolder folder;
    readonly List<NewEvent> pending = [];
    readonly List<Signal> asks = [];
    readonly List<string> send = [];
    readonly List<RunCommand> taken = [];
    readonly LiveText live = new();
    Transcript transcript;
    OutputCut cut;
    long lineEvents;
    bool begun;

    public OutputReader(Run run, IAgent agent, AgentOrder order, RunFolder folder, RunLimits limits)
    {
        this.run = run;
        this.agent = agent;
        this.limits = limits;
        this.folder = folder;
        transcript = run.Transcript ?? agent.Begin(order);
        lineEvents = run.LineEvents;
        begun = lineEvents > 0;
        cut = OutputCut.Read(run.OutputCut);
        stdout = new Journal(folder.StdoutPath, run.StdoutOffset, JournalLimits.Protocol);
        stderr = new Journal(folder.StderrPath, run.StderrOffset, JournalLimits.Protocol);
        // The hole in the file counts: a daemon may have died after it made one and before it stored it.
        cut.Stdout = stdout.Cut = CutRange.Around(cut.Stdout, stdout.Cut);
        cut.Stderr = stderr.Cut = CutRange.Around(cut.Stderr, stderr.Cut);
        if (cut is { Stdout: not null } or { Stderr: not null })
            WarnOfCut();
    }

    /// <summary>What has been understood so far.</summary>
    public Transcript Transcript => transcript;

    /// <summary>Bytes written by the run so far, on both journals: grows with any sign of life.</summary>
    public long Written => stdout.Length + stderr.Length;

    /// <summary>
    /// Reads what is there, at most a batch. With <paramref name="final"/> (the process has ended) a last line without line end counts, and
    /// beyond the limit of events the tail is read. True when there was anything; call again then.
    /// </summary>
    public bool Read(bool final)
    {
        Trim(folder.StdoutPath, stdout, ref cut.Stdout);
        Trim(folder.StderrPath, stderr, ref cut.Stderr);
        if (lineEvents >= limits.LineEvents && !cut.TailReached)
        {
            if (!final)
                return pending.Count > 0;
            JumpToTail();
        }

        var before = (stdout.Offset, stderr.Offset);
        var more = Take(stdout.Read(final), fromStderr: false);
        more |= Take(stderr.Read(final), fromStderr: true);
        // A batch may end inside a long line: nothing to show yet, and yet not all that is there.
        return more || before != (stdout.Offset, stderr.Offset) || pending.Count > 0 || !live.IsEmpty;
    }

    /// <summary>
    /// True when all there is to store is text that is still growing. It may wait a moment: what is not stored is read again after a
    /// crash.
    /// </summary>
    public bool OnlyLive => !live.IsEmpty && pending.Count + asks.Count + send.Count + taken.Count == 0;

    /// <summary>Lines for the agent's input so far: grows with any that must be written.</summary>
    public long Sent { get; private set; }

    /// <summary>True when something is to be stored though nothing was read.</summary>
    public bool HasNews => pending.Count + asks.Count + send.Count + taken.Count > 0 || !live.IsEmpty;

    /// <summary>Hands a command to the adapter; it counts as taken when what follows from it is stored.</summary>
    public void Obey(RunCommand command)
    {
        taken.Add(command);
        Obey(command.Command);
    }

    /// <summary>Hands the adapter a wish of the owner's own.</summary>
    public void Obey(AgentCommand command)
    {
        try
        {
            Understood(agent.Obey(transcript, command));
        }
        catch (Exception e)
        {
            // As with a line our own code stumbles over: it would be met again at every start.
            pending.Add(new NewEvent(RunEvents.Warning, "daemon", RunEvents.WarningData("command_not_understood",
                $"A {command.GetType().Name} could not be put into the agent's protocol ({e.GetType().Name}): {e.Message}"),
                run.SessionId, run.Id));
        }
    }

    /// <summary>What was read since the last call, to be stored.</summary>
    public Progress Drain()
    {
        Tell(live.End());
        var events = pending.ToArray();
        pending.Clear();
        var (asked, lines, commands) = (asks.ToArray(), send.ToArray(), taken.ToArray());
        asks.Clear();
        send.Clear();
        taken.Clear();
        var begins = !begun && lineEvents > 0;
        begun |= begins;
        return new Progress(stdout.Offset, stderr.Offset, lineEvents, transcript, cut.Write(), events)
        {
            Begins = begins,
            Asks = asked,
            Send = lines,
            Taken = commands,
        };
    }

    public void Dispose()
    {
        stdout.Dispose();
        stderr.Dispose();
    }

    bool Take(JournalBatch batch, bool fromStderr)
    {
        foreach (var line in batch.Lines)
        {
            var before = pending.Count;
            Understand(new OutputLine(fromStderr, line.Text, line.Truncated, line.Complete));
            lineEvents += pending.Count - before;
        }

        return batch.More;
    }

    void Understand(OutputLine line)
    {
        var before = pending.Count;
        try
        {
            Understood(agent.Read(transcript, line));
        }
        catch (Exception e)
        {
            // A line our own code stumbles over would be met again at every start, and the run never end: it is shown as printed instead.
            pending.RemoveRange(before, pending.Count - before);
            pending.Add(RunEvents.From(new Printed(line.FromStderr, line.Text, line.Truncated), run));
            pending.Add(new NewEvent(RunEvents.Warning, "daemon", RunEvents.WarningData("line_not_understood",
                $"This line could not be read as the agent's protocol ({e.GetType().Name}): {e.Message}"), run.SessionId, run.Id));
        }
    }

    void Understood(Reading reading)
    {
        foreach (var signal in reading.Signals)
        {
            if (signal is Delta piece)
            {
                Tell(live.Add(piece));
                continue;
            }

            Tell(live.End());
            if (signal is ApprovalAsked or ApprovalDropped)
                asks.Add(signal);
            else
                pending.Add(RunEvents.From(signal, run));
        }

        if (reading.Send is { } lines)
        {
            send.AddRange(lines);
            Sent += lines.Count;
        }

        var turns = reading.Signals.Count(signal => signal is Said or ToolCalled);
        transcript = turns == 0 ? reading.Transcript : reading.Transcript with { Turns = reading.Transcript.Turns + turns };
    }

    void Tell(IEnumerable<Delta> whole)
    {
        foreach (var piece in whole)
            pending.Add(RunEvents.From(piece, run));
    }

    /// <summary>The end of standard error, at most 8 KiB: read from the file, so that a restart forgets nothing.</summary>
    public string StderrTail()
    {
        try
        {
            using var file = new FileStream(folder.StderrPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            file.Seek(-Math.Min(file.Length, StderrTailBytes), SeekOrigin.End);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            return "";
        }
    }

    // The flood is over: what lies between the last event and the tail gives no events, and one warning says so.
    void JumpToTail()
    {
        var from = stdout.Offset;
        var skipped = Jump(ref stdout, folder.StdoutPath) + Jump(ref stderr, folder.StderrPath);
        cut.TailReached = true;
        cut.SkippedBytes = skipped;
        if (skipped > 0)
            Warn($"The run wrote more than {limits.LineEvents} lines: {skipped} bytes from offset {from} on gave no events; the "
                + $"journal has them as far as it is kept.");
    }

    // Goes on at the first whole line of the tail; returns the bytes passed over.
    long Jump(ref Journal journal, string path)
    {
        var old = journal.Offset;
        var target = JournalTail.Start(path, old, limits.TailBytes);
        if (target <= old)
            return 0;
        var range = journal.Cut;
        journal.Dispose();
        journal = new Journal(path, target, JournalLimits.Protocol) { Cut = range };
        return target - old;
    }

    // Offsets stay valid: the middle of the file becomes a hole.
    void Trim(string path, Journal journal, ref CutRange? range)
    {
        if (journal.Length <= limits.JournalBytes + (range?.Length ?? 0) + (limits.JournalBytes / 8))
            return;
        try
        {
            range = JournalCut.Enforce(path, limits.JournalBytes / 2, limits.JournalBytes / 2, range) ?? range;
        }
        catch (IOException e)
        {
            // The file is gone, or its file system cannot make holes: the run is read and ended all the same.
            Warn($"The run wrote more than {limits.JournalBytes} bytes and its journal could not be cut: {e.Message}");
            return;
        }

        journal.Cut = range;
        if (range is not null)
            WarnOfCut();
    }

    void WarnOfCut() =>
        Warn($"The run wrote more than {limits.JournalBytes} bytes: the middle of its journal is cut out, beginning and end are kept, "
            + "offsets stay.");

    void Warn(string text)
    {
        if (cut.Warned)
            return;
        cut.Warned = true;
        pending.Add(new NewEvent(RunEvents.Warning, "daemon", RunEvents.WarningData("output_cut", text), run.SessionId, run.Id));
    }
}

/// <summary>What of a run's output is not kept or gave no events; stored with the offsets.</summary>
struct OutputCut
{
    public CutRange? Stdout;
    public CutRange? Stderr;

    /// <summary>After a flood, reading went on at the tail.</summary>
    public bool TailReached;
    public long SkippedBytes;

    /// <summary>The one warning was given.</summary>
    public bool Warned;

    public readonly string? Write() => Stdout is null && Stderr is null && !TailReached && !Warned
        ? null
        : new JsonObject
        {
            ["stdout"] = Range(Stdout),
            ["stderr"] = Range(Stderr),
            ["tail_reached"] = TailReached,
            ["skipped_bytes"] = SkippedBytes,
            ["warned"] = Warned,
        }.ToJsonString();

    public static OutputCut Read(System.Text.Json.JsonElement? stored) => stored is not { } json
        ? default
        : new OutputCut
        {
            Stdout = Range(json.GetProperty("stdout")),
            Stderr = Range(json.GetProperty("stderr")),
            TailReached = json.GetProperty("tail_reached").GetBoolean(),
            SkippedBytes = json.GetProperty("skipped_bytes").GetInt64(),
            Warned = json.GetProperty("warned").GetBoolean(),
        };

    static JsonArray? Range(CutRange? range) => range is { } cut ? [cut.Start, cut.End] : null;

    static CutRange? Range(System.Text.Json.JsonElement json) =>
        json.ValueKind == System.Text.Json.JsonValueKind.Array ? new CutRange(json[0].GetInt64(), json[1].GetInt64()) : null;
}
