using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Tests.Docs;
using Orchestrator.Tests.Support;
using Orchestrator.Tests.Tidy;

namespace Orchestrator.Tests.Daemon;

/// <summary>What was changed with a token, and who was not let in, stands in the events.</summary>
public class AuditSpecs
{
    const string Walker = "walker";

    /// <summary>What is asked with a body and changes nothing.</summary>
    static readonly string[] OnlyReads = ["ExportPlan"];

    [Fact]
    public async Task Every_change_made_with_a_token_is_an_event_with_its_name()
    {
        using var repository = new TempRepository();
        await using var gitHub = await GitHubServer.Open();
        gitHub.Book.Make("acme/shop", isPrivate: false);
        gitHub.Book.Issue("acme/shop", 1, "one", "");
        await using var daemon = await TestDaemon.Start($$"""
            limits: {max_concurrency: 32}
            projects:
              slow: {path: "{{repository.Path}}", verify: [[sleep, "60"]] }
            github: {url: "{{gitHub.Url}}"}
            """);
        using var client = daemon.As(await daemon.NewToken(Walker, "admin"));
        var operations = Surface.Operations(SourceTree.Repository).Where(o => o.Method != "GET" && !OnlyReads.Contains(o.Name))
            .OrderBy(o => o.Name == "StopDaemon");
        foreach (var operation in operations)
        {
            var (path, body) = await Change(daemon, repository, operation.Name);
            var before = await Latest(daemon);
            using var request = new HttpRequestMessage(new HttpMethod(operation.Method), path)
            {
                Content = new StringContent(body.ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
            };
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, $"{operation.Name}: {(int)answer.StatusCode} {text}");
            if (operation.Name == "StopDaemon")
            {
                await daemon.Died();
                await daemon.Start();
            }

            var events = (await daemon.Get($"/events?limit=500&cursor={before}"))["events"]!.AsArray();
            Assert.True(events.Any(e => (string?)e!["actor"] == Walker),
                $"{operation.Name} left no event of '{Walker}': {events.ToJsonString()}");
        }
    }

    /// <summary>A request that succeeds and changes something, with what it needs made before by the local token.</summary>
    static async Task<(string Path, JsonObject Body)> Change(TestDaemon daemon, TempRepository repository, string operation)
    {
        var hold = $"wait-file {Path.Combine(daemon.Root, "never")}";
        switch (operation)
        {
            case "CreateSession": return ("/sessions", []);
            case "PostMessage":
                return ($"/sessions/{await NewSession(daemon)}/messages", new JsonObject { ["role"] = "system", ["text"] = "x" });
            case "StartRun": return ("/runs", TestDaemon.Order("print x"));
            case "CancelRun": return ($"/runs/{await daemon.Run(hold)}/cancel", []);
            case "TransitionRun": return ($"/runs/{await daemon.Run(hold)}/transition", new JsonObject { ["to_status"] = "canceled" });
            case "ResumeRun":
                var ended = await daemon.Run("print x");
                await daemon.Ended(ended);
                return ($"/runs/{ended}/resume", new JsonObject { ["prompt"] = "!print y" });
            case "SpawnSession": return ($"/runs/{await daemon.Run(hold)}/spawn", Task());
            case "SpawnFromSession": return ($"/sessions/{await NewSession(daemon)}/spawn", Task());
            case "SendToSession": return ($"/sessions/{await NewSession(daemon)}/send", new JsonObject { ["text"] = "!print x" });
            case "ArchiveSession": return ($"/sessions/{await NewSession(daemon)}/archive", []);
            case "ReplyParent": return ($"/runs/{await Child(daemon, hold)}/reply-parent", Question());
            case "AnswerRequest":
                var asked = await daemon.Post($"/runs/{await Child(daemon, hold)}/reply-parent", Question());
                return ($"/requests/{asked["request"]!["id"]}/answer", new JsonObject { ["decision"] = "approve" });
            case "AddRule": return ("/request-rules", new JsonObject { ["action"] = "ask", ["command"] = "git push*" });
            case "RemoveRule":
                var made = await daemon.Post("/request-rules", new JsonObject { ["action"] = "ask", ["tool"] = "Web*" });
                return ($"/request-rules/{made["rule"]!["id"]}", []);
            case "ReportOutcome":
                return ($"/runs/{await daemon.Run(hold)}/outcome", new JsonObject { ["goal_met"] = true, ["summary"] = "done" });
            case "EditMessage": return ($"/messages/{await Waiting(daemon, hold)}", new JsonObject { ["text"] = "!print y" });
            case "RemoveMessage": return ($"/messages/{await Waiting(daemon, hold)}", []);
            case "AddProject": return ("/projects", new JsonObject { ["name"] = "demo", ["path"] = repository.Path });
            case "SetConfiguration": return ("/config", new JsonObject { ["key"] = "profiles.mine.agent", ["value"] = "codex" });
            case "TrustProject": return ("/trust", new JsonObject { ["project"] = repository.Path });
            case "CreateToken": return ("/tokens", new JsonObject { ["name"] = "other", ["scopes"] = new JsonArray("read") });
            case "RevokeToken":
                await daemon.NewToken("ends", "read");
                return ("/tokens/ends/revoke", []);
            case "GiveSessionToken": return ($"/sessions/{await NewSession(daemon)}/token", []);
            case "TestNotifications": return ("/notifications/test", []);
            case "MakeOpenLink": return ("/open", []);
            case "LiftCoolDown":
                await daemon.Ended(await daemon.Run(
                    """agentctl {"type":"failure","reason":"rate_limited","text":"429","retry_after_s":600}""", "exit 1"));
                return ("/providers/clear", new JsonObject { ["provider"] = "command.fake" });
            case "RaiseBudget": return ("/usage/raise", new JsonObject { ["usd"] = 1 });
            case "CallDoctor": return ("/doctor", []);
            case "StopDaemon": return ("/daemon/stop", []);
            default: return await ChangeOfWork(daemon, repository, operation);
        }
    }

