using System.Text.Json.Nodes;
using Orchestrator.Verbs;

namespace Orchestrator.Tests.Verbs;

/// <summary>A run in the words of the tmux runner.</summary>
public class AgentOrcSpecs
{
    static readonly string[] Always = ["run_id", "title", "project", "project_dir", "profile", "created_at", "status", "mode",
        "parent_run_id", "thread_id", "exit_code", "ended_at", "goal_met", "summary"];

    static readonly JsonNode Project = JsonNode.Parse("""{"name":"p","path":"/srv/p"}""")!;

    static JsonNode Session(string threads = "{}") =>
        JsonNode.Parse($$"""{"id":"s","title":"t1","project":"p","workdir":null,"threads":{{threads}}}""")!;

    static JsonNode Run(string status, string more = "") => JsonNode.Parse($$"""
        {"id":"0123456789abcdef","session_id":"s","retry_of":null,"parent_run_id":null,"status":"{{status}}","profile":"spark",
         "agent":"codex","created_at":"2026-11-20T11:10:02.123456Z","ended_at":null,"exit_code":null,"result":null,"last_message":null,
         "git_diff_stat":null{{more}}}
        """)!;

    [Theory]
    [InlineData("queued", "running")]
    [InlineData("starting", "running")]
    [InlineData("running", "running")]
    [InlineData("waiting", "running")]
    [InlineData("stopping", "running")]
    [InlineData("succeeded", "finished")]
    [InlineData("failed", "finished")]
    [InlineData("canceled", "finished")]
    [InlineData("timed_out", "finished")]
    [InlineData("lost", "finished")]
    public void It_knows_two_statuses(string ours, string theirs) => Assert.Equal(theirs, AgentOrc.Status(Run(ours)));

    [Fact]
    public void A_run_that_goes_on_has_the_keys_it_always_has()
    {
        var meta = AgentOrc.Meta(Run("running"), Session(), Project);
        Assert.Equal([.. Always, "worktree_enabled"], meta.Select(member => member.Key));
        Assert.Equal("""
            {"run_id":"0123456789abcdef","title":"t1","project":"p","project_dir":"/srv/p","profile":"spark",
            "created_at":"2026-11-20T11:10:02+00:00","status":"running","mode":"exec","parent_run_id":null,"thread_id":null,
            "exit_code":null,"ended_at":null,"goal_met":null,"summary":null,"worktree_enabled":false}
            """.ReplaceLineEndings(""), meta.ToJsonString(Json.PlainOptions));
    }

    [Fact]
    public void A_run_that_went_on_with_another_in_a_worktree_says_so()
    {
        var run = Run("succeeded", """
            ,"workspace":{"kind":"worktree","path":"/no/such/wt","branch":"agent/x","base":"c0ffee"}
            """);
        run["ended_at"] = "2026-11-20T11:10:10Z";
        run["retry_of"] = "fedcba9876543210";
        run["parent_run_id"] = "1111111111111111";
        run["result"] = JsonNode.Parse("""{"goal_met":true,"summary":"ok","followup_prompt":null,"notes":null,"json":null}""");
        var meta = AgentOrc.Meta(run, Session("""{"codex":"th-1"}"""), Project);
        Assert.Equal([.. Always, "last_message", "git_diff_stat", "worktree_enabled", "worktree_path", "worktree_branch",
            "worktree_base_branch", "original_project_dir", "worktree_cleaned"], meta.Select(member => member.Key));
        Assert.Equal(("finished", "resume", "fedcba9876543210", "th-1", "/no/such/wt", "/srv/p"), ((string?)meta["status"],
            (string?)meta["mode"], (string?)meta["parent_run_id"], (string?)meta["thread_id"], (string?)meta["project_dir"],
            (string?)meta["original_project_dir"]));
        Assert.Equal("""{"goal_met":true,"summary":"ok","followup_prompt":"","notes":""}""", meta["last_message"]!.ToJsonString());
        Assert.True((bool)meta["worktree_cleaned"]!);
    }

    [Fact]
    public void An_answer_that_is_no_object_is_kept_as_text_and_an_object_with_more_members_whole()
    {
        var text = Run("failed");
        text["last_message"] = "I could not.";
        Assert.Equal("I could not.", (string?)AgentOrc.Meta(text, Session(), Project)["last_message_raw"]);
        var more = Run("succeeded", ""","x":1""");
        more["result"] = JsonNode.Parse("""{"goal_met":true,"json":"{\"goal_met\":true,\"files\":[\"a\"]}"}""");
        Assert.Equal("a", (string?)AgentOrc.Meta(more, Session(), Project)["last_message"]!["files"]![0]);
    }
}
