using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.GitHub;

/// <summary>A pull request as GitHub has it.</summary>
/// <param name="Head">The commit its branch is on.</param>
/// <param name="MergeCommit">The commit that merged it; null while it is not merged.</param>
/// <param name="Mergeable">Null while GitHub has not found out.</param>
/// <param name="By">Who merged or closed it, as far as GitHub says.</param>
sealed record Pull(long Number, string Url, bool Open, bool Merged, bool Draft, string Head, string Base, string? MergeCommit,
    bool? Mergeable, string Title, string Body, string? By);

/// <summary>What an automatic check came to: a check run, or a commit status of the older kind.</summary>
/// <param name="Conclusion">success, failure, timed_out, …; null while it is under way.</param>
sealed record PullCheck(string Name, string? Conclusion, string? Title, string? Summary, string? Url)
{
    /// <summary>Those that speak against the work. One that was canceled, or that waits for a person, does not.</summary>
    public bool Failed => Conclusion is "failure" or "timed_out" or "startup_failure" or "error";
}

/// <summary>All checks of a commit.</summary>
/// <param name="Trouble">Why some of them could not be read; null when all could.</param>
sealed record PullChecks(IReadOnlyList<PullCheck> All, string? Trouble);

/// <summary>One remark of somebody on GitHub: at a line, or about the whole.</summary>
/// <param name="Id">Grows within its kind.</param>
/// <param name="OfLine">It stands at a line, and not in a review's own text.</param>
/// <param name="Association">OWNER, MEMBER, COLLABORATOR, CONTRIBUTOR, NONE, …</param>
sealed record PullComment(long Id, bool OfLine, string Author, string Association, string? File, long? Line, string Body, string? Url)
{
    /// <summary>Its author may write to the repository.</summary>
    public bool MayWrite => Association is "OWNER" or "MEMBER" or "COLLABORATOR";
}

/// <summary>A repository as GitHub has it.</summary>
sealed record GitHubRepository(RepositoryName Name, string Url, string CloneUrl, string DefaultBranch, bool Private, string Description,
    bool Empty);

/// <summary>The calls that deliveries need, each with its address in GitHub's documentation.</summary>
sealed class PullCalls(GitHubApi api)
{
    /// <summary>Letters of one text that are kept: it is read by people and agents.</summary>
    const int MostOfText = 8000;

    // https://docs.github.com/rest/repos/repos#get-a-repository
    public async Task<GitHubRepository> Repository(RepositoryName repository, CancellationToken stop) =>
        ReadRepository((await api.Get($"/repos/{repository}", stop)).Body);

    // https://docs.github.com/rest/pulls/pulls#list-pull-requests
    /// <summary>Pull requests of a branch of the repository itself, open ones first, then the newest.</summary>
    public async Task<IReadOnlyList<Pull>> Of(RepositoryName repository, string branch, CancellationToken stop)
    {
        var found = new List<Pull>();
        await foreach (var one in api.List(
            $"/repos/{repository}/pulls?state=all&head={Uri.EscapeDataString($"{repository.Owner}:{branch}")}", null, stop))
            if (IsFrom(one, repository, branch))
                found.Add(ReadPull(one));
        return [.. found.OrderByDescending(pull => pull.Open).ThenByDescending(pull => pull.Number)];
    }

    // https://docs.github.com/rest/pulls/pulls#create-a-pull-request
    public async Task<Pull> Create(RepositoryName repository, string branch, string into, string title, string body, bool draft,
        CancellationToken stop) => ReadPull((await api.Send(HttpMethod.Post, $"/repos/{repository}/pulls", new JsonObject
        {
            ["title"] = title,
            ["head"] = branch,
            ["base"] = into,
            ["body"] = body,
            ["draft"] = draft,
        }, stop)).Body);

    // https://docs.github.com/rest/pulls/pulls#update-a-pull-request
    /// <param name="body">Its new text; null leaves it.</param>
    /// <param name="into">The branch it is to go to from now on; null leaves it.</param>
    public async Task<Pull> Change(RepositoryName repository, long number, string? body, string? into, CancellationToken stop)
    {
        var change = new JsonObject();
        if (body is not null)
            change["body"] = body;
        if (into is not null)
            change["base"] = into;
        return ReadPull((await api.Send(HttpMethod.Patch, $"/repos/{repository}/pulls/{number}", change, stop)).Body);
    }

    // https://docs.github.com/rest/issues/labels#add-labels-to-an-issue
    public Task Label(RepositoryName repository, long number, IReadOnlyList<string> labels, CancellationToken stop) =>
        api.Send(HttpMethod.Post, $"/repos/{repository}/issues/{number}/labels",
            new JsonObject { ["labels"] = new JsonArray([.. labels.Select(label => (JsonNode)label)]) }, stop);

