using Orchestrator.Agents.Gemini;
using Orchestrator.Agents.OpenCode;

namespace Orchestrator.Agents.Acp;

/// <summary>
/// An agent by the Agent Client Protocol, version 1 (agentclientprotocol.com): JSON-RPC by lines, one process and one conversation per
/// run. The process is <c>agentctl acp-host</c>, which starts the agent, reads and writes files and runs commands for it, and passes all
/// other lines on. Checked with gemini-cli 0.61, opencode 1.18 and claude-agent-acp 0.49.
/// </summary>
sealed class AcpAgent(AcpProgram program) : IAgent
{
    public string Name => program.Name;

    public string? Protocol => program.Protocol;

    public string? Program => program.Plain?.Program;

    /// <summary>Of an unknown program: what those it may stand for need.</summary>
    public IReadOnlyList<string> PassedVariables => program.Plain?.PassedVariables
        ?? ["ANTHROPIC_*", "CLAUDE_*", "CODEX_*", "GEMINI_*", "GOOGLE_*", "OPENAI_*", "*_API_KEY"];

    /// <summary>A message begins the next turn of the same process once the one that runs is over.</summary>
    public bool CanSteer => true;

    public string? SettingsFile(IReadOnlyDictionary<string, string> environment) => program.Plain?.SettingsFile(environment);

    public IReadOnlyList<string> VariablesIn(string settings) => program.Plain?.VariablesIn(settings) ?? [];

    /// <summary>What the agent asks about is its own rules' matter; all of it becomes a request.</summary>
    public IReadOnlyList<Profiles.Approval> Approvals { get; } = [Profiles.Approval.Ask];

    public Protection ProtectionOf(Profiles.Profile profile) => program.ProtectionOf(profile);

    public Launch Plan(AgentOrder order)
    {
        List<string> argv =
        [
            order.OwnProgram, "acp-host", "--sandbox",
            Profiles.ConfigKeys.Sandboxes.First(pair => pair.Value == order.Profile.Sandbox).Key,
            .. program.Rest is not null && order.ThreadId is { } thread ? ["--agent", Name, "--thread", thread] : (string[])[], "--",
        ];
        var at = argv.Count;
        argv.AddRange(program.CommandLine(order));
        argv.AddRange(order.DaemonArgs);
        argv.AddRange(order.Profile.Args);
        return new Launch
        {
            Argv = argv,
            ProgramAt = at,
            TwoWay = true,
            Stdin = AcpCalls.Initialize(order.Profile.Sandbox, !program.ReadsByItself) + "\n",
            DefaultEnvironment = program.Environment(order),
            Files = program.Files(order),
        };
    }

    public Transcript Begin(AgentOrder order) => new()
    {
        ThreadId = order.ThreadId,
        ThreadTotal = order.ThreadTotal,
        Model = order.Profile.Model,
        Talk = new Talk
        {
            Folder = order.Workspace,
            Plan = new AcpPlan
            {
                Sandbox = order.Profile.Sandbox,
                Prompt = SchemaInWords.Prompt(order),
                Resume = order.ThreadId,
                Tools = order.Tools,
                Model = program.TakesModel ? null : order.Profile.Model,
                Effort = order.Profile.Effort,
                AuthMethod = order.Profile.Env.GetValueOrDefault(AcpPrograms.AuthVariable),
                KeptOnceAnswered = program.KeptOnceAnswered,
                CostBefore = order.ThreadTotal?.CostUsd,
            },
        },
    };

    public Reading Read(Transcript soFar, OutputLine line)
    {
        if (line.FromStderr)
            return program.Name == "gemini" ? GeminiNoise.Read(soFar, line) : JsonLines.Read(soFar, line, AcpTalk.Understand);
        var reading = Closed(JsonLines.Read(soFar, line, AcpTalk.Understand));
        // What is told again of an earlier run was told then.
        return AcpTalk.IsReplayed(soFar) && reading.Signals is [Raw] && reading.Transcript.UnknownLines == soFar.UnknownLines
            ? reading with { Signals = [] }
            : reading;
    }

    public Reading Obey(Transcript soFar, AgentCommand command)
    {
        var talk = soFar.Talk ?? new Talk();
        return command switch
        {
            AnswerCommand answer => AcpPermissions.Answer(soFar, talk, answer),
            MessageCommand message => AcpTalk.Message(soFar, talk, message.Text),
            StopCommand when talk.StopAsked || talk.Over => JsonLines.Silent(soFar),
            // Before its turn has begun there is nothing to interrupt: the end of its input ends it.
            StopCommand when talk.Turn is null || soFar.EndSeen =>
                JsonLines.Silent(soFar with { Talk = talk with { StopAsked = true, Over = true, Open = [] } }),
            StopCommand => AcpTalk.Cancel(soFar, talk),
            _ => JsonLines.Silent(soFar),
        };
    }

    public Ending Conclude(Transcript soFar, Finish finish)
    {
        var plain = finish with { StderrTail = PlainText.Of(finish.StderrTail) };
        var ending = !soFar.EndSeen && program.Name == "gemini" && GeminiNoise.StartFailure(finish) is { } failure
            ? Verdict.Failed(failure.Reason, failure.Text, StructuredResult.Find(soFar, finish))
            : Verdict.OfReportingAgent(soFar, plain);
        if (program.Name == "opencode")
            ending = OpenCodeRun.NeverBegan(ending, plain);
        return program.Plain is null || ending.Reason == EndReason.ThreadNotFound && soFar.Talk?.Plan?.ResumeCall is null
            ? ending
            : ending.Added(Name);
    }

    /// <summary>With the turn over and no message waiting there is nothing more to say: the input ends, and so the process.</summary>
    static Reading Closed(Reading reading) => reading.Transcript is { EndSeen: true, Talk: { Over: false } talk } now
        ? reading with
        {
            Transcript = now with { Talk = talk with { Over = true, Open = [], Unheard = [] } },
            Signals = [.. reading.Signals, .. talk.Unheard.Select(text => new Warned("message_not_sent",
                $"The run ended before this message could be said: {ClippedText.Clip(text, 500)}"))],
        }
        : reading;
}
