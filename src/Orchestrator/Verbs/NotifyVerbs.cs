using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Notifications;

namespace Orchestrator.Verbs;

/// <summary><c>notify …</c>: who is told of what, and whether it gets there.</summary>
static class NotifyVerbs
{
    public static Command Notify() => Verb.Group("notify", "Who is told of what: the rules under notifications in config.yaml.",
        Verb.Do("list", "The rules, and how their channels are doing.", List),
        Verb.Do("test", "Send a test through one rule's channel, or through each; exit 1 when one fails.", Test,
            Verb.Maybe("rule", "Name of the rule; without it all of them.")));

    // log	log	ok	sent 12	-
    static int List(Invocation call)
    {
        var answer = call.Api().Notifications.List();
        if (call.Output.WantsJson) return call.Output.Document(answer);
        foreach (var rule in answer.Entries("notifications"))
            call.Output.Line(string.Join('\t', rule.Cell("rule"), rule.Cell("channel"), rule.Cell("state"), $"sent {rule.Cell("sent")}",
                rule.Cell("error")));
        return ExitCodes.Ok;
    }

    // chat	webhook	failed	answered 500
    static int Test(Invocation call)
    {
        var answer = call.Api().Notifications.Test(new TestNotifications.Request(call.Text("rule")));
        var results = answer.Entries("results").ToList();
        if (call.Output.WantsJson)
        {
            var printed = call.Output.Document(answer);
            if (printed != ExitCodes.Ok) return printed;
        }
        else
        {
            foreach (var result in results)
                call.Output.Line(string.Join('\t',
                    result.Cell("rule"), result.Cell("channel"), Good(result) ? "ok" : "failed", result.Cell("detail")));
        }
        return results.TrueForAll(Good) ? ExitCodes.Ok : ExitCodes.Failed;
    }

    static bool Good(JsonNode result) => result["ok"] is JsonValue value && value.TryGetValue<bool>(out var good) && good;
}