    // https://docs.github.com/rest/pulls/pulls#get-a-pull-request
    public async Task<Pull> Show(RepositoryName repository, long number, CancellationToken stop) =>
        ReadPull((await api.Get($"/repos/{repository}/pulls/{number}", stop)).Body);

    /// <summary>Check runs and commit statuses of a commit, the newest of each name. What the token may not read is told, and left out.
    /// </summary>
    public async Task<PullChecks> Checks(RepositoryName repository, string commit, CancellationToken stop)
    {
        var (found, troubles) = (new List<PullCheck>(), new List<string>());
        async Task<bool> May(Func<Task> read)
        {
            try
            {
                await read();
                return true;
            }
            catch (GitHubFailure failure) when (failure.Trouble == GitHubTrouble.Forbidden)
            {
                troubles.Add(failure.Whole);
                return false;
            }
        }
        // Fine-grained tokens of persons cannot have the permission for check runs, but may have that for GitHub's own Actions.
        if (!await May(() => Runs(repository, commit, found, stop)) && await May(() => Workflows(repository, commit, found, stop)))
            troubles.Clear();
        await May(() => Statuses(repository, commit, found, stop));
        return new PullChecks(found, troubles.FirstOrDefault());
    }

    // https://docs.github.com/rest/checks/runs#list-check-runs-for-a-git-reference
    async Task Runs(RepositoryName repository, string commit, List<PullCheck> found, CancellationToken stop)
    {
        await foreach (var run in api.List($"/repos/{repository}/commits/{commit}/check-runs?filter=latest", "check_runs", stop))
        {
            var output = Inner(run, "output");
            found.Add(new PullCheck(Text(run, "name") ?? "check", Conclusion(run), Cut(Text(output, "title")),
                Cut(Text(output, "summary") ?? Text(output, "text")), Text(run, "html_url") ?? Text(run, "details_url")));
        }
    }

    // https://docs.github.com/rest/actions/workflow-runs#list-workflow-runs-for-a-repository
    async Task Workflows(RepositoryName repository, string commit, List<PullCheck> found, CancellationToken stop)
    {
        var newest = new Dictionary<long, JsonElement>();
        await foreach (var run in api.List($"/repos/{repository}/actions/runs?head_sha={commit}", "workflow_runs", stop))
            if (Number(run, "workflow_id") is { } workflow
                && (!newest.TryGetValue(workflow, out var other) || Number(run, "id") > Number(other, "id")))
                newest[workflow] = run;
        foreach (var run in newest.Values)
        {
            var check = new PullCheck(Text(run, "name") ?? "workflow", Conclusion(run), Cut(Text(run, "display_title")), null,
                Text(run, "html_url"));
            found.Add(check.Failed ? check with { Summary = await Failing(repository, Number(run, "id") ?? 0, stop) } : check);
        }
    }

    // https://docs.github.com/rest/actions/workflow-jobs#list-jobs-for-a-workflow-run
    /// <summary>Jobs and steps of a workflow run that failed, a line each.</summary>
    async Task<string> Failing(RepositoryName repository, long run, CancellationToken stop)
    {
        var lines = new List<string>();
        await foreach (var job in api.List($"/repos/{repository}/actions/runs/{run}/jobs", "jobs", stop))
            if (Text(job, "conclusion") is "failure" or "timed_out")
                lines.AddRange(Inner(job, "steps") is { ValueKind: JsonValueKind.Array } steps && steps.EnumerateArray()
                    .Where(step => Text(step, "conclusion") is "failure" or "timed_out").Select(step => Text(step, "name")).ToList()
                    is { Count: > 0 } failed ? failed.Select(step => $"{Text(job, "name")}: {step}") : [Text(job, "name") ?? "job"]);
        return Cut(string.Join('\n', lines))!;
    }

    // https://docs.github.com/rest/commits/statuses#get-the-combined-status-for-a-specific-reference
    async Task Statuses(RepositoryName repository, string commit, List<PullCheck> found, CancellationToken stop)
    {
        await foreach (var status in api.List($"/repos/{repository}/commits/{commit}/status", "statuses", stop))
            found.Add(new PullCheck(Text(status, "context") ?? "status",
                Text(status, "state") is { } state and not "pending" ? state : null, null, Cut(Text(status, "description")),
                Text(status, "target_url")));
    }

    static string? Conclusion(JsonElement run) => Text(run, "status") == "completed" ? Text(run, "conclusion") ?? "neutral" : null;

