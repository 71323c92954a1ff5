using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;

namespace Orchestrator.Verbs;

/// <summary><c>needs</c>: what only a person can do now, the most urgent first, each with the command that does it.</summary>
static class NeedsVerb
{
    public static Command Needs() => Verb.Do("needs", "What needs you now, the most urgent first, each with the command that answers it.",
        Show, Verb.Text("--project", "Only of this project.", "NAME"));

    static int Show(Invocation call)
    {
        var answer = call.Api().Board.Needs(call.Text("--project"));
        if (call.Output.WantsJson)
            return call.Output.Document(answer);
        var needs = answer.Entries("needs").ToList();
        if (needs.Count == 0)
            call.Output.Line("Nothing needs you.");
        foreach (var need in needs)
            foreach (var line in Lines(need))
                call.Output.Line(line);
        return ExitCodes.Ok;
    }

    // approval  #12 Fix the login  (demo, high risk)
    //     May I run rm -rf ./tmp-cache?
    //     | rm -rf ./tmp-cache
    //     agentctl approve 9c3e1a7b2c485f0d   agentctl deny 9c3e1a7b2c485f0d
    static IEnumerable<string> Lines(JsonNode need)
    {
        var number = need["number"] is { } known ? $"#{known} " : "";
        var remarks = string.Join(", ", new[] { need.Text("project"), need.Text("risk") is { } risk ? $"{risk} risk" : null }
            .Where(word => !string.IsNullOrEmpty(word)));
        var after = remarks.Length > 0 ? $"  ({remarks})" : "";
        yield return SafeText.Line($"{need.Text("kind"),-8}  {number}{need.Text("title")}{after}");
        foreach (var line in SafeText.Lines(need.Text("text") ?? ""))
            yield return "    " + line;
        foreach (var line in need.Text("command") is { } command ? SafeText.Lines(command) : [])
            yield return "    | " + line;
        yield return "    " + Answer(need);
    }

    static string Answer(JsonNode need)
    {
        var (request, item) = (need.Text("request_id"), need.Text("item_id"));
        var options = need["options"] is JsonArray { Count: > 0 } offered ? string.Join('|', offered.Select(one => (string?)one)) : null;
        return need.Text("kind") switch
        {
            "approval" => $"agentctl approve {request}   agentctl deny {request}",
            _ when need.Text("plan_id") is { } plan =>
                $"agentctl plan decide {plan}{(item is null ? "" : $" --item {item}")} --option {options}",
            _ when request is not null => $"agentctl request answer {request} {(options is null ? "--text TEXT" : $"--option {options}")}",
            "budget" => "agentctl usage",
            "review" => $"agentctl review {item}",
            _ => $"agentctl why {item}",
        };
    }
}
