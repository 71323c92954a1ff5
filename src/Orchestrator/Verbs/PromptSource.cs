using System.CommandLine;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Templates;

namespace Orchestrator.Verbs;

/// <summary>Where the prompt of a run comes from: standard input, a file, an option, or a template with its names filled.</summary>
static class PromptSource
{
    static readonly string[] Sources = ["--prompt", "--prompt-file", "--template"];

    /// <summary>Options of commands that take a prompt.</summary>
    public static Symbol[] Symbols() =>
    [
        Verb.Text("--prompt", "The prompt itself.", "TEXT"),
        Verb.Text("--prompt-file", "File with the prompt; - for standard input.", "FILE"),
        Verb.Text("--template", "Make the prompt from this template ('agentctl template list').", "NAME"),
        Verb.Texts("--var", "A name of the template: NAME=TEXT, NAME=@FILE, NAME=@- for standard input; @@ for a text that begins with @.",
            "NAME=VALUE"),
    ];

    /// <summary>The prompt that was given.</summary>
    /// <param name="call">The command.</param>
    /// <param name="project">Folder of the project, whose templates come first; null for none.</param>
    public static string Read(Invocation call, Func<string?> project)
    {
        var sources = Sources.Where(name => call.Text(name) is not null).ToList();
        if (sources.Count > 1) throw Invocation.Usage($"{sources[0]} and {sources[1]} exclude each other.");
        if (call.Text("--template") is { } template) return FromTemplate(call, template, project());
        if (call.Texts("--var").Length > 0) throw Invocation.Usage("--var fills a template: name it with --template.");
        if (call.Text("--prompt") is not { } prompt) return call.ReadPrompt(call.Text("--prompt-file"));
        if (string.IsNullOrWhiteSpace(prompt)) throw Invocation.Usage("The prompt is empty.");
        return Invocation.CheckText(prompt, "The prompt");
    }

    /// <summary>The templates that count in a project's folder.</summary>
    public static TemplateShelf Shelf(Invocation call, string? project) => new(project, call.Settings.Data);

    static string FromTemplate(Invocation call, string name, string? project)
    {
        var template = Shelf(call, project).Of(name);
        var values = new Dictionary<string, string>();
        // task=Fix the test
        // acceptance=@criteria.md
        foreach (var text in call.Texts("--var"))
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1) throw Invocation.Usage($"--var takes NAME=VALUE, not '{Texts.Short(text)}'.");
            if (!values.TryAdd(text[..equals], Value(call, text[(equals + 1)..])))
                throw Invocation.Usage($"--var {text[..equals]} is given twice.");
        }
        return Invocation.CheckText(template.Fill(values), "The prompt");
    }

    static string Value(Invocation call, string value) => value switch
    {
        ['@', '@', ..] => value[1..],
        ['@', .. var file] => call.ReadPrompt(file).TrimEnd('\n'),
        _ => value,
    };
}
