using System.Net.Http.Headers;
using Orchestrator.Tests.Docs;
using Orchestrator.Tests.Support;
using Orchestrator.Tests.Tidy;

namespace Orchestrator.Tests.Daemon;

/// <summary>
/// Every route asked by every kind of caller: what a real daemon answers is what docs/access.md says. What changes something is asked
/// with a body that is no JSON, so a caller that is let in is told so (400) and nothing happens.
/// </summary>
public class AccessSpecs(Family family) : IClassFixture<Family>
{
    static readonly HttpOperation[] Operations = [.. Surface.Operations(SourceTree.Repository)];

    TestDaemon Daemon => family.Daemon;

    [Fact]
    public async Task Every_route_lets_in_whom_the_table_lets_in_and_nobody_else()
    {
        var tokens = new Dictionary<string, string?> { [Access.Nobody] = null };
        foreach (var scope in Access.Scopes)
            tokens[scope] = await Daemon.NewToken("only-" + scope, scope);
        foreach (var run in new[] { Access.Own, Access.Below, Access.Stranger })
            tokens[run] = family.RunToken;
        Assert.True(Operations.Length > 30, "the table of operations is not read");

        var wrong = new List<string>();
        foreach (var caller in Access.Callers)
        {
            using var client = Daemon.As(tokens[caller]);
            foreach (var operation in Operations)
            {
                var expected = Access.Expected(operation, caller);
                var status = await Ask(client, operation, caller);
                if (!Fits(expected, caller, operation, status))
                    wrong.Add($"{operation.Name} ({operation.Method} {operation.Pattern}) by '{caller}': {status}, not {expected}");
            }
        }

        Assert.Empty(wrong);
        Assert.DoesNotContain("defect", Daemon.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_a_runs_token_is_shown_its_part_it_sees_nothing_of_strangers()
    {
        using var client = Daemon.As(family.RunToken);
        foreach (var operation in Operations.Where(o => o.OwnRun == "Filtered"))
        {
            var (status, text) = await Read(client, operation, Access.Stranger);
            var secret = status == 200 && (text.Contains(family.Sessions[Access.Stranger], StringComparison.Ordinal)
                || text.Contains(family.Runs[Access.Stranger], StringComparison.Ordinal));
            Assert.True(!secret && status is 200 or 403 or 404, $"{operation.Name} about a stranger: {status} {text}");
            if (operation.Pattern == "/stream")
                Assert.Equal(403, status);
        }
    }

    static bool Fits(Entry expected, string caller, HttpOperation operation, int status) => expected switch
    {
        Entry.Unknown => status == 401,
        Entry.Refused => status == 403,
        // About strangers it may be told nothing or refused; the other test looks at the answer.
        Entry.OwnPart when caller is Access.Stranger => status is 200 or 400 or 403 or 404,
        // DELETE has no body that could be wrong; what it meets here cannot be removed (409).
        _ => operation.Method is "GET" or "DELETE" ? status is not (401 or 403 or >= 500) : status == 400,
    };

    async Task<int> Ask(HttpClient client, HttpOperation operation, string caller)
    {
        using var request = Request(operation, caller);
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    async Task<(int Status, string Text)> Read(HttpClient client, HttpOperation operation, string caller)
    {
        using var request = Request(operation, caller);
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var endless = answer.Content.Headers.ContentType?.MediaType == "text/event-stream";
        return ((int)answer.StatusCode, endless ? "" : await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    HttpRequestMessage Request(HttpOperation operation, string caller)
    {
        var whose = family.Sessions.ContainsKey(caller) ? caller : Access.Own;
        var path = operation.Pattern.Replace("{id}", ObjectOf(operation, whose), StringComparison.Ordinal)
            .Replace("{name}", "nobody", StringComparison.Ordinal).Replace("{path}", "needs", StringComparison.Ordinal);
        Assert.False(path.Contains('{', StringComparison.Ordinal), $"Say in AccessSpecs what stands for the parts of {operation.Pattern}.");
        var query = operation.OwnRun == "Filtered"
            ? $"?session_id={family.Sessions[whose]}&run_id={family.Runs[whose]}&ids={family.Runs[whose]}&timeout_s=0"
            : "?timeout_s=0";
        return operation.Method == "GET"
            ? new HttpRequestMessage(HttpMethod.Get, path + query)
            : new HttpRequestMessage(new HttpMethod(operation.Method), path)
            {
                Content = new StringContent("{", new MediaTypeHeaderValue("application/json")),
            };
    }

    /// <summary>The object in the path: of the caller's own family or not.</summary>
    string ObjectOf(HttpOperation operation, string whose)
    {
        if (!operation.Pattern.Contains("{id}", StringComparison.Ordinal))
            return "";
        return operation.Pattern.Split('/')[1] switch
        {
            "sessions" => family.Sessions[whose],
            "runs" => family.Runs[whose],
            "messages" => family.Messages[whose],
            "requests" => family.Requests[whose],
            "tokens" => "only-read",
            "checks" or "deliveries" or "reviews" or "findings" or "request-rules" or "items" or "plans" or "wishes" or "api" or "worktrees"
                => new string('0', Ids.Length),
            var kind => throw new InvalidOperationException($"Say in AccessSpecs which {kind} a run's own token reaches, and which not."),
        };
    }
}
