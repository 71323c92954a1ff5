using Orchestrator.Plans;

namespace Orchestrator.Tests.Plans;

/// <summary>Documents of each format, written for these tests, and short ways to read them.</summary>
static class Documents
{
    public const string Manifest = """
        {
          "project": "shop", "repo": "owner/shop", "model": "m-1", "socket": "/somewhere/shop.sock",
          "phases": [
            {"name": "Phase 1: Critical", "owner": "ann", "tasks": [
              {"id": "t1", "issue": 11, "files": ["src/cart.js"], "dependsOn": []},
              {"id": "t2", "issue": 12, "files": ["src/cart.js"], "dependsOn": ["t1"]},
              {"id": "t3", "issue": 13, "title": "Check the till", "files": ["src/till.js"], "dependsOn": [], "status": "pr_open",
               "worktree": null, "prNumber": 7}]},
            {"name": "Phase 2: High", "gate": "all_merged", "tasks": [
              {"id": "t4", "files": ["src/stock.js", "src/bus.js"], "dependsOn": [], "status": "stuck"},
              {"id": "t5", "files": ["src/stock.js"], "dependsOn": ["t4"]},
              {"id": "t6", "files": ["src/cart.js"], "dependsOn": ["t2"]},
              {"id": "t7", "files": ["src/bus.js"], "dependsOn": []},
              {"id": "t8", "files": ["src/bus.js", "src/door.js"], "dependsOn": ["t7"], "optional": true, "priority": "low"}]}
          ]
        }
        """;

    public const string State = """
        {
          "spec_path": "specs/shop", "session_name": "evening",
          "tasks": [
            {"task_id": "1", "description": "Cart", "status": "in_progress", "type": "code", "subtasks": ["1.1", "1.2"], "dependencies": [],
             "owner_agent": "somebody", "criticality": "security-sensitive", "target_window": "cart"},
            {"task_id": "1.1", "parent_id": "1", "description": "add", "status": "completed", "writes": ["cart.js"],
                "details": ["one", "two"]},
            {"task_id": "1.2", "parent_id": "1", "description": "remove", "status": "not_started", "dependencies": ["2"]},
            {"task_id": "2", "description": "Till", "status": "not_started", "dependencies": [], "type": "ui", "is_optional": false},
            {"task_id": "3", "description": "Look at both", "status": "blocked", "dependencies": ["1.2"], "type": "review"}
          ],
          "review_findings": [], "final_reports": [], "blocked_items": [], "pending_decisions": [], "deferred_fixes": [],
          "window_mapping": {"1": "cart"}, "made_by": "tool 3"
        }
        """;

    public const string Parallel = """
        ---TASK---
        id: schema
        workdir: db
        backend: some
        color: blue
        ---CONTENT---
        Add the table: it has a colon.

        And a second paragraph.
        ---TASK---
        id: api
        session_id: 0123
        dependencies: schema
        ---CONTENT---
        Read it.
        """;

    public const string Issues = """
        [
          {"number": 5, "title": "Slow list", "body": "See src/list.ts and `Makefile.am`. Depends on #7.",
              "labels": [{"name": "Priority: High"}],
           "url": "https://example.org/owner/shop/issues/5"},
          {"number": 7, "title": "Crash", "body": "- [ ] no crash\n- [x] a test\nhttps://example.org/a/b.js is an address",
              "labels": ["docs"]},
          {"number": 8, "title": "Leak", "body": null, "labels": [{"name": "critical"}], "milestone": {"title": "m1"}},
          {"number": 9, "title": "done already", "state": "closed", "labels": []},
          {"number": 10, "title": "needs what is not here", "body": "after #99, #7 and #8", "labels": []}
        ]
        """;

    public static readonly IReadOnlyList<string> All = [Manifest, State, Parallel, Issues];

    public static Imported Read(string text, string? kind = null, string name = "") => ImportText.Read([new SourceText(name, text)], kind);

    public static PlanDraft Plan(string text)
    {
        var read = Read(text);
        Assert.True(read.Plan is not null, string.Join('\n', read.Findings));
        return read.Plan!;
    }

    public static ItemDraft Item(this PlanDraft plan, string id) => plan.Items.Single(item => item.ForeignId == id);

    /// <summary>A manifest of one phase with these tasks.</summary>
    public static string Tasks(params string[] tasks) =>
        $$"""{"project": "p", "phases": [{"name": "One", "tasks": [{{string.Join(",\n", tasks)}}]}]}""";

    /// <summary>Severities and codes of findings, in order.</summary>
    public static string Codes(this Imported read) => string.Join(' ', read.Findings.Select(one => $"{one.Severity}:{one.Code}"));
}
