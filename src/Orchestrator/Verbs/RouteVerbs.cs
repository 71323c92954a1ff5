using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;

namespace Orchestrator.Verbs;

/// <summary><c>route try</c>: which profile a run would get, and why.</summary>
static class RouteVerbs
{
    public static Command Route() => Verb.Group("route", "Rules that choose a profile.",
        Verb.Do("try", "Which profile a run would get, and what every rule says; starts nothing.", Try,
            Verb.Text("--project", "Registered project, or a folder.", "NAME|DIR", "-p"),
            Verb.Text("--phase", "plan, manage, code, ui or review.", "PHASE"),
            Verb.Text("--kind", "Kind of work.", "KIND"),
            Verb.Texts("--label", "A label of the work; may be repeated.", "LABEL"),
            Verb.Text("--profile", "A profile the request would name.", "NAME")));

    /// <summary>What <c>--label</c> gave, as one value of a query; null for none.</summary>
    public static string? Labels(Invocation call)
    {
        var labels = call.Texts("--label");
        if (labels.FirstOrDefault(label => label.Contains(',')) is { } odd)
            throw Invocation.Usage($"--label takes one label, not '{odd}'; repeat it for several.");
        return labels.Length == 0 ? null : string.Join(',', labels);
    }

    static int Try(Invocation call)
    {
        var project = call.Text("--project");
        if (project is not null && (project.Contains('/') || project is "." or ".."))
            project = ProjectVerbs.ExistingFolder(call, project);
        var answer = call.Api().Routes.Try(project, call.Text("--phase"), call.Text("--kind"), Labels(call), call.Text("--profile"));
        if (call.Output.WantsJson) return call.Output.Document(answer);
        call.Output.Line($"{answer.Text("profile")} ({answer.Text("agent")}{(answer.Text("model") is { } model ? $", {model}" : "")})");
        foreach (var step in answer.Entries("steps")) call.Output.Line(Row(step));
        return ExitCodes.Ok;
    }

    // → rule     spark    rule 'quick' fits (/home/me/config.yaml:12)
    static string Row(JsonNode step)
    {
        var mark = step.Cell("chosen") == "true" ? "→" : step.Cell("hit") == "true" ? "+" : "-";
        var place = step.Text("place") is { } where ? $" ({where})" : "";
        return $"{mark} {step.Cell("source"),-8} {step.Cell("profile"),-10} {Output.Printable(step.Text("why") + place)}";
    }
}
