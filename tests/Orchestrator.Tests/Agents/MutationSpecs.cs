namespace Orchestrator.Tests.Agents;

/// <summary>Damaged output never throws: bytes changed, cut, doubled and torn in the middle, with a printed seed.</summary>
public class MutationSpecs
{
    const int PerCapture = 60;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(0)]
    public void Damaged_output_never_throws(int seed)
    {
        seed = seed == 0 ? Environment.TickCount : seed;
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        foreach (var capture in Capture.All())
        {
            var random = new Random(seed);
            var (stdout, stderr) = (capture.Stdout, capture.Stderr);
            for (var i = 0; i < PerCapture; i++)
            {
                var damaged = Damage(stdout, random);
                var exitCode = random.Next(4) == 0 ? random.Next(256) : capture.ExitCode;
                try
                {
                    var ending = capture.Replay(damaged, Damage(stderr, random), exitCode).Ending;
                    Assert.Equal(ending.Succeeded, ending.Reason is null);
                }
                catch (Exception e) when (e is not Xunit.Sdk.XunitException)
                {
                    Assert.Fail($"{capture.Agent}/{capture.Name}, seed {seed}, round {i}: {e}");
                }
            }
        }
    }

    static byte[] Damage(byte[] original, Random random)
    {
        if (original.Length == 0)
            return original;
        var bytes = original.ToArray();
        switch (random.Next(4))
        {
            case 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                var from = random.Next(bytes.Length);
                return [.. bytes[..from], .. bytes[random.Next(from, bytes.Length)..]];
            case 2:
                var at = random.Next(bytes.Length);
                var until = random.Next(at, Math.Min(bytes.Length, at + 400));
                return [.. bytes[..until], .. bytes[at..]];
            default:
                for (var n = random.Next(1, 20); n > 0; n--)
                    bytes[random.Next(bytes.Length)] = Interesting[random.Next(Interesting.Length)];
                return bytes;
        }
    }

    static readonly byte[] Interesting = [.. "\n\r\"\\{}[]:,0-9eEunl \t\0"u8, 0xFF, 0xC3, 0xED, 0x80];
}
