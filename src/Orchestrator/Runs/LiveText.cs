using System.Text;
using Orchestrator.Agents;

namespace Orchestrator.Runs;

/// <summary>Joins pieces of one text, so that a hundred small ones are one event. Nothing is lost and nothing changes its order.</summary>
sealed class LiveText
{
    /// <summary>Most characters of one event: fits its bound however many bytes a character takes.</summary>
    const int Most = 16 * 1024;

    readonly StringBuilder text = new();
    Delta? first;

    /// <summary>True when nothing waits.</summary>
    public bool IsEmpty => first is null;

    /// <summary>Takes a piece; what is whole because of it comes back.</summary>
    public IReadOnlyList<Delta> Add(Delta piece)
    {
        if (piece.Text.Length == 0)
            return [];
        var whole = new List<Delta>();
        if (first is { } open && (open.Of, open.Id) != (piece.Of, piece.Id))
            whole.AddRange(End());
        var rest = piece.Text.AsSpan();
        while (rest.Length > 0)
        {
            var room = Math.Min(Most - text.Length, rest.Length);
            // Never between the halves of one character.
            if (room < rest.Length && room > 0 && char.IsHighSurrogate(rest[room - 1]))
                room--;
            if (room == 0)
            {
                whole.AddRange(End());
                continue;
            }
            first ??= piece;
            text.Append(rest[..room]);
            rest = rest[room..];
        }
        return whole;
    }

    /// <summary>What waits, as one piece; none when nothing does.</summary>
    public IReadOnlyList<Delta> End()
    {
        if (first is not { } open)
            return [];
        first = null;
        var whole = open with { Text = text.ToString() };
        text.Clear();
        return [whole];
    }
}

/// <summary>How long text that is still growing waits to be stored.</summary>
sealed class LiveWait(TimeProvider clock)
{
    static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    long? since;

    /// <summary>True while it may wait; false when there is something else, or it has waited long enough.</summary>
    public bool Holds(bool onlyLive)
    {
        if (!onlyLive)
        {
            since = null;
            return false;
        }
        since ??= clock.GetTimestamp();
        if (clock.GetElapsedTime(since.Value) < Longest)
            return true;
        since = null;
        return false;
    }
}
