using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Requests;

/// <summary>Rules through the front door: of files, of people, of answers; what they answer is asked and kept like all else.</summary>
public sealed class RuleStorySpecs(RuleStorySpecs.House house) : IClassFixture<RuleStorySpecs.House>
{
    TestDaemon Daemon => house.Daemon;

    [Fact]
    public async Task A_rule_answers_before_parent_and_person_and_the_request_and_its_events_are_there()
    {
        var parent = await Daemon.IdleParent();
        var child = await Daemon.Becomes(await Daemon.Spawn(parent, $"wait-file {Daemon.Gate()}"), "running");

        var yes = await Ask(child, "git status --short");
        Assert.Equal(("approved", "rule:config:1", "config:1"), Told(yes));
        Assert.Contains("git status*", (string?)yes["answer"]!["text"], StringComparison.Ordinal);
        Assert.Null(yes["to_session_id"]);
        var no = await Ask(child, "git status; rm -rf /");
        Assert.Equal(("denied", "rule:config:2", "config:2"), Told(no));
        Assert.Contains("Nothing is thrown away here.", (string?)no["answer"]!["text"], StringComparison.Ordinal);
        Assert.Equal(("open", null, null), Told(await Ask(child, "git status > x")));
        Assert.Equal(("open", null, null), Told(await Ask(child, "git status --porcelain", "question")));
        Assert.Equal(("open", null, null), Told(await Ask(child, "git push origin main")));

        var types = await Daemon.TypesOf(child, "request.", "run.waiting");
        Assert.Equal(["request.created", "request.answered", "request.created", "request.answered", "request.created", "run.waiting",
            "request.created", "request.created"], types);
        var answered = (await Daemon.EventsOf((string)child["id"]!)).First(e => (string?)e["event_type"] == "request.answered");
        Assert.Equal(("rule:config:1", "config:1"), ((string?)answered["actor"], (string?)answered["data"]!["rule"]));
        var heard = (await Daemon.Events((string)parent["session_id"]!)).Where(e => (string?)e["event_type"] == "request.created");
        Assert.Equal(3, heard.Count());
        await Cancel(child);
    }

    [Fact]
    public async Task An_answer_for_the_project_makes_a_narrow_rule_and_one_for_the_run_ends_with_it()
    {
        var child = await InProject();
        var asked = await Ask(child, "make 'all of it'");
        var closed = await Answer(asked, new JsonObject { ["decision"] = "approve", ["scope"] = "project" });
        Assert.Equal(("allow", "make 'all of it'", "demo", (string?)asked["id"]), ((string?)closed["rule"]!["action"],
            (string?)closed["rule"]!["command"], (string?)closed["rule"]!["project"], (string?)closed["rule"]!["request_id"]));
        var id = (string)closed["rule"]!["id"]!;

        Assert.Equal(("approved", "rule:" + id, id), Told(await Ask(child, "make 'all of it'")));
        Assert.Equal("open", (string?)(await Ask(child, "make 'all of it' now"))["state"]);
        Assert.Equal("open", (string?)(await Ask(await Plain(), "make 'all of it'"))["state"]);

        const string Odd = "echo \"$HOME\" > x";
        var once = await Answer(await Ask(child, Odd), new JsonObject { ["decision"] = "deny", ["scope"] = "run" });
        Assert.Equal((Odd, (string?)child["id"]), ((string?)once["rule"]!["exact"], (string?)once["rule"]!["run_id"]));
        Assert.Equal("denied", (string?)(await Ask(child, Odd))["state"]);
        Assert.Equal("open", (string?)(await Ask(await InProject(), Odd))["state"]);
        var none = await Answer(await Ask(child, "echo $X"), new JsonObject { ["decision"] = "approve", ["scope"] = "project" });
        Assert.Null(none["rule"]);
        Assert.Contains("not", (string?)none["rule_note"], StringComparison.Ordinal);

        await Delete(id);
        Assert.Equal("open", (string?)(await Ask(child, "make 'all of it'"))["state"]);
        Assert.Equal("allow", (string?)closed["rule"]!["action"]);
    }

