using System.CommandLine;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Requests;

namespace Orchestrator.Verbs;

/// <summary><c>request …</c>, <c>approve</c> and <c>deny</c>: what runs ask, and the answers.</summary>
static class RequestVerbs
{
    public static Command Request() => Verb.Group("request", "Questions of runs that wait for an answer.",
        Verb.Do("list", "List requests, newest first; those still open unless --state says otherwise.", List,
        [
            Verb.Text("--state", "open, approved, denied, answered, expired, withdrawn (comma separated), or all.", "STATE"),
            Verb.Text("--run-id", "Only those of this run.", "ID"),
            Verb.Text("--session-id", "Only those asked by this session or addressed to it.", "ID"),
            .. GatewayVerbs.Paging(),
        ]),
        Verb.Do("show", "Show a request.", call => call.Output.Document(call.Api().Requests.Show(call.Id("request"))), Verb.Id("request")),
        Verb.Do("answer", "Answer in words, or choose an option.", Answer,
            [.. Verb.Id("request"), Text(), Option(), Scope()]),
        RuleVerbs.Rules());

    public static Command Approve() => Verb.Do("approve", "Say yes to a request; its run goes on.", call => Decide(call, "approve"),
        [.. Verb.Id("request"), Text(), Option(), Scope(), .. Rule()]);

    public static Command Deny() => Verb.Do("deny", "Say no to a request; its run goes on and knows.", call => Decide(call, "deny"),
        [.. Verb.Id("request"), Text(), Option(), Scope(), .. Rule()]);

    static Option Text() => Verb.Text("--text", "In words; - reads it from standard input.", "TEXT");

    static Option Option() => Verb.Text("--option", "One of the options it offers.", "OPTION");

    static Option Scope() => Verb.Text("--scope", "How far it holds: once, or for the like of it in this run or project.", "SCOPE");

    static Symbol[] Rule() =>
    [
        Verb.Flag("--rule", "Make a rule of it for the project (or the --scope), first tried on past requests."),
        Verb.Text("--rule-command", "The rule's pattern for commands, wider than what is asked: 'git status*'.", "PATTERN"),
        Verb.Flag("--force", "Make the rule although past answers contradict it."),
    ];

    static int List(Invocation call)
    {
        var state = call.Text("--state") ?? "open";
        return call.Output.Document(call.Api().Requests.List(state == "all" ? null : state, call.Text("--run-id"),
            call.Text("--session-id"), GatewayVerbs.PageOf(call)));
    }

    static int Answer(Invocation call) => Send(call, Words(call, "answer"));

    static int Decide(Invocation call, string decision) => Send(call, Words(call, decision) with
    {
        Rule = call.Flag("--rule") ? true : null,
        RuleCommand = call.Text("--rule-command"),
        Force = call.Flag("--force") ? true : null,
    });

    static AnswerRequest.Request Words(Invocation call, string decision)
    {
        var text = call.Text("--text") is "-" ? call.ReadPrompt(null) : call.Text("--text");
        return new(decision, text, call.Text("--option"), call.Text("--scope"), null);
    }

    static int Send(Invocation call, AnswerRequest.Request answer) =>
        call.Output.Document(call.Api().Requests.Answer(call.Id("request"), answer));
}
