using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Http;
using Orchestrator.Profiles;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Items;

/// <summary>Adds a work item; it waits in the inbox.</summary>
static class AddItem
{
    /// <summary>POST /items.</summary>
    public sealed record Request(string? Title, string? Description, string? Priority, string? Complexity,
        IReadOnlyList<string>? AcceptanceCriteria, string? Project, string? Plan, string? Phase, string? Parent, string? Kind,
        IReadOnlyList<string>? Labels, IReadOnlyList<string>? Writes, IReadOnlyList<string>? Reads, string? Profile, string? Criticality,
        string? Assignee, string? DueDate, JsonElement? Output, IReadOnlyList<string>? BlockedBy, string? CreatedBy,
        string? IdempotencyKey, int? Reviews = null, string? Issue = null);

    public static void Map(Routes routes, ItemStore items, Intake intake)
    {
        routes.Post("/items", nameof(AddItem), async call =>
            await Add(call, items, intake, await call.Body(ItemJson.Default.AddItemRequest), seed: false),
            doc: () => Doc().Takes(ItemJson.Default.AddItemRequest, "title").GivesItem(seed: false));
        routes.Post("/api/queue", nameof(QueueAdd), async call =>
            await Add(call, items, intake, (await call.Body(QueueJson.Default.QueueAddRequest)).Plain(), seed: true),
            doc: () => Doc().Takes(QueueJson.Default.QueueAddRequest, "title").GivesItem(seed: true));
    }

    static RouteDoc Doc() => RouteDoc.Of("Adds a work item; it waits in the inbox.").Creates().Refuses(FaultCode.Conflict);

    static async Task<Reply> Add(Call call, ItemStore items, Intake intake, Request request, bool seed)
    {
        var order = intake.Check(request);
        return await Once.Write(items.Store, call, "", request.IdempotencyKey, request with { IdempotencyKey = null },
            ItemJson.Default.AddItemRequest, transaction =>
        {
            if (order.Parent is { } parent)
                Intake.RefuseBusy(ItemRows.Get(transaction.Db, parent));
            var item = items.Insert(transaction, order, call.Principal.Name);
            return Reply.Created(json => ItemWire.Write(json, "item", item, seed));
        });
    }
}

/// <summary>The same in the words of the first queue.</summary>
static class QueueAdd
{
    /// <summary>POST /api/queue.</summary>
    public sealed record Request(string? Title, string? Description, string? Priority, string? Complexity,
        IReadOnlyList<string>? AcceptanceCriteria, string? Project, string? ProjectId, string? Phase, string? Parent, string? Kind,
        IReadOnlyList<string>? Labels, IReadOnlyList<string>? Writes, IReadOnlyList<string>? Reads, string? Profile, string? Criticality,
        string? Assignee, string? DueDate, JsonElement? Output, IReadOnlyList<string>? BlockedBy, string? CreatedBy,
        string? IdempotencyKey, int? Reviews = null, string? Issue = null,
        [property: JsonPropertyName("idempotency_key")] string? IdempotencyKeyToo = null)
    {
        public AddItem.Request Plain() => new(Title, Description, Priority, Complexity, AcceptanceCriteria, Project ?? ProjectId, null,
            Phase, Parent, Kind, Labels, Writes, Reads, Profile, Criticality, Assignee, DueDate, Output, BlockedBy, CreatedBy,
            IdempotencyKey ?? IdempotencyKeyToo, Reviews, Issue);
    }
}

/// <summary>Checks what a request for an item says; each refusal names the member and what it may be.</summary>
sealed class Intake(Database store, ProjectStore projects, Action<string, string, string?> needProfile)
{
    public const int TitleLength = 500, DescriptionBytes = 256 * 1024, LineLength = 2000, MostEntries = 200, OutputLength = 16 * 1024;

    public NewItem Check(AddItem.Request request)
    {
        var parent = request.Parent is null ? null : store.Read(db => Existing(db, "parent", request.Parent));
        var project = request.Project is null ? null : projects.Require(request.Project);
        if (request.Profile is not null)
            needProfile("profile", request.Profile, project?.Path);
        return new NewItem
        {
            Title = Title(request.Title),
            Description = Description(request.Description) ?? "",
            AcceptanceCriteria = Lines("acceptance_criteria", request.AcceptanceCriteria) ?? [],
            Priority = Priority(request.Priority) ?? 1,
            Complexity = Word("complexity", request.Complexity, ItemWords.Complexities) ?? "m",
            Project = project?.Name ?? parent?.Project,
            Plan = Line("plan", request.Plan),
            Phase = Line("phase", request.Phase),
            PhaseNo = long.TryParse(request.Phase, out var number) && number is > 0 and < 10_000 ? number : 0,
            Parent = parent?.Id,
            Kind = Line("kind", request.Kind),
            Labels = Lines("labels", request.Labels) ?? [],
            Writes = Paths("writes", request.Writes) ?? [],
            Reads = Paths("reads", request.Reads) ?? [],
            Profile = request.Profile,
            Criticality = Word("criticality", request.Criticality, ItemWords.Criticalities) ?? "normal",
            Reviews = Reviewers(request.Reviews),
            Assignee = Line("assignee", request.Assignee),
            DueDate = DueDate(request.DueDate),
            Output = Output(request.Output),
            Issue = Issue(request.Issue),
            CreatedBy = Line("created_by", request.CreatedBy),
            BlockedBy = Items("blocked_by", request.BlockedBy) ?? [],
        };
    }

    /// <summary>Refuses a profile that neither the configuration nor the item's project has.</summary>
    public void NeedProfile(string profile, string? project) =>
        needProfile("profile", profile, project is null ? null : projects.Find(project)?.Path);

