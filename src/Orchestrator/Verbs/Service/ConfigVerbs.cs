using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Profiles;

namespace Orchestrator.Verbs;

/// <summary><c>config …</c>: what is set, where it comes from, and setting it.</summary>
static class ConfigVerbs
{
    public static Command Config() => Verb.Group("config", "Settings in force.",
        Verb.Do("list", "All settings and where each comes from.", List,
            Verb.Flag("--show-origin", "One line per setting, with file and line, flag or default before it."),
            Verb.Text("--project", "With this project's own file on top.", "NAME|DIR", "-p")),
        Verb.Do("get", "One setting, like profiles.spark.effort.", Get,
            Verb.Word("key", "Path of the setting."),
            Verb.Text("--project", "With this project's own file on top.", "NAME|DIR", "-p")),
        Verb.Do("set", "Set a key of config.yaml in the data folder; comments and order stay. It holds at once.", Set,
            Verb.Word("key", "Path of the setting, like profiles.spark.effort."),
            Verb.Word("value", "A word, a number, or a list or map in JSON; null for none.")));

    static JsonNode Configuration(Invocation call)
    {
        var project = call.Text("--project");
        if (project is not null && (project.Contains('/') || project is "." or ".."))
            project = ProjectVerbs.ExistingFolder(call, project);
        return call.Api().Daemon.Configuration(project);
    }

    static int List(Invocation call)
    {
        var answer = Configuration(call);
        if (!call.Flag("--show-origin")) return call.Output.Document(answer);
        if (call.Output.WantsJson) return call.Output.Document(new JsonObject { ["settings"] = answer["settings"]?.DeepClone() });
        foreach (var row in answer.Entries("settings"))
            call.Output.Line($"{row.Cell("origin")}\t{row.Cell("key")}={Value(row["value"])}");
        return ExitCodes.Ok;
    }

    static string Value(JsonNode? value) => Output.Printable(
        value is JsonValue scalar ? scalar.ToString() : Output.Text(value, indented: false));

    static int Get(Invocation call)
    {
        var key = call.Need("key");
        var answer = Configuration(call);
        if (!TryFind(answer, key, out var value))
            throw new Fault(FaultCode.NotFound, $"There is no setting '{key}'.", "agentctl config list --show-origin shows them.");
        if (value is JsonValue scalar && !call.Output.WantsJson) call.Output.Line(scalar.ToString());
        else return call.Output.Document(value);
        return ExitCodes.Ok;
    }

    /// <summary>A setting by its whole path, else all that are below it, else a member of the document.</summary>
    static bool TryFind(JsonNode answer, string key, out JsonNode? value)
    {
        var rows = answer.Entries("settings").ToList();
        value = null;
        if (rows.FirstOrDefault(row => row.Text("key") == key) is { } exact)
        {
            value = exact["value"];
            return true;
        }
        var below = rows.Where(row => row.Text("key")?.StartsWith(key + ".", StringComparison.Ordinal) == true).ToList();
        if (below.Count == 0) return Output.TryFind(answer, key, out value);
        value = new JsonObject(below.Select(row => KeyValuePair.Create(row.Text("key")![(key.Length + 1)..], row["value"]?.DeepClone())));
        return true;
    }

    static int Set(Invocation call)
    {
        var answer = call.Api().Daemon.SetConfiguration(new SetRequest(call.Need("key"), call.Need("value")));
        if (call.Output.WantsJson) return call.Output.Document(answer);
        call.Output.Line($"{answer.Text("key")} is set in {answer.Text("file")}");
        return ExitCodes.Ok;
    }
}
