using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Recovery;

/// <summary>How long to wait before the nth try: twice as long each time, partly by chance, so that many do not come together.</summary>
static class BackOff
{
    static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Most = TimeSpan.FromMinutes(5);

    /// <summary>Between half of the wait and all of it.</summary>
    /// <param name="nth">1 for the first wait.</param>
    /// <param name="seed">The chance is made from it and nothing else: the same seed gives the same wait.</param>
    public static TimeSpan Wait(int nth, string seed)
    {
        var whole = First * Math.Pow(2, Math.Clamp(nth - 1, 0, 20));
        whole = whole < Most ? whole : Most;
        return whole * (0.5 + (Part($"{seed}/{nth}") / 2));
    }

    /// <summary>From 0 to 1, evenly.</summary>
    static double Part(string seed) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(seed))) / (double)uint.MaxValue;
}
