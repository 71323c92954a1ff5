using System.Diagnostics;
using System.Text;

namespace Orchestrator.FakeAgent;

/// <summary>Plays a script step by step; the steps are described at the top of Program.cs.</summary>
sealed class Player(Script script)
{
    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    readonly Stream _stdout = Console.OpenStandardOutput();
    readonly Stream _stderr = Console.OpenStandardError();
    Gateway? gateway;

    Gateway Own => gateway ??= new Gateway();

    /// <summary>Plays all steps and returns the exit code.</summary>
    public int Play()
    {
        foreach (var step in script.Steps)
        {
            if (step.Name == "exit") return step.Rest.Length == 0 ? 0 : (int)step.Number;
            var exitCode = Speak(step) || Touch(step) || Misbehave(step) || Lead(step) ? 0 : Start(step);
            if (exitCode != 0) return exitCode;
        }

        return 0;
    }

    /// <summary>Steps that only print.</summary>
    bool Speak(Step step)
    {
        switch (step.Name)
        {
            case "print": Line(step.Text); break;
            case "half": Bytes(Utf8.GetBytes(step.Text)); break;
            case "raw": Bytes(Convert.FromBase64String(step.Rest.Trim())); break;
            case "err": _stderr.Write(Utf8.GetBytes(step.Text + "\n")); break;
            case "lines": Bytes(NumberedLines(step)); break;
            case "long": Bytes(LongLine(step.Number)); break;
            case "flood": Flood(step.Number); break;
            case "result": Line(step.Rest); break;
            case "agentctl": Line($"{{\"agentctl\":{step.Rest}}}"); break;
            case "env": Line(Variable(step.Rest.Trim())); break;
            case "cwd": Line(Directory.GetCurrentDirectory()); break;
            case "pid": Line($"pid {Environment.ProcessId}"); break;
            case "args": Line(string.Join('\n', script.Args.Select(arg => $"arg {arg}"))); break;
            case "prompt": Line(string.Join('\n', (script.Prompt ?? "").Split('\n').Where(line => !line.Trim().StartsWith('!')))); break;
            case "stdin": EchoStdin(); break;
            default: return false;
        }

        return true;
    }

    /// <summary>Steps about files and time.</summary>
    static bool Touch(Step step)
    {
        switch (step.Name)
        {
            case "wait-file": WaitFor(step.Words[0]); break;
            case "sleep": Thread.Sleep((int)step.Number); break;
            case "write": File.WriteAllText(Place(step.WordAndText.Word), step.WordAndText.Text + "\n"); break;
            case "append": File.AppendAllText(Place(step.WordAndText.Word), step.WordAndText.Text + "\n"); break;
            case "touch": File.Open(Place(step.Words[0]), FileMode.OpenOrCreate).Dispose(); Redate(step.Words[0]); break;
            case "remove": File.Delete(step.Words[0]); break;
            default: return false;
        }

        return true;
    }

    /// <summary>Steps a well-behaved agent does not do.</summary>
    bool Misbehave(Step step)
    {
        switch (step.Name)
        {
            case "close-stdout": Unix.DetachStdout(); break;
            case "ignore": Unix.Ignore(Unix.SignalNumber(step.Rest)); break;
            case "kill-self": Unix.KillSelf(Unix.SignalNumber(step.Rest)); Thread.Sleep(Timeout.Infinite); break;
            case "hang": Thread.Sleep(Timeout.Infinite); break;
            case "spin": while (true) Thread.SpinWait(1000);
            case "grandchild": LeaveGrandchild(step.Words); break;
            default: return false;
        }

        return true;
    }

    /// <summary>Steps that ask the daemon for something.</summary>
    bool Lead(Step step)
    {
        switch (step.Name)
        {
            case "spawn": Line($"spawned {Own.Spawn(step.Text)}"); break;
            case "spawn-as": Line($"spawned {Own.Spawn(step.WordAndText.Text, step.WordAndText.Word)}"); break;
            case "wait-children": Line(string.Join('\n', Own.WaitForChildren())); break;
            case "ask": Line(Own.Ask(step.WordAndText.Word, step.WordAndText.Text)); break;
            case "family": Family(int.Parse(step.Words[0]), int.Parse(step.Words[1])); break;
            default: return false;
        }

        return true;
    }

    /// <summary>So many generations below this one, each member with so many children; each asks its parent once before it ends.</summary>
    void Family(int depth, int width)
    {
        for (var i = 0; depth > 0 && i < width; i++)
            Own.Spawn($"work\n!family {depth - 1} {width}\n!ask question may child {i} end?");
        if (depth > 0) Line(string.Join('\n', Own.WaitForChildren()));
    }

    /// <summary>Steps that run another program to its end; its exit code ends the script when it is not 0.</summary>
    static int Start(Step step)
    {
        var words = step.Words;
        var (program, arguments) = step.Name switch
        {
            "git" => ("git", words),
            "run" => (words[0], words.Skip(1)),
            _ => throw new FormatException($"unknown step: {step.Name}"),
        };
        using var child = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
        child.WaitForExit();
        return child.ExitCode;
    }

    /// <summary>Not waited for and given the same stdout and stderr, so a reader sees no end of the stream before it ends.</summary>
    void LeaveGrandchild(IReadOnlyList<string> words)
    {
        string[] command = words.Contains("setsid") ? ["setsid", "sleep", words[0]] : ["sleep", words[0]];
        using var child = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false })!;
        Line($"grandchild {child.Id}");
    }

    void EchoStdin()
    {
        if (script.StdinIsRead) Bytes(Utf8.GetBytes(script.Prompt ?? ""));
        else Console.OpenStandardInput().CopyTo(_stdout);
    }

    void Flood(long bytes)
    {
        var line = LongLine(99);
        for (; bytes >= line.Length; bytes -= line.Length) _stdout.Write(line);
        if (bytes > 0) Bytes(LongLine(bytes - 1));
    }

    void Line(string text) => Bytes(Utf8.GetBytes(text + "\n"));

    void Bytes(byte[] bytes)
    {
        _stdout.Write(bytes);
        _stdout.Flush();
    }

    static byte[] NumberedLines(Step step)
    {
        var (count, prefix) = step.WordAndText;
        if (prefix.Length == 0) prefix = "line ";
        var text = new StringBuilder();
        for (var number = 1; number <= int.Parse(count); number++) text.Append(prefix).Append(number).Append('\n');
        return Utf8.GetBytes(text.ToString());
    }

    static byte[] LongLine(long bytes)
    {
        var line = new byte[bytes + 1];
        Array.Fill(line, (byte)'x');
        line[^1] = (byte)'\n';
        return line;
    }

    static string Variable(string name) => Environment.GetEnvironmentVariable(name) is { } value ? $"{name}={value}" : name;

    static void WaitFor(string path)
    {
        while (!Path.Exists(path)) Thread.Sleep(5);
    }

    /// <summary>The path, with its folder created.</summary>
    static string Place(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        return path;
    }

    static void Redate(string path) => File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime);
}