    /// <summary>Work that somebody has gets no steps beside it.</summary>
    public static void RefuseBusy(Item parent)
    {
        if (parent.Steps == 0 && parent.State is not (ItemStatus.Inbox or ItemStatus.Planning or ItemStatus.Ready))
            throw new Fault(FaultCode.Conflict, $"Item {parent.Id} is {parent.Status}: it can get no steps now.",
                "Add the step to one that is in inbox, planning or ready.");
    }

    public static string Title(string? title)
    {
        if (string.IsNullOrWhiteSpace(title))
            throw Fault.Invalid("title", "is required.");
        Texts.Line("title", title, TitleLength);
        return title.Trim();
    }

    public static string? Description(string? text) =>
        string.IsNullOrEmpty(text) ? text : Texts.Body("description", text, DescriptionBytes);

    public static int? Priority(string? word) => Word("priority", word, ItemWords.Priorities) is { } known
        ? ItemWords.Priorities.ToList().IndexOf(known) : null;

    /// <summary>One of some words, or null.</summary>
    public static string? Word(string field, string? word, IReadOnlyList<string> words)
    {
        if (word is null || words.Contains(word))
            return word;
        var guess = NearestWord.To(word, words) is { } near ? $" Did you mean '{near}'?" : "";
        throw Fault.Unprocessable(field, $"'{Texts.Short(word)}' is none of {string.Join(", ", words)}.{guess}");
    }

    public static string? Line(string field, string? text)
    {
        Texts.Line(field, text, LineLength);
        return string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    public static IReadOnlyList<string>? Lines(string field, IReadOnlyList<string>? texts)
    {
        if (texts is null)
            return null;
        if (texts.Count > MostEntries)
            throw Fault.Unprocessable(field, $"must be {MostEntries} at most.");
        return [.. texts.Select(text => Line(field, text)
            ?? throw Fault.Unprocessable(field, "must hold texts that are not empty."))];
    }

    /// <summary>Files, folders and globs below the project's folder, with '/'.</summary>
    public static IReadOnlyList<string>? Paths(string field, IReadOnlyList<string>? paths)
    {
        foreach (var path in paths ?? [])
            if (path is null || Path.IsPathRooted(path) || path.Split('/').Contains("..") || path.Contains('\\', StringComparison.Ordinal))
                throw Fault.Unprocessable(field, $"'{Texts.Short(path ?? "null")}' must be a path below the project's folder, with '/'.");
        return Lines(field, paths);
    }

    /// <summary>How many reviewers somebody wants.</summary>
    public static int? Reviewers(int? count) => count is null or (>= 0 and <= ReviewPolicy.Most) ? count
        : throw Fault.Unprocessable("reviews", $"must be a whole number from 0 to {ReviewPolicy.Most}.");

    // #12   12   acme/shop#12   https://github.com/acme/shop/issues/12
    /// <summary>An issue as it is kept: owner/name#12, or #12.</summary>
    public static string? Issue(string? issue)
    {
        if (Line("issue", issue) is not { } text)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            && address.AbsolutePath.Trim('/').Split('/') is [var owner, var name, "issues", var last])
            text = $"{owner}/{name}#{last}";
        var at = text.IndexOf('#', StringComparison.Ordinal);
        return long.TryParse(text[(at + 1)..], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture,
            out var number) && number > 0 && (at <= 0 || PullRequestSettings.IsRepository(text[..at]))
            ? $"{(at > 0 ? text[..at] : "")}#{number}"
            : throw Fault.Unprocessable("issue", $"'{Texts.Short(text)}' must be like #12, acme/shop#12, or an issue's address.");
    }

    public static string? DueDate(string? date) => date is null
        || DateOnly.TryParseExact(date, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.None, out _)
        ? date : throw Fault.Unprocessable("due_date", "must be a date like 2026-01-31.");

    /// <summary>Whole ids of items that are there.</summary>
    public IReadOnlyList<string>? Items(string field, IReadOnlyList<string>? ids)
    {
        if (ids is null)
            return null;
        if (ids.Count > MostEntries)
            throw Fault.Unprocessable(field, $"must be {MostEntries} at most.");
        return store.Read(db => (IReadOnlyList<string>)[.. ids.Select(id => Existing(db, field, id).Id).Distinct()]);
    }

    static Item Existing(Connection db, string field, string? id)
    {
        try
        {
            return ItemRows.Resolve(db, id ?? "");
        }
        catch (Fault fault) when (fault.Code is FaultCode.NotFound or FaultCode.Conflict)
        {
            throw Fault.Unprocessable(field, fault.Message);
        }
    }

    /// <summary>A repository to be made is private unless the request says exactly false.</summary>
    static string? Output(JsonElement? output)
    {
        if (output is not { ValueKind: not JsonValueKind.Null } given)
            return null;
        if (given.ValueKind != JsonValueKind.Object || !given.TryGetProperty("type", out var type)
            || type.ValueKind != JsonValueKind.String)
            throw Fault.Unprocessable("output", "must be an object with a type, like {\"type\": \"repo\", \"name\": \"dashboard\"}.");
        if (type.GetString() != "repo")
            throw Fault.Unprocessable("output", $"the type '{Texts.Short(type.GetString()!)}' is none of repo.");
        if (given.GetRawText().Length > OutputLength)
            throw new Fault(FaultCode.TooLarge, $"output: is longer than {OutputLength} characters.");
        foreach (var name in (string[])["name", "template", "description"])
            if (given.TryGetProperty(name, out var text) && text.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
                throw Fault.Unprocessable("output", $"{name} must be a text.");
        var made = System.Text.Json.Nodes.JsonObject.Create(given)!;
        made["private"] = !(given.TryGetProperty("private", out var isPrivate) && isPrivate.ValueKind == JsonValueKind.False);
        return made.ToJsonString(Json.PlainOptions);
    }
}
