using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;

namespace Orchestrator.Mcp;

/// <summary>A piece of an agent's raw output.</summary>
/// <param name="Text">Whole characters only.</param>
/// <param name="Offset">Where it begins, in bytes; later than asked for when something in between is no longer kept.</param>
/// <param name="Next">Where to go on, in bytes.</param>
readonly record struct OutputPiece(string Text, long Offset, long Next);

/// <summary>
/// The daemon, as one call of a tool needs it. A daemon that is away for a restart is waited for within the call's own limit: every
/// change carries a key, so asking again after a cut connection changes nothing twice.
/// </summary>
sealed class Gateway(Settings settings, TimeProvider clock, Action<string> remark, CancellationToken stop)
{
    /// <summary>How long an ordinary call waits for a daemon that is away.</summary>
    static readonly TimeSpan Ordinary = TimeSpan.FromSeconds(30);

    /// <summary>What a call may take beyond its limit: the way to the daemon and back.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>An ordinary question or change.</summary>
    public JsonNode Ask(Func<Api, JsonNode> ask) => Try(Ordinary, (daemon, _) => ask(daemon));

    /// <summary>A question the daemon holds until it knows the answer or the time is up.</summary>
    /// <param name="ask">Asked with the time that is left.</param>
    /// <param name="limit">Longest wait, absences of the daemon included.</param>
    public JsonNode Hold(Func<Api, TimeSpan, JsonNode> ask, TimeSpan limit) => Try(limit, ask);

    /// <summary>Reads raw output from an offset.</summary>
    /// <param name="open">Opens it there.</param>
    /// <param name="offset">The offset, in bytes.</param>
    /// <param name="most">Most bytes.</param>
    public OutputPiece Read(Func<Api, Answer> open, long offset, int most) => Try(Ordinary, (daemon, _) =>
    {
        using var answer = open(daemon);
        var bytes = new byte[most];
        var count = answer.ReadAtLeast(bytes, most, throwOnEndOfStream: false);
        // The daemon may have skipped what is no longer kept: its own next offset minus what it sent is where the piece begins.
        var rest = count < most ? 0 : Drain(answer);
        if (long.TryParse(answer.Headers.GetValueOrDefault("X-Next-Offset"), CultureInfo.InvariantCulture, out var next))
            offset = next - count - rest;
        var whole = WholeCharacters(bytes.AsSpan(0, count));
        // A lone piece of a character at the very end would never be passed otherwise.
        if (whole == 0) whole = count;
        return new OutputPiece(Encoding.UTF8.GetString(bytes.AsSpan(0, whole)), offset, offset + whole);
    });

    /// <summary>How many bytes are left without a character that is cut in the middle.</summary>
    static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(4, bytes.Length); back++)
        {
            var lead = bytes[^back];
            if ((lead & 0xC0) == 0x80) continue;
            var length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
            return length > back ? bytes.Length - back : bytes.Length;
        }
        return bytes.Length;
    }

    static long Drain(Stream answer)
    {
        var (total, piece) = (0L, new byte[16 * 1024]);
        for (int count; (count = answer.Read(piece)) > 0;) total += count;
        return total;
    }

    T Try<T>(TimeSpan limit, Func<Api, TimeSpan, T> ask)
    {
        var begun = clock.GetTimestamp();
        // A daemon that is there but does not answer must not hold the client longer than it waits.
        using var deadline = new CancellationTokenSource(limit + Grace, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, deadline.Token);
        var patience = new Patience(clock, remark, either.Token, limit);
        var daemon = new Api(settings, either.Token);
        try
        {
            while (true)
            {
                try
                {
                    var left = limit - clock.GetElapsedTime(begun);
                    return ask(daemon, left > TimeSpan.Zero ? left : TimeSpan.Zero);
                }
                catch (Fault fault)
                {
                    patience.OnFailure(fault);
                }
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new Fault(FaultCode.Unavailable, $"The daemon at {settings.Url} did not answer in {(limit + Grace).TotalSeconds:0} s.");
        }
    }
}
