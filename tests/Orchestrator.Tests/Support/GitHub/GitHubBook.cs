using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Tests.Support;

/// <summary>What the server knows, and its answers, each in the shape that GitHub documents for it.</summary>
/// <param name="root">Folder with bare repositories as owner/name.git.</param>
/// <param name="url">Where the server is.</param>
sealed class GitHubBook(string root, Func<string> url)
{
    readonly Lock sync = new();
    readonly List<JsonObject> pulls = [];
    readonly Dictionary<string, JsonArray> checks = [];
    readonly Dictionary<long, JsonArray> reviews = [], comments = [];
    readonly Dictionary<string, JsonObject> repositories = [];
    long ids = 1000;

    /// <summary>The account of the token.</summary>
    public const string Login = "robot";

    /// <summary>An organization it may make repositories in.</summary>
    public const string Organization = "acme";

    readonly Dictionary<string, List<JsonObject>> issues = [];

    /// <summary>Whether pull requests go together with their base.</summary>
    public bool Mergeable { get; set; } = true;

    /// <summary>All pull requests, oldest first, as they are now.</summary>
    public IReadOnlyList<JsonObject> Pulls
    {
        get
        {
            lock (sync)
                return [.. pulls.Select(Now)];
        }
    }

    public IReadOnlyList<string> Repositories
    {
        get
        {
            lock (sync)
                return [.. repositories.Keys];
        }
    }

    /// <summary>Makes a repository with nothing in it; the folder of it.</summary>
    public string Make(string name, bool isPrivate = true, string description = "")
    {
        var folder = Path.Combine(root, name + ".git");
        Directory.CreateDirectory(folder);
        Run(folder, "init", "--quiet", "--bare", "--initial-branch=main");
        Run(folder, "config", "http.receivepack", "true");
        lock (sync)
            repositories[name] = new JsonObject
            {
                ["id"] = ++ids,
                ["name"] = name.Split('/')[1],
                ["full_name"] = name,
                ["private"] = isPrivate,
                ["html_url"] = $"{url()}/{name}",
                ["clone_url"] = $"{url()}/{name}.git",
                ["description"] = description,
                ["default_branch"] = "main",
                ["size"] = 0,
            };
        return folder;
    }

    public string FolderOf(string name) => Path.Combine(root, name + ".git");

    /// <summary>Git in a repository of the server; its output.</summary>
    public string Git(string name, params string[] arguments) => Run(FolderOf(name), arguments);

    /// <summary>A check run of a commit, completed unless there is no conclusion.</summary>
    public void Check(string commit, string name, string? conclusion, string summary = "")
    {
        lock (sync)
        {
            if (!checks.TryGetValue(commit, out var list))
                checks[commit] = list = [];
            foreach (var old in list.Where(one => (string?)one!["name"] == name).ToList())
                list.Remove(old);
            list.Add(new JsonObject
            {
                ["id"] = ++ids,
                ["name"] = name,
                ["head_sha"] = commit,
                ["status"] = conclusion is null ? "in_progress" : "completed",
                ["conclusion"] = conclusion,
                ["html_url"] = $"{url()}/checks/{ids}",
                ["output"] = new JsonObject { ["title"] = $"{name} result", ["summary"] = summary, ["text"] = null },
            });
        }
    }

    /// <summary>A comment at a line.</summary>
    public void Comment(long number, string author, string association, string file, int line, string body)
    {
        lock (sync)
        {
            if (!comments.TryGetValue(number, out var list))
                comments[number] = list = [];
            list.Add(new JsonObject
            {
                ["id"] = ++ids,
                ["user"] = new JsonObject { ["login"] = author, ["type"] = "User" },
                ["author_association"] = association,
                ["path"] = file,
                ["line"] = line,
                ["body"] = body,
                ["html_url"] = $"{url()}/comments/{ids}",
            });
        }
    }

    /// <summary>A review with a text of its own.</summary>
    public void Review(long number, string author, string association, string state, string body)
    {
        lock (sync)
        {
            if (!reviews.TryGetValue(number, out var list))
                reviews[number] = list = [];
            list.Add(new JsonObject
            {
                ["id"] = ++ids,
                ["user"] = new JsonObject { ["login"] = author },
                ["author_association"] = association,
                ["state"] = state,
                ["body"] = body,
                ["html_url"] = $"{url()}/reviews/{ids}",
            });
        }
    }