    [Fact]
    public async Task A_wider_rule_is_tried_on_the_past_and_contradictions_are_refused_unless_forced()
    {
        var child = await InProject();
        await Answer(await Ask(child, "npm run deploy"), new JsonObject { ["decision"] = "deny" });
        await Answer(await Ask(child, "npm run lint"), new JsonObject { ["decision"] = "approve" });
        var asked = await Ask(child, "npm run test");
        var wide = new JsonObject { ["decision"] = "approve", ["rule_command"] = "npm run *" };

        var refused = await Daemon.Send(HttpMethod.Post, $"/requests/{asked["id"]}/answer", wide.DeepClone()).Refused(409, "conflict");
        Assert.Equal((1, 2), ((int)refused["tried"]!["contradictions"]!, (int)refused["tried"]!["changed"]!));
        Assert.Equal(("denied", true), ((string?)refused["tried"]!["requests"]![0]!["state"],
            (bool)refused["tried"]!["requests"]![0]!["contradicts"]!));
        Assert.Equal("open", (string?)(await Daemon.Request(asked))["state"]);
        await Daemon.Send(HttpMethod.Post, $"/requests/{asked["id"]}/answer",
            new JsonObject { ["decision"] = "approve", ["rule_command"] = "cargo *" }).Refused(422, "unprocessable");
        await Daemon.Send(HttpMethod.Post, $"/requests/{asked["id"]}/answer",
            new JsonObject { ["decision"] = "approve", ["rule"] = true, ["scope"] = "once" }).Refused(422, "unprocessable");

        wide["force"] = true;
        var made = (await Answer(asked, wide))["rule"]!;
        Assert.Equal("npm run *", (string?)made["command"]);
        Assert.Equal("approved", (string?)(await Ask(child, "npm run deploy"))["state"]);
        var later = await Daemon.Send(HttpMethod.Post, "/request-rules",
            new JsonObject { ["action"] = "deny", ["command"] = "npm run lint*", ["project"] = "demo" }).Refused(409, "conflict");
        Assert.Equal(1, (int)later["tried"]!["contradictions"]!);
        await Delete((string)made["id"]!);
        var tried = await Daemon.Post("/request-rules",
            new JsonObject { ["action"] = "deny", ["command"] = "npm run deploy", ["dry_run"] = true });
        Assert.Equal((1, 0), ((int)tried["tried"]!["changed"]!, (int)tried["tried"]!["contradictions"]!));
        Assert.Null(tried["rule"]);
    }

    [Fact]
    public async Task A_projects_file_denies_and_asks_and_allows_only_where_it_is_trusted()
    {
        var child = await InProject();
        Assert.Equal(("denied", "rule:project:1", "project:1"), Told(await Ask(child, "make release")));
        Assert.Equal("open", (string?)(await Ask(child, "make fast"))["state"]);
        var trusted = await InProject("trusted");
        Assert.Equal("approved", (string?)(await Ask(trusted, "make fast"))["state"]);
        var listed = Daemon.List("/request-rules?project=demo", "rules");
        Assert.Contains("trust_request_rules", (string?)listed.Single(r => (string?)r["id"] == "project:2")["ignored"],
            StringComparison.Ordinal);
        Assert.EndsWith(".agent-orchestrator.yaml:2", (string?)listed.Single(r => (string?)r["id"] == "project:1")["origin"],
            StringComparison.Ordinal);

        var broken = await InProject("broken");
        Assert.Equal("approved", (string?)(await Ask(broken, "git status"))["state"]);
        house.Break();
        Assert.Equal("open", (string?)(await Ask(broken, "git status"))["state"]);
        Assert.Equal("denied", (string?)(await Ask(broken, "rm x"))["state"]);
    }