    /// <summary>The same of what becomes of a run's work.</summary>
    static async Task<(string Path, JsonObject Body)> ChangeOfWork(TestDaemon daemon, TempRepository repository, string operation)
    {
        switch (operation)
        {
            case "CleanUpWorktrees":
                await Worked(daemon, repository, "write new.txt fresh");
                return ("/worktrees/cleanup", []);
            case "RepairWorktrees":
                Directory.SetLastWriteTimeUtc(Directory.CreateDirectory(Path.Combine(daemon.Data, "worktrees", "empty")).FullName,
                    DateTime.UnixEpoch);
                return ("/worktrees/repair", []);
            case "RestoreWorktree":
                var failed = await Worked(daemon, repository, "write new.txt fresh", "exit 3");
                return ("/worktrees/restore", new JsonObject { ["snapshot"] = failed });
            case "CheckRun":
                var checkable = await daemon.Run("print x");
                await daemon.Ended(checkable);
                return ($"/runs/{checkable}/check", []);
            case "DeliverRun": return ($"/runs/{await Deliverable(daemon, repository.Path)}/deliver", ToMain());
            case "CancelDelivery":
                // Its verification takes long enough.
                var slow = await daemon.Post($"/runs/{await Deliverable(daemon, "slow")}/deliver", ToMain());
                return ($"/deliveries/{slow["delivery"]!["id"]}/cancel", []);
            case "CommentReview": return ($"/reviews/{await Ended(daemon)}/comments", Comments());
            case "DecideReview":
                return ($"/reviews/{await Ended(daemon)}/decision", new JsonObject { ["decision"] = "fix", ["text"] = "!print y" });
            case "CloseFinding":
                var kept = await daemon.Post($"/reviews/{await Ended(daemon)}/comments", Comments());
                return ($"/findings/{kept["findings"]![0]!["id"]}/close", []);
            default: return await QueueChange(daemon, operation);
        }
    }

    static async Task<string> Ended(TestDaemon daemon)
    {
        var run = await daemon.Run("print x");
        await daemon.Ended(run);
        return run;
    }

    static JsonObject Comments() => new() { ["comments"] = new JsonArray(new JsonObject { ["text"] = "say more" }) };

