using Orchestrator.Agents;

namespace Orchestrator.Runs;

/// <summary>
/// The owner's side of a two-way run: hands what others want of it to the adapter, and puts what the adapter wants said into the agent's
/// input. Everything is stored first, in one transaction with what it follows from; the file is then brought up to the store, however far
/// an earlier daemon came. So each line reaches the agent's input once and whole; what the agent does with it is the agent's.
/// </summary>
sealed class InputWriter(RunStore runs, Watch watch, Held held, OutputReader reader)
{
    readonly string runId = held.Run.Id;
    long said = -1;
    long fed;
    bool inputEnded;
    bool broken;

    /// <summary>For a run whose agent is spoken with; null for the others.</summary>
    public static InputWriter? Of(RunStore runs, Watch watch, Held held, OutputReader reader) =>
        held.Folder.TwoWay ? new InputWriter(runs, watch, held, reader) : null;

    /// <summary>The first lines, what an earlier daemon stored and did not write, and what came meanwhile.</summary>
    public async Task Begin()
    {
        if (!runs.Store.Read(db => RunLines.Any(db, runId)) && held.Folder.Read(Launcher.OpeningFile) is { Length: > 0 } opening)
            await runs.Store.Write(transaction => RunLines.Add(transaction, runId, opening));
        Checkpoint.Reach(Checkpoint.InputStored);
        await Say();
        await Take();
    }

    /// <summary>Hands over what waits, in order. Messages that come too late stay where they are: the run's end sees to them.</summary>
    public async Task Take()
    {
        foreach (var command in runs.Store.Read(db => RunCommands.Waiting(db, runId)))
            if (command.Command is not MessageCommand || reader.Transcript.Talk is not ({ Over: true } or { StopAsked: true }))
                reader.Obey(command);
        await Keep();
    }

    /// <summary>Asks the agent to stop in its own words; true when it was.</summary>
    public async Task<bool> AskToStop()
    {
        var before = reader.Transcript.Talk;
        reader.Obey(new StopCommand());
        await Keep();
        return reader.Transcript.Talk is { StopAsked: true } || before is { Over: true };
    }

    /// <summary>Brings the agent's input up to the store, and ends it when the adapter is done with it.</summary>
    public async Task Say()
    {
        try
        {
            if (said != reader.Sent && !broken)
                Write();
            said = reader.Sent;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            broken = true;
            await watch.Warn(held, "input_lost", $"The agent's input can no longer be written: {e.Message}");
        }

        if (reader.Transcript.Talk is { Over: true })
            EndInput();
    }

    /// <summary>
    /// Ends the input as soon as the adapter is done with it, before that is stored: whoever reads the same lines again comes to the same
    /// end. What is still to be said goes first, and is stored before.
    /// </summary>
    public void EndIfDone()
    {
        if (reader.Transcript.Talk is { Over: true } && (said == reader.Sent || broken))
            EndInput();
    }

    void EndInput() => inputEnded = inputEnded || held.Folder.EndInput();

    void Write()
    {
        var there = held.Folder.Fed;
        if (there < fed)
            throw new IOException($"{held.Folder.InputPath} was removed or cut.");
        foreach (var piece in runs.Store.Read(db => RunLines.Beyond(db, runId, there)))
            held.Folder.Feed(piece.Start, piece.Bytes);
        fed = held.Folder.Fed;
        Checkpoint.Reach(Checkpoint.InputWritten);
    }

    async Task Keep()
    {
        if (reader.HasNews)
            await watch.Keep(held, reader);
        await Say();
    }
}
