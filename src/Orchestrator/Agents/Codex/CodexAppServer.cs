using Orchestrator.Profiles;

namespace Orchestrator.Agents.Codex;

/// <summary>
/// OpenAI Codex by <c>codex app-server</c>: JSON-RPC by lines, one process and one turn per run. What its sandbox does not allow it asks
/// for, messages join the turn, and the end of the input ends the process with its commands. Checked with 0.169.
/// </summary>
sealed class CodexAppServer : IAgent
{
    readonly CodexExec plain = new();

    public string Name => plain.Name;

    public string? Protocol => "app-server";

    public string? Program => plain.Program;

    public IReadOnlyList<string> PassedVariables => plain.PassedVariables;

    public bool CanSteer => true;

    public IReadOnlyList<Approval> Approvals { get; } = [Approval.Deny, Approval.Ask, Approval.AskFirst];

    public IReadOnlyList<string> UnusedKeys => [];

    public string? SettingsFile(IReadOnlyDictionary<string, string> environment) => plain.SettingsFile(environment);

    public string? OwnProfileFile(IReadOnlyDictionary<string, string> environment, IReadOnlyList<string> args) =>
        plain.OwnProfileFile(environment, args);

    public IReadOnlyList<string> VariablesIn(string settings) => plain.VariablesIn(settings);

    public Protection ProtectionOf(Profile profile) => plain.ProtectionOf(profile);

    public Launch Plan(AgentOrder order)
    {
        var argv = CodexExec.Beginning(order, takesOption: false);
        if (order.Profile.Sandbox == Sandbox.WorkspaceWrite)
            argv.AddRange(CodexExec.WithoutTemp);
        argv.AddRange(CodexExec.VerbosityOf(order.Profile));
        argv.AddRange(CodexExec.ToolsOf(order));
        argv.Add("app-server");
        return new Launch
        {
            Argv = argv,
            TwoWay = true,
            Stdin = string.Concat(CodexCalls.Opening(order).Select(line => line + "\n")),
        };
    }

    public Transcript Begin(AgentOrder order) => plain.Begin(order) with
    {
        Talk = new Talk { Folder = order.Workspace, First = CodexCalls.FirstTurn(order) },
    };

    public Reading Read(Transcript soFar, OutputLine line) => Closed(JsonLines.Read(soFar, line, CodexTalk.Understand));

    public Reading Obey(Transcript soFar, AgentCommand command)
    {
        var talk = soFar.Talk ?? new Talk();
        return command switch
        {
            AnswerCommand answer => Answer(soFar, talk, answer),
            MessageCommand message => CodexCalls.Steer(soFar, talk, message.Text),
            StopCommand when talk.StopAsked || talk.Over => JsonLines.Silent(soFar),
            // Before its turn has begun there is nothing to interrupt: the end of its input ends it.
            StopCommand when talk.Turn is null || soFar.EndSeen =>
                JsonLines.Silent(soFar with { Talk = talk with { StopAsked = true, Over = true, Open = [] } }),
            StopCommand => CodexCalls.Interrupt(soFar, talk),
            _ => JsonLines.Silent(soFar),
        };
    }

    public Ending Conclude(Transcript soFar, Finish finish) => plain.Conclude(soFar, finish);

    // {"id":0,"result":{"decision":"accept"}}
    static Reading Answer(Transcript soFar, Talk talk, AnswerCommand answer)
    {
        if (talk.Open.FirstOrDefault(ask => ask.Id == answer.AskId) is not { } open)
            return JsonLines.Silent(soFar);
        var (result, wordsFollow) = CodexAsks.Answer(open, answer);
        var line = CodexCalls.Reply(open.Id, "result", result);
        var now = soFar with { Talk = talk with { Open = [.. talk.Open.Where(ask => ask != open)] } };
        // A no has no words in this protocol: they follow as a message.
        if (answer.Approved || answer.Words is null || !wordsFollow)
            return new Reading(now, []) { Send = [line] };
        var steered = CodexCalls.Steer(now, now.Talk, $"The answer to your request was no: {answer.Words}");
        return steered with { Send = [line, .. steered.Send ?? []] };
    }

    /// <summary>With the turn over and every message heard there is nothing more to say: the input ends, and so the process.</summary>
    static Reading Closed(Reading reading) => reading.Transcript is { EndSeen: true, Talk: { Over: false } talk } now
        && (talk.Unheard.Count == 0 || talk.StopAsked)
            ? reading with { Transcript = now with { Talk = talk with { Over = true, Open = [] } } }
            : reading;
}