    static async Task<(string Path, JsonObject Body)> QueueChange(TestDaemon daemon, string operation)
    {
        switch (operation)
        {
            case "AddItem": return ("/items", new JsonObject { ["title"] = "x" });
            case "QueueAdd": return ("/api/queue", new JsonObject { ["title"] = "x" });
            case "EditItem": return ($"/items/{await NewItem(daemon)}", new JsonObject { ["title"] = "y" });
            case "TransitionItem": return ($"/items/{await NewItem(daemon)}/transition", new JsonObject { ["to_status"] = "canceled" });
            case "ReadyItem": return ($"/items/{await NewItem(daemon)}/ready", []);
            case "QueueReady": return ($"/api/queue/{await NewItem(daemon)}/ready", []);
            case "RemoveProject":
                await daemon.Post("/queue/projects", new JsonObject { ["name"] = "gone" });
                return ("/projects/gone", []);
            case "ClearItems": return ("/items/clear", new JsonObject { ["confirm"] = true });
            case "ClaimItem" or "QueueClaim":
                await daemon.Post($"/items/{await NewItem(daemon)}/ready");
                return (operation == "ClaimItem" ? "/items/claim" : "/api/queue/claim", new JsonObject { ["agentId"] = "w" });
            case "HeartbeatItem" or "CompleteItem" or "ReleaseItem" or "FailItem": return await Report(daemon, "/items", operation[..^4]);
            case "QueueHeartbeat" or "QueueComplete" or "QueueRelease" or "QueueFail":
                return await Report(daemon, "/api/queue", operation["Queue".Length..]);
            case "WorkerHeartbeat": return ("/api/agents/heartbeat", new JsonObject { ["agentId"] = "w", ["status"] = "working" });
            case "RunItem": return ($"/api/executor/run/{await NewItem(daemon)}", []);
            case "RunNext":
                await NewItem(daemon);
                return ("/api/executor/next", new JsonObject { ["mode"] = "mock" });
            case "PauseQueue": return ("/queue/pause", []);
            case "UnpauseQueue": return ("/queue/unpause", []);
            case "SetQueueProject": return ("/queue/projects", new JsonObject { ["name"] = "My Project" });
            case "ReadyQueueProject":
                await daemon.Post("/queue/projects", new JsonObject { ["name"] = "other" });
                return ("/queue/projects/other/ready", []);
            case "MakeOutput":
                var output = (string)(await daemon.Post("/items", new JsonObject
                {
                    ["title"] = "x", ["output"] = new JsonObject { ["type"] = "repo", ["name"] = "shop" },
                }))["item"]!["id"]!;
                await daemon.Post($"/items/{output}/transition", new JsonObject { ["to_status"] = "done" });
                await Eventually.True(() => daemon.Look($"/items/{output}")["item"]!["repo_output"]?["error"] is not null,
                    "it could not be made without a token");
                return ($"/items/{output}/output", []);
            default: return await PlanChange(daemon, operation);
        }
    }

    static async Task<(string Path, JsonObject Body)> PlanChange(TestDaemon daemon, string operation)
    {
        switch (operation)
        {
            case "ImportPlan": return ("/plans", Document("first"));
            case "ImportIssues": return ("/plans/import-issues", new JsonObject { ["repository"] = "acme/shop" });
            case "StartPlan": return ($"/plans/{await NewPlan(daemon)}/start", []);
            case "PausePlan": return ($"/plans/{await NewPlan(daemon, "start")}/pause", []);
            case "ResumePlan": return ($"/plans/{await NewPlan(daemon, "start", "pause")}/resume", []);
            case "CancelPlan": return ($"/plans/{await NewPlan(daemon)}/cancel", []);
            case "DecidePlan":
                var plan = await NewPlan(daemon, "start");
                await Eventually.True(() => daemon.Look($"/plans/{plan}")["plan"]!["decisions"]!.AsArray().Count > 0, "a gate asks");
                return ($"/plans/{plan}/decide", new JsonObject { ["phase"] = 1, ["option"] = "go-on" });
            case "AssignPlan": return ($"/plans/{await NewPlan(daemon)}/assign", new JsonObject { ["by"] = "rules" });
            case "DispatchPlan":
                var open = (string)(await daemon.Post("/plans", OpenDocument()))["plan"]!["id"]!;
                await daemon.Post($"/plans/{open}/start", new JsonObject { ["by_hand"] = true });
                return ($"/plans/{open}/dispatch", []);
            case "MakeWish": return ("/plans/wish", new JsonObject { ["text"] = "a party" });
            case "RetryWish":
                var wish = (string)(await daemon.Post("/plans/wish", new JsonObject { ["text"] = "a party" }))["wish"]!["id"]!;
                await Eventually.True(() => (string?)daemon.Look($"/wishes/{wish}")["wish"]!["status"] == "failed", "nobody can plan it",
                    TimeSpan.FromSeconds(60));
                return ($"/wishes/{wish}/retry", []);
            default: throw new InvalidOperationException($"Say in AuditSpecs how {operation} changes something.");
        }
    }

