using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Templates;

namespace Orchestrator.Verbs;

/// <summary><c>template …</c>: the prompt templates there are. The daemon is asked for a project's folder only.</summary>
static class TemplateVerbs
{
    public static Command Template() => Verb.Group("template", "Prompt templates with names to fill.",
        Verb.Do("list", "Templates, tab separated: name, where it comes from, what it asks for (? may be left out).", List, Project()),
        Verb.Do("show", "The text of a template, as it stands.", Show, Verb.Word("name", "Its name."), Project()));

    static Option<string> Project() =>
        Verb.Text("--project", "Registered project or folder; without it the current folder.", "NAME|DIR", "-p");

    static int List(Invocation call)
    {
        var all = Shelf(call).All();
        if (call.Output.WantsJson)
            return call.Output.Document(new JsonObject { ["templates"] = new JsonArray([.. all.Select(one => (JsonNode)Described(one))]) });
        foreach (var one in all)
            call.Output.Line(string.Join('\t', one.Name, Output.Printable(one.Origin),
                string.Join(' ', one.Names.Select(name => name.Optional ? name.Name + "?" : name.Name))));
        return ExitCodes.Ok;
    }

    static int Show(Invocation call)
    {
        var template = Shelf(call).Of(call.Need("name"));
        if (call.Output.WantsJson)
        {
            var described = Described(template);
            described["text"] = template.Text;
            return call.Output.Document(described);
        }
        call.Output.Line(template.Text.TrimEnd('\n'));
        call.Output.Remark($"({template.Origin})");
        return ExitCodes.Ok;
    }

    static TemplateShelf Shelf(Invocation call)
    {
        var said = call.Text("--project");
        var folder = Path.GetFullPath(said ?? ".", call.Around.Folder);
        // A name is the daemon's to resolve; a folder needs nobody.
        if (said is not null && !Directory.Exists(folder)) folder = call.Api().Projects.Show(said).Text("project.path") ?? folder;
        return PromptSource.Shelf(call, folder);
    }

    static JsonObject Described(PromptTemplate template) => new()
    {
        ["name"] = template.Name,
        ["origin"] = template.Origin,
        ["names"] = new JsonArray([.. template.Names.Select(name => new JsonObject
        {
            ["name"] = name.Name, ["line"] = name.Line, ["optional"] = name.Optional,
        })]),
    };
}
