using System.Text.Json.Nodes;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Items;

/// <summary>What was said of a project's queue by command; null leaves it to config.yaml.</summary>
sealed record QueueProject(string Project, string Title, string Description, int? MaxParallel, bool? AutoRun, bool IsActive);

/// <summary>How far a project is, and how its queue works.</summary>
/// <param name="Percent">Done and in review, of all.</param>
sealed record ProjectProgress(string Name, string Title, string Description,
    [property: Words("planning", "active", "paused", "completed")] string Status,
    string Path, int? MaxParallel, bool AutoRun, long Total, long Done, long Review, long InFlight, long Percent);

/// <summary>How projects' queues work and how far they are: shown, and set by command.</summary>
sealed class QueueProjects(ItemStore items, ProjectStore projects, QueueRules rules, string dataFolder)
{
    /// <summary>Items at work at once in a project that a command made and that said nothing.</summary>
    const int DefaultParallel = 2;

    /// <summary>Longest name in characters.</summary>
    const int NameLength = 100;

    /// <summary>POST /queue/projects.</summary>
    public sealed record Request(string? Name, string? Description, int? MaxParallel, bool? AutoRun, string? IdempotencyKey);

    /// <summary>POST /queue/projects/{name}/ready.</summary>
    public sealed record ReadyRequest(string? Reason);

    public void Map(Routes routes)
    {
        routes.Post("/queue/projects", "SetQueueProject", Set,
            doc: () => RouteDoc.Of("Sets how a project's queue works; makes a project with a folder of its own where there is none of that "
                + "name.").Takes(HoldJson.Default.QueueProjectsRequest, "name").Creates()
                .Gives("project", HoldJson.Default.ProjectProgress));
        routes.Get("/queue/projects", "ListQueueProjects", _ =>
        {
            var found = projects.List().Select(Describe).ToList();
            return Task.FromResult(Reply.Ok(json => json.Member("projects", found, HoldJson.Default.IReadOnlyListProjectProgress)));
        }, doc: () => RouteDoc.Of("How far each project is, and how its queue works.")
            .Gives("projects", HoldJson.Default.IReadOnlyListProjectProgress));
        routes.Post("/queue/projects/{name}/ready", "ReadyQueueProject", Ready,
            doc: () => RouteDoc.Of("Readies every item of a project that is in inbox or planning, and makes the project active.")
                .Takes(HoldJson.Default.ReadyProjectRequest).Gives("readied", Shape.List(Shape.Text))
                .Gives("project", HoldJson.Default.ProjectProgress));
    }

    /// <summary>What was said of one; null for nothing.</summary>
    public static QueueProject? Find(Connection db, string project) => db.First(
        "select project, title, description, max_parallel, auto_run, is_active from queue_projects where project = @project",
        row => new QueueProject(row.GetString(0), row.GetString(1), row.GetString(2), (int?)row.LongOrNull(3),
            row.LongOrNull(4) is { } auto ? auto == 1 : null, row.GetInt64(5) == 1), ("@project", project));

    async Task<Reply> Set(Call call)
    {
        var request = await call.Body(HoldJson.Default.QueueProjectsRequest);
        if (string.IsNullOrWhiteSpace(request.Name))
            throw Fault.Invalid("name", "is required.");
        var title = Intake.Line("name", request.Name)!;
        if (request.MaxParallel is < 1 or > 1000)
            throw Fault.Unprocessable("max_parallel", "must be a whole number from 1 to 1000.");
        var known = projects.Find(title) ?? projects.Find(Slug(title));
        var name = known?.Name ?? Slug(title);
        if (known is null)
            Directory.CreateDirectory(FolderOf(name));
        await Once.Write(items.Store, call, name, request.IdempotencyKey, request with { IdempotencyKey = null },
            HoldJson.Default.QueueProjectsRequest, transaction =>
            {
                if (known is null)
                    ProjectStore.Put(transaction, new Project { Name = name, Path = FolderOf(name), Isolation = "none" });
                var before = Find(transaction.Db, name);
                Put(transaction, new QueueProject(name, before?.Title ?? title, request.Description ?? before?.Description ?? "",
                    request.MaxParallel ?? before?.MaxParallel ?? (known is null ? DefaultParallel : null),
                    request.AutoRun ?? before?.AutoRun, before?.IsActive ?? false), call.Principal.Name);
                return Reply.Ok([]);
            });
        var shown = Describe(projects.Require(name));
        Action<System.Text.Json.Utf8JsonWriter> body = json => json.Member("project", shown, HoldJson.Default.ProjectProgress);
        return known is null ? Reply.Created(body) : Reply.Ok(body);
    }