    /// <summary>A plan whose first phase is done and waits for a person, after these moves.</summary>
    static async Task<string> NewPlan(TestDaemon daemon, params string[] moves)
    {
        var id = (string)(await daemon.Post("/plans", Document(Ids.New())))["plan"]!["id"]!;
        foreach (var move in moves)
            await daemon.Post($"/plans/{id}/{move}");
        return id;
    }

    /// <summary>A plan with something to do.</summary>
    static JsonObject OpenDocument()
    {
        var document = Document(Ids.New());
        document["text"] = """{"project":"x","phases":[{"name":"One","tasks":[{"id":"a","title":"do a"}]}]}""";
        return document;
    }

    static JsonObject Document(string source) => new()
    {
        ["source"] = source,
        ["text"] = """
            {"project": "none", "phases": [
              {"name": "One", "gate": "person", "tasks": [{"id": "t1", "title": "first", "status": "complete"}]},
              {"name": "Two", "gate": "person", "tasks": [{"id": "t2", "title": "second", "status": "complete"}]}]}
            """,
    };

    /// <summary>A run in a worktree, ended.</summary>
    static async Task<string> Worked(TestDaemon daemon, TempRepository repository, params string[] steps)
    {
        var order = TestDaemon.Order(steps);
        order["project"] = repository.Path;
        var run = (string)(await daemon.Post("/runs", order))["run"]!["id"]!;
        await daemon.Ended(run);
        return run;
    }

    static JsonObject ToMain() => new() { ["into"] = "main", ["update_checkout"] = true };

    /// <summary>A run that has committed something in its worktree.</summary>
    static async Task<string> Deliverable(TestDaemon daemon, string project)
    {
        var order = TestDaemon.Order($"write {Ids.New()}.txt fresh", """result {"goal_met":true,"summary":"made"}""");
        order["project"] = project;
        var run = (string)(await daemon.Post("/runs", order))["run"]!["id"]!;
        await daemon.Ended(run);
        return run;
    }

    static async Task<string> NewItem(TestDaemon daemon) =>
        (string)(await daemon.Post("/items", new JsonObject { ["title"] = "x" }))["item"]!["id"]!;

    /// <summary>A report of whoever has a new item by a lease.</summary>
    static async Task<(string, JsonObject)> Report(TestDaemon daemon, string routes, string how)
    {
        var id = await NewItem(daemon);
        var begun = await daemon.Post($"/api/executor/run/{id}");
        return ($"{routes}/{id}/{how.ToLowerInvariant()}", new JsonObject { ["lease_id"] = (string?)begun["agentId"], ["fence"] = 1 });
    }

    static JsonObject Task() => new() { ["task"] = "!print x", ["profile"] = "fake" };

    static JsonObject Question() => new() { ["text"] = "may I?", ["request_kind"] = "approval_request" };

    static async Task<string> NewSession(TestDaemon daemon) =>
        (string)(await daemon.Post("/sessions", new JsonObject { ["profile"] = "fake" }))["session"]!["id"]!;

    /// <summary>A run that was spawned and goes on.</summary>
    static async Task<string> Child(TestDaemon daemon, string hold)
    {
        var made = await daemon.Post($"/runs/{await daemon.Run(hold)}/spawn",
            new JsonObject { ["task"] = "!" + hold, ["profile"] = "fake" });
        var run = (string)made["run"]!["id"]!;
        await Eventually.True(() => TestDaemon.ProcessesOf(run).Count > 0, "the child runs");
        return run;
    }

    /// <summary>A message that waits behind a run that goes on.</summary>
    static async Task<string> Waiting(TestDaemon daemon, string hold)
    {
        var busy = (await daemon.Post("/runs", TestDaemon.Order(hold)))["run"]!["session_id"];
        var sent = await daemon.Post($"/sessions/{busy}/messages", new JsonObject { ["role"] = "user", ["text"] = "!print x" });
        return (string)sent["message"]!["id"]!;
    }

