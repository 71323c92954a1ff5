using System.Text.Json;
using Orchestrator.Agents;
using Orchestrator.Profiles;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Requests;

/// <summary>
/// Questions that agents ask in their own protocol become requests, to the parent session when there is one, else to a person. The answer
/// is a command to the run: its owner hands it to the agent, once, also over the death of the daemon.
/// </summary>
sealed class AgentQuestions(SessionStore sessions, RequestStore requests, RuleBook rules, Func<ConfigFile> said)
{
    /// <summary>Longest option, in characters.</summary>
    const int OptionLength = 200;

    /// <summary>Before that transaction, because rules may lie in files: an ask with what the rules say of it.</summary>
    public Signal Look(Run run, Signal signal)
    {
        if (signal is not ApprovalAsked asked)
            return signal;
        using var detail = JsonDocument.Parse(asked.DetailJson);
        return new JudgedAsk(asked, rules.Judge(run, Kind(asked.Kind), detail.RootElement, asked.Text, asked.Options));
    }

    /// <summary>In the transaction that stores what the agent said.</summary>
    public void Follow(WriteTransaction transaction, Run run, Signal signal)
    {
        if (signal is JudgedAsk asked && !IsOpen(transaction.Db, run.Id, asked.Ask.Id))
            Ask(transaction, RunRows.Get(transaction.Db, run.Id), asked.Ask, asked.Judged);
        else if (signal is ApprovalDropped dropped && Open(transaction.Db, run.Id, dropped.Id) is { } request)
        {
            requests.Close(transaction, request, RequestStep.Withdraw, "agent");
            requests.Settle(transaction, run.Id);
        }
    }

    /// <summary>The agent has the answer.</summary>
    public void Taken(WriteTransaction transaction, RunCommand command)
    {
        if (command.RequestId is { } request)
            requests.PickUp(transaction, request);
    }

    /// <summary>What the agent is told of a closed request; null when it did not ask in its protocol or is to hear nothing.</summary>
    public static AgentCommand? AnswerOf(RunRequest request)
    {
        if (request.AgentAskId is not { } ask)
            return null;
        var isQuestion = request.Kind == RequestKinds.Question;
        var words = request.Answer?.Option ?? request.Answer?.Text;
        return request.State switch
        {
            RequestState.Approved => new AnswerCommand(ask, true, words, request.Answer?.Scope is "run" or "project"),
            RequestState.Denied => new AnswerCommand(ask, false, words ?? "Denied by whoever was asked."),
            RequestState.Answered when isQuestion => new AnswerCommand(ask, true, words),
            RequestState.Answered => new AnswerCommand(ask, false, $"Not done. The answer was: {words}"),
            RequestState.Expired when request.OnExpiry == OnExpiry.Deny =>
                new AnswerCommand(ask, false, "Nobody answered in time, so the answer is no. Nobody said it."),
            RequestState.Expired when request.OnExpiry == OnExpiry.Continue =>
                new AnswerCommand(ask, false, "Nobody answered in time. Go on without this, by your own judgement."),
            _ => null,
        };
    }

    void Ask(WriteTransaction transaction, Run run, ApprovalAsked asked, Judgment judged)
    {
        var text = ClippedText.Clip(asked.Text);
        var order = new NewRequest(run, Kind(asked.Kind), text)
        {
            Options = [.. asked.Options.Where(option => option.Length is > 0 and <= OptionLength)],
            Detail = asked.DetailJson,
            ExpiresIn = said().RequestExpiry,
            OnExpiry = said().RequestOnExpiry ?? OnExpiry.Deny,
            AgentAskId = asked.Id,
            Judged = judged,
        };
        try
        {
            requests.Create(transaction, judged.Decides ? order : order with { ToSessionId = Parent(transaction, run, text) }, "agent");
        }
        catch (Fault full)
        {
            RunCommands.Add(transaction, requests.Runs, run.Id, new AnswerCommand(asked.Id, false, full.Message));
        }
    }

    /// <summary>The parent hears it as a message, too; null when there is none or it is archived: a person is asked.</summary>
    string? Parent(WriteTransaction transaction, Run run, string text)
    {
        if (SessionStore.Get(transaction.Db, run.SessionId).ParentSessionId is not { } parent
            || SessionStore.Get(transaction.Db, parent).Status == "archived")
            return null;
        sessions.AddMessage(transaction, parent, "system", text, "run:" + run.Id, null, wakes: true);
        return parent;
    }

    static string Kind(AskKind kind) => kind switch
    {
        AskKind.Approval => RequestKinds.Approval,
        AskKind.Permission => RequestKinds.Permission,
        _ => RequestKinds.Question,
    };

    /// <summary>What an agent asks, with what the rules say of it.</summary>
    sealed record JudgedAsk(ApprovalAsked Ask, Judgment Judged) : Signal;

    static bool IsOpen(Connection db, string runId, string askId) => Open(db, runId, askId) is not null;

    static string? Open(Connection db, string runId, string askId) => db.Text(
        "select id from requests where run_id = @run and state = 'open' and agent_ask_id = @ask", ("@run", runId), ("@ask", askId));
}
