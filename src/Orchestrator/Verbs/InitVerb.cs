using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Profiles;
using Orchestrator.Templates;

namespace Orchestrator.Verbs;

/// <summary><c>init</c>: makes what is missing, keeps what is there, prints where everything is.</summary>
static class InitVerb
{
    /// <summary>Every line a comment, so that it changes nothing until a person edits it.</summary>
    const string ConfigTemplate = """
        # Settings of the daemon; every key is optional. 'agentctl config list' shows what is in force.
        # profiles:
        #   nightly:
        #     agent: command
        #     command: ["./tools/agent.sh", "--fast"]
        #     sandbox: workspace-write        # read-only | workspace-write | full-access
        #     limits: {total_s: 7200, idle_s: 1200, turns: 200, tokens: 2000000, cost_usd: 5}
        # projects:
        #   demo:
        #     path: /somewhere/demo
        #     isolation: worktree             # worktree | shared | none
        #     limits: {per_day_usd: 20}
        # limits: {max_concurrency: 4, per_day_usd: 50}
        # prices:                             # US dollars for a million tokens, where an agent does not tell its cost
        #   my-model*: {input: 1, cached: 0.1, output: 4}

        """;

    const string ProjectConfigTemplate = """
        # How work in this project is done, for everybody who has it; every key is optional.
        # profiles:
        #   nightly:
        #     agent: command
        #     command: ["./tools/agent.sh"]

        """;

    public static Command Init() => Verb.Do("init",
        "Make the data folder, its config.yaml and copies of the prompt templates where missing; with a folder also that project's "
        + "AGENTS.md and settings. Prints their paths.", Make, Verb.Maybe("folder", "A project's folder."));

    static int Make(Invocation call)
    {
        var data = call.Settings.Data;
        var project = call.Text("folder") is { } said ? ProjectVerbs.ExistingFolder(call, said) : null;
        var made = new JsonObject { ["data"] = data };
        try
        {
            // Only the owner: the folder holds the local token and everything agents said.
            Directory.CreateDirectory(data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            made["config"] = Keep(Path.Combine(data, ConfigFile.UserName), ConfigTemplate);
            var templates = Directory.CreateDirectory(TemplateShelf.OfData(data)).FullName;
            made["templates"] = templates;
            foreach (var (name, text) in TemplateShelf.BuiltIn)
                Keep(Path.Combine(templates, name + ".md"), $"{TemplateShelf.CopyMark}\n{text}");
            if (project is not null)
            {
                made["agents_md"] = Keep(Path.Combine(project, "AGENTS.md"), TemplateShelf.ProjectPage);
                made["project_config"] = Keep(Path.Combine(project, ConfigFile.ProjectName), ProjectConfigTemplate);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Fault(FaultCode.Internal, $"Not everything could be made: {e.Message}",
                "Choose another data folder with --data or AGENTD_DATA.");
        }

        if (call.Output.WantsJson) return call.Output.Document(made);
        foreach (var (_, path) in made) call.Output.Line((string)path!);
        return ExitCodes.Ok;
    }

    /// <summary>Writes a file that is not there yet; its path.</summary>
    static string Keep(string path, string text)
    {
        try
        {
            using var file = new FileStream(path, FileMode.CreateNew);
            file.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException) when (File.Exists(path))
        {
            // Kept as it is.
        }

        return path;
    }
}