    // https://docs.github.com/rest/pulls/reviews#list-reviews-for-a-pull-request
    // https://docs.github.com/rest/pulls/comments#list-review-comments-on-a-pull-request
    /// <summary>What people say of it: texts of reviews that do not approve, and comments at lines.</summary>
    public async Task<IReadOnlyList<PullComment>> Comments(RepositoryName repository, long number, CancellationToken stop)
    {
        var found = new List<PullComment>();
        await foreach (var review in api.List($"/repos/{repository}/pulls/{number}/reviews", null, stop))
            if (Text(review, "state") is "CHANGES_REQUESTED" or "COMMENTED" && Text(review, "body") is { Length: > 0 } body)
                found.Add(Comment(review, false, body));
        await foreach (var comment in api.List($"/repos/{repository}/pulls/{number}/comments", null, stop))
            if (Text(comment, "body") is { Length: > 0 } body)
                found.Add(Comment(comment, true, body));
        return found;
    }

    // https://docs.github.com/rest/users/users#get-the-authenticated-user
    /// <summary>Whose token it is, and the scopes of a classic one.</summary>
    public async Task<(string Login, string? Scopes)> Self(CancellationToken stop)
    {
        var answer = await api.Get("/user", stop);
        return (Need(answer.Body, "login"), answer.Scopes);
    }

    // https://docs.github.com/rest/repos/repos#create-an-organization-repository
    // https://docs.github.com/rest/repos/repos#create-a-repository-for-the-authenticated-user
    /// <param name="organization">Null for the token's own account.</param>
    public async Task<GitHubRepository> Make(string? organization, string name, bool isPrivate, string description,
        CancellationToken stop) => ReadRepository((await api.Send(HttpMethod.Post,
            organization is null ? "/user/repos" : $"/orgs/{Uri.EscapeDataString(organization)}/repos", new JsonObject
            {
                ["name"] = name,
                ["description"] = description,
                ["private"] = isPrivate,
                ["auto_init"] = false,
            }, stop)).Body);

    static PullComment Comment(JsonElement one, bool ofLine, string body) => new(Number(one, "id") ?? 0, ofLine,
        Text(Inner(one, "user"), "login") ?? "ghost", Text(one, "author_association") ?? "NONE", Text(one, "path"),
        Number(one, "line") ?? Number(one, "original_line"), Cut(body)!, Text(one, "html_url"));

    static string? Cut(string? text) => text is { Length: > MostOfText } ? text[..MostOfText] + "…" : text;

    // {"head":{"ref":"work","sha":"890520a5…","repo":{"full_name":"acme/shop"}}}      a repository that was deleted is null
    /// <summary>A fork of the same owner may have a branch of that name, too: that one is not ours to change.</summary>
    static bool IsFrom(JsonElement pull, RepositoryName repository, string branch)
    {
        var head = Inner(pull, "head");
        return (Text(head, "ref") ?? branch) == branch && Inner(head, "repo").ValueKind switch
        {
            JsonValueKind.Undefined => true,
            JsonValueKind.Object => string.Equals(Text(Inner(head, "repo"), "full_name"), repository.ToString(),
                StringComparison.OrdinalIgnoreCase),
            _ => false,
        };
    }

    static Pull ReadPull(JsonElement pull) => new(Number(pull, "number") ?? throw Odd("number"), Need(pull, "html_url"),
        Text(pull, "state") == "open", Text(pull, "merged_at") is not null || Flag(pull, "merged") == true, Flag(pull, "draft") == true,
        Need(Inner(pull, "head"), "sha"), Need(Inner(pull, "base"), "ref"),
        Text(pull, "merged_at") is null ? null : Text(pull, "merge_commit_sha"), Flag(pull, "mergeable"), Text(pull, "title") ?? "",
        Text(pull, "body") ?? "", Text(Inner(pull, "merged_by"), "login") ?? Text(Inner(pull, "closed_by"), "login"));

    static GitHubRepository ReadRepository(JsonElement one) => new(RepositoryName.Parse(Need(one, "full_name")) ?? throw Odd("full_name"),
        Need(one, "html_url"), Need(one, "clone_url"), Text(one, "default_branch") ?? "main", Flag(one, "private") == true,
        Text(one, "description") ?? "", Number(one, "size") is null or 0);

    static string Need(JsonElement element, string name) => Text(element, name) ?? throw Odd(name);

    static GitHubFailure Odd(string name) => new(GitHubTrouble.Odd, $"GitHub's answer is none: it has no '{name}'.",
        "Is github.api_url the address of a GitHub REST API?");

    static JsonElement Inner(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var inner) ? inner : default;

    static string? Text(JsonElement element, string name) =>
        Inner(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    static long? Number(JsonElement element, string name) =>
        Inner(element, name) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : null;

    static bool? Flag(JsonElement element, string name) => Inner(element, name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}