    /// <summary>One from a fork of the same owner, whose branch is called like one of ours; null: that fork was deleted.</summary>
    public void Foreign(string name, string branch, string? fork)
    {
        lock (sync)
        {
            var pull = Row(name, branch, "main", new JsonObject { ["title"] = "Theirs", ["body"] = "Theirs." });
            (pull["frozen"], pull["from"]) = (new string('a', 40), fork is null ? null : new JsonObject { ["full_name"] = fork });
            pulls.Add(pull);
        }
    }

    /// <summary>Merges it, as the button does.</summary>
    public string Merge(long number)
    {
        lock (sync)
        {
            var pull = pulls.Single(one => (long)one["number"]! == number);
            var (name, now) = ((string)pull["full_name"]!, Now(pull));
            var (head, into) = ((string)now["head"]!["sha"]!, (string)now["base"]!["ref"]!);
            var commit = Git(name, "-c", "user.name=T", "-c", "user.email=t@example.com", "commit-tree", head + "^{tree}", "-p",
                $"refs/heads/{into}", "-p", head, "-m", $"Merge pull request #{number}");
            Git(name, "update-ref", $"refs/heads/{into}", commit);
            (pull["state"], pull["merged_at"], pull["merge_commit_sha"]) = ("closed", "2026-01-31T09:30:00Z", commit);
            pull["merged_by"] = new JsonObject { ["login"] = "una" };
            pull["frozen"] = head;
            return commit;
        }
    }

    /// <summary>Whether the repository that a path of the API names may be read by everybody.</summary>
    public bool IsPublic(string path)
    {
        lock (sync)
            return path.Split('/') is [_, var owner, var name, ..] && repositories.TryGetValue($"{owner}/{name}", out var found)
                && (bool)found["private"]! is false;
    }

    /// <summary>An issue, as the list has it; a pull request where it is said to be one. Said again it is changed.</summary>
    public void Issue(string name, long number, string title, string body, string state = "open", string[]? labels = null,
        bool isPull = false, string? reason = null)
    {
        var issue = new JsonObject
        {
            ["id"] = 5000 + number,
            ["number"] = number,
            ["title"] = title,
            ["body"] = body.Length == 0 ? null : body,
            ["state"] = state,
            ["state_reason"] = reason,
            ["user"] = new JsonObject { ["login"] = "una" },
            ["html_url"] = $"{url()}/{name}/issues/{number}",
            ["labels"] = new JsonArray([.. (labels ?? []).Select(label => (JsonNode)new JsonObject { ["id"] = 1, ["name"] = label })]),
        };
        if (isPull)
            issue["pull_request"] = new JsonObject { ["url"] = $"{url()}/api/v3/repos/{name}/pulls/{number}" };
        lock (sync)
        {
            if (!issues.TryGetValue(name, out var list))
                issues[name] = list = [];
            list.RemoveAll(one => (long)one["number"]! == number);
            list.Add(issue);
        }
    }

    JsonArray Issues(string name, IQueryCollection query)
    {
        var (state, labels) = (query["state"].ToString(), query["labels"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries));
        return new JsonArray([.. issues.GetValueOrDefault(name, []).Where(issue => state == "all"
                || (string?)issue["state"] == (state.Length == 0 ? "open" : state))
            .Where(issue => labels.All(wanted => issue["labels"]!.AsArray().Any(label => (string?)label!["name"] == wanted)))
            .OrderByDescending(issue => (long)issue["number"]!).Select(issue => issue.DeepClone())]);
    }

    public void Close(long number)
    {
        lock (sync)
            pulls.Single(one => (long)one["number"]! == number)["state"] = "closed";
    }

