using System.Diagnostics;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.FakeAgents;

/// <summary>The scripted agent misbehaves as its script says: what the tests about processes stand on.</summary>
public sealed class FakeAgentSpecs
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Plays_the_steps_of_a_prompt_on_stdin()
    {
        using var agent = ScriptedAgent.Start();
        var prompt = "Please do this.\n!print one\\ntwo\n!lines 2\n!half three\n!exit 7\n!print never\n";
        await agent.Process.StandardInput.WriteAsync(prompt.AsMemory(), Stop);
        agent.Process.StandardInput.Close();

        Assert.Equal("one\ntwo\nline 1\nline 2\nthree", await agent.Process.StandardOutput.ReadToEndAsync(Stop));
        await agent.Process.WaitForExitAsync(Stop);
        Assert.Equal(7, agent.Process.ExitCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task Plays_the_steps_of_a_prompt_in_its_arguments()
    {
        using var agent = ScriptedAgent.Start("--label", "x", "Please.\n!args\n!cwd");
        agent.Process.StandardInput.Close();

        var said = await agent.Process.StandardOutput.ReadToEndAsync(Stop);
        Assert.Equal($"arg --label\narg x\narg Please.\n!args\n!cwd\n{Directory.GetCurrentDirectory()}\n", said);
    }

    [Fact(Timeout = 30_000)]
    public async Task Prints_bytes_that_are_no_text_and_lines_of_any_length()
    {
        using var agent = ScriptedAgent.Start("--script-text", "raw //4=\nlong 100000\nflood 1050");
        using var bytes = new MemoryStream();
        await agent.Process.StandardOutput.BaseStream.CopyToAsync(bytes, Stop);

        Assert.Equal(2 + 100_001 + 1050, bytes.Length);
        Assert.Equal([0xff, 0xfe, (byte)'x'], bytes.ToArray()[..3]);
    }

    [Fact(Timeout = 30_000)]
    public async Task Ends_its_stdout_before_it_ends()
    {
        using var agent = ScriptedAgent.Start("--script-text", "print last\nclose-stdout\nhang");

        Assert.Equal("last\n", await agent.Process.StandardOutput.ReadToEndAsync(Stop));
        Assert.False(agent.Process.HasExited);
    }

    [Fact(Timeout = 30_000)]
    public async Task Ignores_a_signal_really()
    {
        using var agent = ScriptedAgent.Start("--script-text", "ignore TERM\nprint ready\nhang");
        Assert.Equal("ready", await agent.Process.StandardOutput.ReadLineAsync(Stop));

        // SigIgn is a hexadecimal mask with bit 0 for signal 1; SIGTERM is 15.
        var status = await File.ReadAllLinesAsync($"/proc/{agent.Process.Id}/status", Stop);
        var mask = Convert.ToUInt64(status.Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))[7..].Trim(), 16);
        Assert.NotEqual(0u, mask & (1 << 14));
    }

    [Fact(Timeout = 30_000)]
    public async Task Dies_by_the_signal_it_sends_itself()
    {
        using var agent = ScriptedAgent.Start("--script-text", "kill-self TERM");
        await agent.Process.WaitForExitAsync(Stop);
        Assert.Equal(128 + 15, agent.Process.ExitCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task Leaves_a_grandchild_that_holds_its_stdout()
    {
        using var agent = ScriptedAgent.Start("--script-text", "grandchild 60 setsid");
        var line = await agent.Process.StandardOutput.ReadLineAsync(Stop);
        using var grandchild = Process.GetProcessById(int.Parse(line!.Split(' ')[1]));
        await agent.Process.WaitForExitAsync(Stop);

        var end = agent.Process.StandardOutput.ReadToEndAsync(Stop);
        Assert.False(end.IsCompleted);
        grandchild.Kill();
        Assert.Equal("", await end);
    }

    [Fact(Timeout = 30_000)]
    public async Task Tells_what_it_cannot_do()
    {
        using var agent = ScriptedAgent.Start("--script-text", "dance");
        Assert.Contains("unknown step: dance", await agent.Process.StandardError.ReadToEndAsync(Stop));
        await agent.Process.WaitForExitAsync(Stop);
        Assert.Equal(64, agent.Process.ExitCode);
    }
}