    [Fact]
    public async Task Only_people_make_rules()
    {
        var parent = await Daemon.Becomes((await Daemon.Post("/runs", TestDaemon.Order("env AGENTCTL_AUTH_TOKEN",
            $"wait-file {Daemon.Gate()}")))["run"]!, "running");
        var child = await Daemon.Becomes(await Daemon.Spawn(parent, $"wait-file {Daemon.Gate()}"), "running");
        var asked = await Ask(child, "make it");
        var token = await Daemon.TokenOf(parent);
        var path = $"/requests/{asked["id"]}/answer";

        await Daemon.With(token, HttpMethod.Post, path, new JsonObject { ["decision"] = "approve", ["rule"] = true })
            .Refused(403, "forbidden");
        await Daemon.With(token, HttpMethod.Post, "/request-rules", new JsonObject { ["action"] = "allow", ["command"] = "make it" })
            .Refused(403, "forbidden");
        var closed = await Daemon.With(token, HttpMethod.Post, path, new JsonObject { ["decision"] = "approve", ["scope"] = "run" }).Fine();
        Assert.Null(closed["rule"]);
        Assert.Equal("open", (string?)(await Ask(child, "make it"))["state"]);
        // A lead is an agent too.
        var lead = (string)(await Daemon.Post($"/sessions/{parent["session_id"]}/token"))["secret"]!;
        path = $"/requests/{(await Ask(child, "make it"))["id"]}/answer";
        await Daemon.With(lead, HttpMethod.Post, path, new JsonObject { ["decision"] = "approve", ["rule"] = true })
            .Refused(403, "forbidden");
        closed = await Daemon.With(lead, HttpMethod.Post, path, new JsonObject { ["decision"] = "approve", ["scope"] = "project" })
            .Fine();
        Assert.Null(closed["rule"]);
        using var operate = Daemon.As(await Daemon.NewToken("operator", "operate"));
        using var refused = await operate.PostAsync("/request-rules", new StringContent("{\"action\":\"deny\",\"command\":\"x\"}",
            System.Text.Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        Assert.Equal(403, (int)refused.StatusCode);
        await Cancel(parent);
    }

    [Theory]
    [InlineData("""{}""", 400, "action")]
    [InlineData("""{"action":"allow"}""", 422, "command")]
    [InlineData("""{"action":"allow","command":"*"}""", 422, "command")]
    [InlineData("""{"action":"allow","command":"sh *"}""", 422, "command")]
    [InlineData("""{"action":"allow","command":"a; b"}""", 422, "command")]
    [InlineData("""{"action":"allow","command":"a\u0000b"}""", 422, "command")]
    [InlineData("""{"action":"perhaps","command":"ls"}""", 422, "action")]
    [InlineData("""{"action":"deny","path":"../x"}""", 422, "path")]
    [InlineData("""{"action":"deny","kind":"question"}""", 422, "kind")]
    public async Task A_bad_rule_is_refused_with_the_field_to_mend(string body, int status, string field)
    {
        var refused = await Daemon.Send(HttpMethod.Post, "/request-rules", JsonNode.Parse(body)).RefusedSomehow(body);
        Assert.Equal(status, (int)refused["status"]!);
        Assert.StartsWith(field + ":", (string?)refused["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_says_which_rule_hits_and_why()
    {
        async Task<JsonNode> Test(string query) => (await Daemon.Get("/request-rules/test?" + query))["judgment"]!;
        var yes = await Test("command=" + Uri.EscapeDataString("git status && git status -s"));
        Assert.Equal(("allow", "config:1"), ((string?)yes["verdict"], (string?)yes["rule_id"]));
        Assert.Equal(["git status", "git status -s"], yes["parts"]!.AsArray().Select(part => (string?)part));
        var no = await Test("command=" + Uri.EscapeDataString("git status $(rm x)"));
        Assert.Equal("deny", (string?)no["verdict"]);
        Assert.Contains("'$'", (string?)(await Test("command=git+status+%24X"))["why"], StringComparison.Ordinal);
        Assert.Equal("allow", (string?)(await Test($"path=docs%2Fa.md&tool=Write&workspace={Daemon.Root}"))["verdict"]);
        Assert.Equal("none", (string?)(await Test($"path=docs%2F..%2F..%2Fa.md&tool=Write&workspace={Daemon.Root}"))["verdict"]);
        await Daemon.Send(HttpMethod.Get, "/request-rules/test").Refused(400, "invalid_request");
        await Daemon.Send(HttpMethod.Delete, "/request-rules/config:1").Refused(409, "conflict");
        await Daemon.Send(HttpMethod.Delete, "/request-rules/0123456789abcdef").Refused(404, "not_found");
    }

    async Task<JsonNode> Ask(JsonNode run, string command, string kind = "approval_request") => await Daemon.Ask(run, "May I?",
        new JsonObject { ["request_kind"] = kind, ["detail"] = new JsonObject { ["command"] = command } });

    Task<JsonNode> Answer(JsonNode request, JsonObject answer) =>
        Daemon.Send(HttpMethod.Post, $"/requests/{request["id"]}/answer", answer).Fine();

    static (string?, string?, string?) Told(JsonNode request) =>
        ((string?)request["state"], (string?)request["answered_by"], (string?)request["rule"]);

    async Task Delete(string rule) => await Daemon.Send(HttpMethod.Delete, $"/request-rules/{rule}").Fine();

    Task Cancel(JsonNode run) => Daemon.Post($"/runs/{run["id"]}/cancel");

    /// <summary>A spawned run that goes on, in a project; one for all tests of a kind.</summary>
    async Task<JsonNode> InProject(string project = "demo")
    {
        var session = (await Daemon.Post("/sessions", new JsonObject { ["project"] = project, ["profile"] = "fake" }))["session"]!;
        var made = await Daemon.Post($"/sessions/{session["id"]}/spawn",
            new JsonObject { ["task"] = $"!wait-file {Daemon.Gate()}", ["profile"] = "fake" });
        return made["run"]!;
    }

    async Task<JsonNode> Plain()
    {
        var session = (await Daemon.Post("/sessions", new JsonObject { ["profile"] = "fake" }))["session"]!;
        return (await Daemon.Post($"/sessions/{session["id"]}/spawn", new JsonObject { ["task"] = $"!wait-file {Daemon.Gate()}" }))["run"]!;
    }

    /// <summary>A daemon with rules of its own and three projects: one untrusted, one trusted, one whose file breaks.</summary>
    public sealed class House : IAsyncLifetime
    {
        readonly TempRepository demo = new();
        readonly TempRepository trusted = new();
        readonly TempRepository broken = new();

        internal TestDaemon Daemon { get; } = TestDaemon.Prepare("");

        public async ValueTask InitializeAsync()
        {
            const string Own = """
                request_rules:
                  - {action: deny, command: make release*}
                  - {action: allow, command: make fast}
                """;
            foreach (var (repository, text) in new[] { (demo, Own), (trusted, Own), (broken, Own) })
                repository.Write(".agent-orchestrator.yaml", text);
            await File.AppendAllTextAsync(Path.Combine(Daemon.Data, "config.yaml"), $"""

                request_rules:
                  - action: allow
                    command: git status*
                  - action: deny
                    command: rm *
                    note: Nothing is thrown away here.
                  - {"{"}action: ask, command: git push*{"}"}
                  - {"{"}action: allow, path: docs/**, tool: Write{"}"}
                projects:
                  demo: {"{"}path: "{demo.Path}"{"}"}
                  trusted: {"{"}path: "{trusted.Path}", trust_request_rules: true{"}"}
                  broken: {"{"}path: "{broken.Path}"{"}"}
                limits: {"{"}max_concurrency: 32{"}"}
                """, TestContext.Current.CancellationToken);
            await Daemon.Start();
        }

        /// <summary>The file of the third project says nothing from now on.</summary>
        internal void Break() => broken.Write(".agent-orchestrator.yaml", "request_rules: [{action: maybe}]");

        public async ValueTask DisposeAsync()
        {
            await Daemon.DisposeAsync();
            demo.Dispose();
            trusted.Dispose();
            broken.Dispose();
        }
    }
}
