using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Items;
using Orchestrator.Workspaces;

namespace Orchestrator.Verbs;

/// <summary>Where work happens: <c>add-project</c>, <c>project …</c>, <c>worktree …</c>.</summary>
static class ProjectVerbs
{
    public static Command AddProject() => Verb.Do("add-project",
        "Register a folder as a project; again overwrites.", Add, AddSymbols());

    public static Command Project() => Verb.Group("project", "Registered repositories and folders.",
        Verb.Do("create", "Make a project with a folder of its own, or set how the queue of one works.", Create,
            Verb.Word("name", "Its name; it is turned into letters, digits and dashes."),
            Verb.Text("--description", "More about it.", "TEXT"),
            Verb.Text("--concurrent", "Items at work at once; 2 for a new one.", "N"),
            Verb.Text("--auto-run", "true or false: ready items start by themselves.", "BOOL")),
        Verb.Do("add", "Add an item to a project; with a folder instead of a title: register it as a project.", AddEither,
        [
            .. AddSymbols(),
            Verb.Text("--priority", "Of an item: low, medium (the default), high or urgent.", "WORD"),
            Verb.Text("--description", "Of an item: more about it.", "TEXT"),
        ]),
        Verb.Do("list", "List projects, with how far they are; --format text as lines.", ListAll),
        Verb.Do("show", "Show a project, with how far it is.", ShowOne, Verb.Word("name", "Its name.")),
        Verb.Do("ready", "Ready every item of a project that is in inbox or planning.",
            call => call.Output.Document(call.Api().Items.ReadyProject(call.Need("name"))), Verb.Word("name", "Its name.")),
        Verb.Do("delete", "Take a registered project out; its folder, worktrees and branches stay.", Delete,
            Verb.Word("name", "Its name."), Verb.Flag("--confirm", "Really.")),
        Verb.Do("trust", "Trust what a project's own file asks for now: programs, arguments, variables, full access.", Trust,
            Verb.Word("name", "Name of the project, or its folder."),
            Verb.Flag("--show", "Only show what that is."),
            Verb.Flag("--revoke", "Take the word back.")));

    public static Command Worktree() => Verb.Group("worktree", "Worktrees of runs.",
        Verb.Do("list", "List worktrees and what is in them.", call => call.Output.Document(call.Api().Worktrees.List())),
        Verb.Do("show", "Show a worktree: branch, what is uncommitted, snapshots, who is in it, setup and teardown.",
            call => call.Output.Document(call.Api().Worktrees.Show(call.Need("id"))), Verb.Word("id", "Its id, or that of a run.")),
        Verb.Do("output", "Print what a command of setup or teardown wrote.", PrintOutput,
            Verb.Word("id", "Id of the worktree, or of a run."),
            Verb.Text("--command", "Id of the command; unset: the newest.", "ID"),
            Verb.Flag("--stderr", "Its standard error.")),
        Verb.Do("restore", "Bring a snapshot back, into a new worktree or an empty folder.", Restore,
            Verb.Word("snapshot", "Id of a run, or the name of a snapshot."),
            Verb.Text("--to", "A new or empty folder, instead of a worktree.", "DIR")),
        Verb.Do("cleanup", "Remove worktrees that hold nothing unsaved; says where copies are.", Cleanup,
        [
            .. Verb.Id("run"),
            Verb.Flag("--dry-run", "Only say what would be removed."),
        ]));

    static Symbol[] AddSymbols() =>
    [
        Verb.Word("name", "Name of the project."),
        Verb.Word("path", "Its folder."),
        Verb.Text("--default-profile", "Profile of runs that name none.", "NAME"),
        Verb.Text("--isolation", "worktree (the default for repositories), shared or none.", "KIND"),
    ];

