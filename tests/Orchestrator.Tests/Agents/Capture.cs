using System.Text;
using Orchestrator.Agents;
using Orchestrator.Profiles;

namespace Orchestrator.Tests.Agents;

/// <summary>
/// What a real agent printed in one situation, with the exit code that was seen. Recorded from codex 0.169, claude-code 2.1.329,
/// gemini-cli 0.61 and opencode 1.18 against a scripted model server on loopback; folder names in it were replaced (/repo is the
/// workspace).
/// </summary>
sealed record Capture(string Agent, string Name)
{
    public const string VerdictSchema = """
        {"type":"object","properties":{"verdict":{"enum":["pass","fail"]},"score":{"type":"integer"}},
        "required":["verdict","score"],"additionalProperties":false}
        """;

    /// <summary>Exit codes other than 0.</summary>
    static readonly Dictionary<string, int> ExitCodes = new()
    {
        ["codex/ctx"] = 1, ["codex/cut-forever"] = 1, ["codex/down"] = 1, ["codex/fail401"] = 1, ["codex/fail500"] = 1,
        ["codex/nogit"] = 1, ["codex/quota"] = 1, ["codex/ratelimit"] = 1, ["codex/resume-bad"] = 1, ["codex/sfail"] = 1,
        ["codex/sigint"] = 1, ["codex/sigkill-leader"] = 137,
        ["claude/400"] = 1, ["claude/401"] = 1, ["claude/529"] = 1, ["claude/bypass-root"] = 1, ["claude/ctx"] = 1, ["claude/down"] = 1,
        ["claude/fail500"] = 1, ["claude/fail500-default"] = 143, ["claude/maxturns"] = 1, ["claude/noauth"] = 1, ["claude/nov"] = 1,
        ["claude/ratelimit"] = 1, ["claude/resume-bad"] = 1, ["claude/sfail"] = 1, ["claude/shell-skip"] = 1, ["claude/sid-again"] = 1,
        ["claude/sigterm"] = 143,
        ["gemini/400"] = 144, ["gemini/401"] = 145, ["gemini/cut"] = 1, ["gemini/down"] = 1, ["gemini/fail500"] = 244,
        ["gemini/quota"] = 173, ["gemini/ratelimit"] = 173, ["gemini/resume-bad"] = 42,
        ["opencode/401"] = 1, ["opencode/ctx"] = 1, ["opencode/fail500"] = 1, ["opencode/ratelimit"] = 1, ["opencode/resume-bad"] = 1,
        ["opencode/sfail"] = 143, ["opencode/sigint"] = 130, ["opencode/sigterm"] = 143,
        ["command/fails"] = 3,
        ["openai/ctx"] = 1, ["openai/cut"] = 1, ["openai/fail401"] = 1, ["openai/fail500"] = 1, ["openai/maxturns"] = 1,
        ["openai/quota"] = 1, ["openai/ratelimit"] = 1, ["openai/resume-bad"] = 1, ["openai/sigterm"] = 130, ["openai/sigkill"] = 137,
        ["openai/wrong-flags"] = 2,
    };

    /// <summary>Cases that go on with the conversation of another one.</summary>
    static readonly Dictionary<string, string> Previous = new()
    {
        ["codex/resume-2"] = "resume-1", ["codex/usage-2"] = "usage", ["claude/resume-2"] = "resume-1",
        ["gemini/resume-2"] = "resume-1", ["opencode/resume-2"] = "resume-1",
        ["openai/resume-2"] = "resume-1",
    };

    public static string Folder { get; } = Path.Combine(Root(), "tests", "Orchestrator.Tests", "Agents", "Captures");

    public int ExitCode => ExitCodes.GetValueOrDefault($"{Agent}/{Name}");

    public string GoldenFile => Path.Combine(Folder, Agent, Name + ".golden.json");

    public string? Schema => Name.StartsWith("schema", StringComparison.Ordinal) ? VerdictSchema : null;

    public byte[] Stdout => Bytes(".jsonl");

    public byte[] Stderr => Bytes(".stderr.txt");

    /// <summary>Every recorded case of every agent.</summary>
    public static IEnumerable<Capture> All() =>
        from folder in Directory.GetDirectories(Folder).Order(StringComparer.Ordinal)
        let agent = Path.GetFileName(folder)
        from name in Directory.GetFiles(folder)
            .Select(Path.GetFileName).OfType<string>()
            .Where(file => !file.EndsWith(".golden.json", StringComparison.Ordinal))
            .Select(file => file[..file.IndexOf('.', StringComparison.Ordinal)])
            .Distinct().Order(StringComparer.Ordinal)
        select new Capture(agent, name);

    public AgentOrder Order()
    {
        var before = Previous.TryGetValue($"{Agent}/{Name}", out var name) ? new Capture(Agent, name).Replay().After : null;
        return OrderFor(Agent) with { OutputSchema = Schema, ThreadId = before?.ThreadId, ThreadTotal = before?.ThreadTotal };
    }

    /// <summary>A plain order for an agent.</summary>
    public static AgentOrder OrderFor(string agent) => new()
    {
        RunId = "00000000000000a1",
        Prompt = "do it",
        Workspace = "/repo",
        RunFolder = "/runs/a1",
        InRepository = true,
        Profile = new Profile { Name = agent, Agent = agent, Command = agent is "command" or "acp" ? ["./agent.sh"] : [] },
    };

    /// <summary>Feeds the recorded output through the adapter, as it is.</summary>
    public Replayed Replay() => Replay(Stdout, Stderr, ExitCode);

    /// <summary>Feeds any output through the adapter.</summary>
    public Replayed Replay(byte[] stdout, byte[] stderr, int exitCode)
    {
        var agent = AgentCatalog.Of(Agent);
        var order = Order();
        var signals = new List<Signal>();
        var now = agent.Begin(order);
        foreach (var line in Lines(stderr, true).Concat(Lines(stdout, false)))
        {
            var reading = agent.Read(now, line);
            now = reading.Transcript;
            signals.AddRange(reading.Signals);
        }
        var tail = Encoding.UTF8.GetString(stderr);
        var finish = new Finish { ExitCode = exitCode, StderrTail = tail.Length > 8192 ? tail[^8192..] : tail, OutputSchema = Schema };
        return new Replayed(signals, now, agent.Conclude(now, finish));
    }

    /// <summary>Splits bytes into lines as the journal reader does; the last one may lack its end.</summary>
    public static IEnumerable<OutputLine> Lines(byte[] bytes, bool stderr)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var parts = text.Split('\n');
        for (var i = 0; i < parts.Length; i++)
            if (i < parts.Length - 1 || parts[i].Length > 0)
                yield return new OutputLine(stderr, parts[i].TrimEnd('\r'), Complete: i < parts.Length - 1);
    }

    byte[] Bytes(string ending) =>
        Path.Combine(Folder, Agent, Name + ending) is var file && File.Exists(file) ? File.ReadAllBytes(file) : [];

    static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Orchestrator.slnx")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("No Orchestrator.slnx above the tests.");
        return folder;
    }
}

/// <summary>What an adapter made of a capture.</summary>
sealed record Replayed(IReadOnlyList<Signal> Signals, Transcript After, Ending Ending);