    async Task<Reply> Ready(Call call)
    {
        var reason = Intake.Line("reason", (await call.Body(HoldJson.Default.ReadyProjectRequest)).Reason) ?? "project ready";
        var project = projects.Find(call.Part("name")) ?? throw Fault.NotFound("project", Texts.Short(call.Part("name")));
        var readied = await items.Store.Write(transaction =>
        {
            var before = Find(transaction.Db, project.Name);
            Put(transaction, (before ?? new QueueProject(project.Name, project.Name, "", null, null, false)) with { IsActive = true },
                call.Principal.Name);
            var found = ItemRows.List(transaction.Db, new ItemQuery(["inbox", "planning"], project.Name, null, 0, long.MaxValue));
            return found.Where(item => item.Steps == 0)
                .Select(item => items.Move(transaction, item.Id, ItemStep.Admit, new ItemChange(call.Principal.Name, reason)).Id)
                .ToList();
        });
        var shown = Describe(project);
        return Reply.Ok(json =>
        {
            json.Member("readied", readied, ItemJson.Default.IReadOnlyListString);
            json.Member("project", shown, HoldJson.Default.ProjectProgress);
        });
    }

    void Put(WriteTransaction transaction, QueueProject said, string actor)
    {
        transaction.Db.Execute(
            "insert into queue_projects (project, title, description, max_parallel, auto_run, is_active, created_at) "
            + "values (@project, @title, @description, @most, @auto, @active, @now) on conflict (project) do update set "
            + "title = excluded.title, description = excluded.description, max_parallel = excluded.max_parallel, "
            + "auto_run = excluded.auto_run, is_active = excluded.is_active",
            ("@project", said.Project), ("@title", said.Title), ("@description", said.Description), ("@most", said.MaxParallel),
            ("@auto", said.AutoRun is { } auto ? auto ? 1 : 0 : null), ("@active", said.IsActive ? 1 : 0), ("@now", transaction.Now));
        items.Events.Append(transaction, new NewEvent(ItemEvents.ProjectSet, actor, new JsonObject
        {
            ["project"] = said.Project,
            ["title"] = said.Title,
            ["max_parallel"] = said.MaxParallel,
            ["auto_run"] = said.AutoRun,
            ["is_active"] = said.IsActive,
        }));
        items.Stir(transaction);
    }

    ProjectProgress Describe(Project project)
    {
        var (said, counts, isPaused) = items.Store.Read(db => (Find(db, project.Name), ItemRows.Counts(db, project.Name),
            db.Number("select 1 from queue_pauses where project = @project", ("@project", project.Name)) is not null));
        var rule = rules.Of(project.Name);
        long Of(ItemStatus status) => counts.GetValueOrDefault(ItemLifecycle.Word(status));
        var (total, done, review) = (counts.Values.Sum(), Of(ItemStatus.Done), Of(ItemStatus.Review));
        var over = done + Of(ItemStatus.Skipped) + Of(ItemStatus.Canceled);
        return new ProjectProgress(project.Name, said?.Title ?? project.Name, said?.Description ?? "",
            isPaused ? "paused" : total > 0 && over == total ? "completed"
                : said?.IsActive == true || Of(ItemStatus.InFlight) > 0 ? "active" : "planning",
            project.Path, rule.MaxParallel, rule.AutoRun, total, done, review, Of(ItemStatus.InFlight),
            total == 0 ? 0 : (done + review) * 100 / total);
    }

    string FolderOf(string name) => Path.Combine(dataFolder, "projects", name);

    /// <summary>"My Project!" → "my-project".</summary>
    static string Slug(string title)
    {
        var words = string.Concat(title.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : ' '))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var slug = string.Join('-', words).TrimStart('.', '_');
        return slug.Length > 0 ? slug[..Math.Min(slug.Length, NameLength)]
            : throw Fault.Unprocessable("name", "must hold a letter or a digit.");
    }
}