    /// <summary>The absolute path of a folder; one that does not exist is a wrong command line.</summary>
    public static string ExistingFolder(Invocation call, string path)
    {
        // An unset variable in a script must not mean the current folder.
        if (path.Length == 0) throw Invocation.Usage("The folder's path is empty.");
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, call.Around.Folder));
        if (Directory.Exists(full)) return full;
        throw Invocation.Usage(File.Exists(full) ? $"'{full}' is a file, not a folder." : $"There is no folder '{full}'.");
    }

    static int Add(Invocation call) => call.Output.Document(call.Api().Projects.Add(new AddProject.Request(
        call.Need("name"), ExistingFolder(call, call.Need("path")), call.Text("--default-profile"), call.Text("--isolation"), null)));

    static int Create(Invocation call)
    {
        var auto = call.Text("--auto-run") switch
        {
            null => (bool?)null,
            "true" => true,
            "false" => false,
            var other => throw Invocation.Usage($"--auto-run takes true or false, not '{other}'."),
        };
        var answer = call.Api().Items.SetProject(new QueueProjects.Request(call.Need("name"), call.Text("--description"),
            call.Number("--concurrent", 1, 1000), auto, null));
        return call.Output.Document(answer);
    }

    static int Delete(Invocation call)
    {
        var name = call.Need("name");
        if (!call.Flag("--confirm"))
            throw Invocation.Usage($"This takes the project '{name}' out. Nothing was done.", $"agentctl project delete {name} --confirm");
        return call.Output.Document(call.Api().Projects.Remove(name));
    }

    /// <summary>Two older meanings of one command: a title becomes an item, a folder becomes a project.</summary>
    static int AddEither(Invocation call)
    {
        var (name, second) = (call.Need("name"), call.Need("path"));
        var isFolder = second.Contains('/') || second is "." or ".." || Directory.Exists(Path.GetFullPath(second, call.Around.Folder));
        if (isFolder)
            return call.Text("--priority") is null && call.Text("--description") is null ? Add(call)
                : throw Invocation.Usage($"'{second}' is a folder: --priority and --description are for items.");
        if (call.Api().Projects.List().Entries("projects").All(project => project.Text("name") != name))
            throw Invocation.Usage($"There is no project '{name}', and no folder '{second}'.",
                "agentctl project create \"name\" makes one, agentctl project list shows them.");
        var answer = call.Api().Items.Add(new AddItem.Request(second, call.Text("--description"), call.Text("--priority"), null, null, name,
            null, null, null, null, null, null, null, null, null, null, null, null, null, null, null));
        if (call.Output.WantsJson) return call.Output.Document(answer);
        call.Output.Line($"Added {answer.Text("item.id")}");
        return ExitCodes.Ok;
    }

    static int ListAll(Invocation call)
    {
        var progress = call.Api().Items.Projects().Entries("projects").ToDictionary(one => one.Text("name") ?? "");
        if (call.Format == "text" && !call.Output.WantsJson)
        {
            foreach (var one in progress.Values) call.Output.Line(Bar(one));
            return ExitCodes.Ok;
        }
        var answer = call.Api().Projects.List();
        foreach (var project in answer.Entries("projects"))
            project["queue"] = progress.GetValueOrDefault(project.Text("name") ?? "")?.DeepClone();
        return call.Output.Document(answer);
    }

    /// <summary><c>demo  [#####.....]  50 % (3/6)  2 in flight  active</c></summary>
    static string Bar(JsonNode one)
    {
        var (percent, over) = ((long)one["percent"]!, (long)one["done"]! + (long)one["review"]!);
        var full = (int)(percent / 10);
        return $"{one.Text("name")}  [{new string('#', full)}{new string('.', 10 - full)}]  {percent} % ({over}/{(long)one["total"]!})  "
            + $"{(long)one["in_flight"]!} in flight  {one.Text("status")}";
    }

    static int ShowOne(Invocation call)
    {
        var answer = call.Api().Projects.Show(call.Need("name"));
        if (answer["project"] is JsonObject project)
            project["queue"] = call.Api().Items.Projects().Entries("projects")
                .FirstOrDefault(one => one.Text("name") == project.Text("name"))?.DeepClone();
        return call.Output.Document(answer);
    }

    static int Trust(Invocation call)
    {
        var name = call.Need("name");
        if (name.Contains('/') || name is "." or "..") name = ExistingFolder(call, name);
        var found = call.Api().Projects.ShowTrust(name);
        // What was shown is what is trusted: a file that changes in between is refused.
        if (!call.Flag("--show"))
            found = call.Api().Projects.Trust(new TrustProject.Request(name, found.Text("hash"), call.Flag("--revoke") ? true : null));
        if (call.Output.WantsJson) return call.Output.Document(found);
        foreach (var setting in found.Entries("settings"))
            call.Output.Line(Output.Printable($"{setting.Text("place")}: {setting.Text("key")}: {setting.Text("value")}"));
        call.Output.Line(found.Text("state") ?? "");
        return ExitCodes.Ok;
    }

    static int PrintOutput(Invocation call)
    {
        GatewayRunVerbs.Copy(call, call.Api().Worktrees.Output(call.Need("id"), call.Text("--command"),
            call.Flag("--stderr") ? "stderr" : "stdout"), out _);
        return ExitCodes.Ok;
    }

    static int Restore(Invocation call) => call.Output.Document(call.Api().Worktrees.Restore(new RestoreWorktree.Request(
        call.Need("snapshot"), call.Text("--to") is { } folder ? Path.GetFullPath(folder, call.Around.Folder) : null)));

    static int Cleanup(Invocation call) => call.Output.Document(call.Api().Worktrees.CleanUp(
        new CleanUpWorktrees.Request(call.Flag("--dry-run") ? true : null, call.MaybeId("run"), null)));
}