    /// <summary>What is answered: status, body, and the member that is a list (empty where the body is one).</summary>
    public (int Status, JsonNode? Body, string? List) Answer(string method, string[] path, IQueryCollection query, JsonNode? body)
    {
        lock (sync)
        {
            var name = path is ["repos", var owner, var repository, ..] ? $"{owner}/{repository}" : "";
            if (name.Length > 0 && !repositories.ContainsKey(name))
                return Refused(404, "Not Found");
            return (method, path) switch
            {
                ("GET", ["user"]) => (200, new JsonObject { ["login"] = Login }, null),
                ("POST", ["user", "repos"]) => NewRepository(Login, body!),
                ("POST", ["orgs", Organization, "repos"]) => NewRepository(Organization, body!),
                ("GET", ["repos", _, _]) => (200, repositories[name].DeepClone(), null),
                ("GET", ["repos", _, _, "pulls"]) => (200, List(name, query), ""),
                ("POST", ["repos", _, _, "pulls"]) => NewPull(name, body!),
                ("GET", ["repos", _, _, "pulls", var number]) => One(name, number, pull => Now(pull)),
                ("PATCH", ["repos", _, _, "pulls", var number]) => One(name, number, pull =>
                {
                    foreach (var member in (string[])["title", "body", "state", "base"])
                        if (body![member] is { } value)
                            pull[member] = value.DeepClone();
                    return Now(pull);
                }),
                ("GET", ["repos", _, _, "pulls", var number, "reviews"]) => (200, Of(reviews, number), ""),
                ("GET", ["repos", _, _, "pulls", var number, "comments"]) => (200, Of(comments, number), ""),
                ("GET", ["repos", _, _, "issues"]) => (200, Issues(name, query), ""),
                ("GET", ["repos", _, _, "issues", var number]) => issues.GetValueOrDefault(name, [])
                    .Find(issue => issue["number"]!.ToString() == number) is { } issue ? (200, issue.DeepClone(), null)
                    : Refused(410, "This issue was deleted"),
                ("POST", ["repos", _, _, "issues", var number, "labels"]) => One(name, number, pull =>
                    pull["labels"] = body!["labels"]!.DeepClone()),
                ("GET", ["repos", _, _, "commits", var sha, "check-runs"]) => (200, Runs(sha), "check_runs"),
                ("GET", ["repos", _, _, "actions", "runs"]) => (200, JsonNode.Parse("""
                    {"total_count":3,"workflow_runs":[
                    {"id":31,"workflow_id":1,"name":"CI","status":"completed","conclusion":"failure","html_url":"https://x/31"},
                    {"id":30,"workflow_id":1,"name":"CI","status":"completed","conclusion":"success","html_url":"https://x/30"},
                    {"id":29,"workflow_id":2,"name":"Docs","status":"in_progress","conclusion":null,"html_url":"https://x/29"}]}
                    """), "workflow_runs"),
                ("GET", ["repos", _, _, "actions", "runs", "31", "jobs"]) => (200, JsonNode.Parse("""
                    {"total_count":2,"jobs":[{"name":"linux","conclusion":"failure","steps":[{"name":"Build","conclusion":"success"},
                    {"name":"Test","conclusion":"failure"}]},{"name":"mac","conclusion":"success"}]}
                    """), "jobs"),
                ("GET", ["repos", _, _, "commits", _, "status"]) =>
                    (200, new JsonObject { ["state"] = "pending", ["statuses"] = new JsonArray() }, "statuses"),
                _ => Refused(404, "Not Found"),
            };
        }
    }

    JsonObject Runs(string sha)
    {
        var list = checks.TryGetValue(sha, out var known) ? known.DeepClone().AsArray() : [];
        return new JsonObject { ["total_count"] = list.Count, ["check_runs"] = list };
    }

    static JsonArray Of(Dictionary<long, JsonArray> all, string number) =>
        long.TryParse(number, out var no) && all.TryGetValue(no, out var list) ? list.DeepClone().AsArray() : [];

    JsonArray List(string name, IQueryCollection query)
    {
        var (state, head) = (query["state"].ToString(), query["head"].ToString());
        return new JsonArray([.. pulls.Where(pull => (string)pull["full_name"]! == name
            && (state == "all" || (string?)pull["state"] == (state.Length == 0 ? "open" : state))
            && (head.Length == 0 || head == $"{name.Split('/')[0]}:{pull["branch"]}")).Reverse().Select(pull => (JsonNode)Now(pull))]);
    }

    (int, JsonNode?, string?) NewPull(string name, JsonNode body)
    {
        foreach (var member in (string[])["head", "base"])
            if (body[member] is null)
                return Refused(422, $"Invalid request.\n\n\"{member}\" wasn't supplied.");
        var (branch, into) = ((string)body["head"]!, (string)body["base"]!);
        if (Ref(name, branch) is not { } head)
            return Invalid("head");
        if (Ref(name, into) is not { } onto)
            return Invalid("base");
        if (pulls.Exists(pull => (string?)pull["state"] == "open" && (string)pull["full_name"]! == name
            && (string)pull["branch"]! == branch && !pull.ContainsKey("from")))
            return Custom($"A pull request already exists for {name.Split('/')[0]}:{branch}.");
        if (head == onto)
            return Custom($"No commits between {into} and {branch}");
        pulls.Add(Row(name, branch, into, body));
        return (201, Now(pulls[^1]), null);
    }