    [Fact]
    public async Task Every_refused_door_is_an_event_that_says_why_and_holds_no_token()
    {
        await using var daemon = TestDaemon.Prepare("limits: {requests_per_minute: 200, bad_tokens_per_minute: 3}");
        await daemon.Start();
        var reader = await daemon.NewToken("reader", "read");
        var gone = await daemon.NewToken("gone", "read");
        await daemon.Post("/tokens/gone/revoke");
        var run = await daemon.Run("env AGENTCTL_AUTH_TOKEN", $"wait-file {Path.Combine(daemon.Root, "never")}");
        var own = await daemon.TokenOf(run);
        const string Guess = "agt_nobody-ever-was-given-this-one";

        await Expect(daemon, HttpStatusCode.Unauthorized, null, "/runs");
        await Expect(daemon, HttpStatusCode.Unauthorized, gone, "/runs");
        await Expect(daemon, HttpStatusCode.Forbidden, reader, "/tokens");
        await Expect(daemon, HttpStatusCode.Forbidden, own, "/projects");
        await Expect(daemon, HttpStatusCode.Unauthorized, null, $"/runs?token={Guess}");
        await Expect(daemon, HttpStatusCode.BadRequest, reader, $"/runs?access_token={Guess}");
        await Expect(daemon, HttpStatusCode.Gone, null, $"/open?code={Guess}");
        await Expect(daemon, HttpStatusCode.Forbidden, reader, "/runs", ("Origin", "http://evil.example"));
        await Expect(daemon, HttpStatusCode.Forbidden, reader, "/runs", ("Host", "evil.example"));
        using (var client = daemon.As(reader))
            await Eventually.True(() => Flooded(client), "the limit of requests is met");
        for (var i = 0; i < 3; i++)
            await Expect(daemon, HttpStatusCode.Unauthorized, Guess, $"/runs/{Guess}");
        await Expect(daemon, HttpStatusCode.TooManyRequests, Guess, "/runs");
        await daemon.Stop();
        await daemon.Start();

        var events = (await daemon.Events()).Where(e => (string?)e["event_type"] == "door.refused").ToList();
        (string, string)[] told =
        [
            ("no_token", "anyone"), ("revoked", "gone"), ("missing_scope", "reader"), ("out_of_reach", "run:" + run),
            ("token_in_url", "anyone"), ("bad_code", "anyone"), ("foreign_origin", "anyone"), ("foreign_host", "anyone"),
            ("bad_token", "anyone"), ("locked_out", "anyone"), ("rate_limited", "reader"),
        ];
        foreach (var (reason, actor) in told)
            Assert.Contains(events, e => ((string?)e["data"]!["reason"], (string?)e["actor"]) == (reason, actor));
        Assert.All(events, e => Assert.Equal("127.0.0.1", (string?)e["data"]!["address"]));
        // The first is told at once, the two that followed as one when the daemon stopped.
        Assert.Equal([1, 2], events.Where(e => (string?)e["data"]!["reason"] == "bad_token").Select(e => (int)e["data"]!["count"]!));
        foreach (var secret in new[] { Guess, reader, gone, own, daemon.Token })
        {
            Assert.DoesNotContain(secret, daemon.Said, StringComparison.Ordinal);
            Assert.DoesNotContain(events, e => e.ToJsonString().Contains(secret, StringComparison.Ordinal));
            foreach (var file in Directory.GetFiles(daemon.Data, "agent-orchestrator.db*").Where(f => !f.EndsWith("lock")))
                Assert.False(secret != own && Contains(file, secret), $"{Path.GetFileName(file)} holds a token");
        }
    }

    static bool Flooded(HttpClient client)
    {
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/sessions");
        using var answer = client.Send(asked, TestContext.Current.CancellationToken);
        return answer.StatusCode == HttpStatusCode.TooManyRequests;
    }

    static bool Contains(string file, string secret) =>
        File.ReadAllBytes(file).AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret)) >= 0;

    static async Task Expect(TestDaemon daemon, HttpStatusCode status, string? token, string path,
        params (string Name, string Value)[] headers)
    {
        using var client = daemon.As(token);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal((path, status), (path, answer.StatusCode));
    }

    static async Task<string> Latest(TestDaemon daemon) => (string)(await daemon.Get("/events?after=latest"))["next_cursor"]!;
}
