using System.Diagnostics;
using System.Text;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.FakeAgents;

/// <summary>The scripted agent misbehaves as its script says: what the tests about processes stand on.</summary>
public sealed class FakeAgentSpecs
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Plays_the_steps_of_a_prompt_on_stdin()
    {
        using var agent = Start();
        var prompt = "Please do this.\n!print one\\ntwo\n!lines 2\n!half three\n!exit 7\n!print never\n";
        await agent.StandardInput.WriteAsync(prompt.AsMemory(), Stop);
        agent.StandardInput.Close();

        Assert.Equal("one\ntwo\nline 1\nline 2\nthree", await agent.StandardOutput.ReadToEndAsync(Stop));
        await agent.WaitForExitAsync(Stop);
        Assert.Equal(7, agent.ExitCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task Prints_bytes_that_are_no_text_and_lines_of_any_length()
    {
        using var agent = Start("--script-text", "raw //4=\nlong 100000\nflood 1050");
        using var bytes = new MemoryStream();
        await agent.StandardOutput.BaseStream.CopyToAsync(bytes, Stop);

        Assert.Equal(2 + 100_001 + 1050, bytes.Length);
        Assert.Equal([0xff, 0xfe, (byte)'x'], bytes.ToArray()[..3]);
    }

    [Fact(Timeout = 30_000)]
    public async Task Ends_its_stdout_before_it_ends()
    {
        using var agent = Start("--script-text", "print last\nclose-stdout\nhang");

        Assert.Equal("last\n", await agent.StandardOutput.ReadToEndAsync(Stop));
        Assert.False(agent.HasExited);
        agent.Kill();
    }

    [Fact(Timeout = 30_000)]
    public async Task Ignores_a_signal_really()
    {
        using var agent = Start("--script-text", "ignore TERM\nprint ready\nhang");
        Assert.Equal("ready", await agent.StandardOutput.ReadLineAsync(Stop));

        // SigIgn is a hexadecimal mask with bit 0 for signal 1; SIGTERM is 15.
        var status = await File.ReadAllLinesAsync($"/proc/{agent.Id}/status", Stop);
        var mask = Convert.ToUInt64(status.Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))[7..].Trim(), 16);
        Assert.NotEqual(0u, mask & (1 << 14));
        agent.Kill();
    }

    [Fact(Timeout = 30_000)]
    public async Task Dies_by_the_signal_it_sends_itself()
    {
        using var agent = Start("--script-text", "kill-self TERM");
        await agent.WaitForExitAsync(Stop);
        Assert.Equal(128 + 15, agent.ExitCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task Leaves_a_grandchild_that_holds_its_stdout()
    {
        using var agent = Start("--script-text", "grandchild 60 setsid");
        var line = await agent.StandardOutput.ReadLineAsync(Stop);
        using var grandchild = Process.GetProcessById(int.Parse(line!.Split(' ')[1]));
        await agent.WaitForExitAsync(Stop);

        var end = agent.StandardOutput.ReadToEndAsync(Stop);
        Assert.False(end.IsCompleted);
        grandchild.Kill();
        Assert.Equal("", await end);
    }

    [Fact(Timeout = 30_000)]
    public async Task Tells_what_it_cannot_do()
    {
        using var agent = Start("--script-text", "dance");
        Assert.Contains("unknown step: dance", await agent.StandardError.ReadToEndAsync(Stop));
        await agent.WaitForExitAsync(Stop);
        Assert.Equal(64, agent.ExitCode);
    }

    static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo(TestPrograms.FakeAgent, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardOutputEncoding = Encoding.UTF8,
        UseShellExecute = false,
    })!;
}