    JsonObject Row(string name, string branch, string into, JsonNode body) => new()
    {
        ["number"] = pulls.Count + 1L,
        ["html_url"] = $"{url()}/{name}/pull/{pulls.Count + 1}",
        ["state"] = "open",
        ["title"] = (string?)body["title"],
        ["body"] = (string?)body["body"],
        ["draft"] = (bool?)body["draft"] ?? false,
        ["merged_at"] = null,
        ["full_name"] = name,
        ["branch"] = branch,
        ["base"] = into,
    };

    (int, JsonNode?, string?) NewRepository(string owner, JsonNode body)
    {
        if ((string?)body["name"] is not { Length: > 0 } name)
            return Refused(422, "Invalid request.\n\n\"name\" wasn't supplied.");
        if (repositories.ContainsKey($"{owner}/{name}"))
            return (422, JsonNode.Parse("""
                {"message":"Repository creation failed.","errors":[{"resource":"Repository","code":"custom","field":"name",
                "message":"name already exists on this account"}],"documentation_url":"https://docs.github.com/rest"}
                """), null);
        Make($"{owner}/{name}", (bool?)body["private"] ?? false, (string?)body["description"] ?? "");
        return (201, repositories[$"{owner}/{name}"].DeepClone(), null);
    }

    (int, JsonNode?, string?) One(string name, string number, Func<JsonObject, JsonNode> give) =>
        pulls.Find(pull => pull["number"]!.ToString() == number && (string)pull["full_name"]! == name) is { } found
            ? (200, give(found).DeepClone(), null) : Refused(404, "Not Found");

    /// <summary>The pull request with its head as the branch is now.</summary>
    JsonObject Now(JsonObject pull)
    {
        var now = pull.DeepClone().AsObject();
        var name = (string)pull["full_name"]!;
        now["head"] = new JsonObject
        {
            ["ref"] = (string)pull["branch"]!, ["sha"] = (string?)pull["frozen"] ?? Ref(name, (string)pull["branch"]!),
            ["repo"] = pull.TryGetPropertyValue("from", out var fork) ? fork?.DeepClone() : repositories[name].DeepClone(),
        };
        now["base"] = new JsonObject { ["ref"] = (string)pull["base"]!, ["repo"] = repositories[name].DeepClone() };
        now["merged"] = pull["merged_at"] is not null;
        now["mergeable"] = Mergeable;
        foreach (var own in (string[])["full_name", "branch", "frozen", "from"])
            now.Remove(own);
        return now;
    }

    string? Ref(string name, string branch)
    {
        try
        {
            return Git(name, "rev-parse", "--verify", "--quiet", $"refs/heads/{branch}");
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    static (int, JsonNode?, string?) Invalid(string field) =>
        Failed(new JsonObject { ["resource"] = "PullRequest", ["field"] = field, ["code"] = "invalid" });

    static (int, JsonNode?, string?) Custom(string message) =>
        Failed(new JsonObject { ["resource"] = "PullRequest", ["code"] = "custom", ["message"] = message });

    static (int, JsonNode?, string?) Failed(JsonObject error) => (422, new JsonObject
    {
        ["message"] = "Validation Failed",
        ["errors"] = new JsonArray(error),
        ["documentation_url"] = "https://docs.github.com/rest/pulls/pulls#create-a-pull-request",
        ["status"] = "422",
    }, null);

    static (int, JsonNode?, string?) Refused(int status, string message) => (status, JsonNode.Parse(Refuse(status, message).Body), null);

    /// <summary>A refusal in GitHub's shape.</summary>
    public static Instead Refuse(int status, string message) => new(status, new JsonObject
    {
        ["message"] = message, ["documentation_url"] = "https://docs.github.com/rest", ["status"] = $"{status}",
    }.ToJsonString());

    static string Run(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output.TrimEnd('\n') : throw new InvalidOperationException($"git: {errors.Result}");
    }
}
