using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Orchestrator.GitHub;

/// <summary>
/// Issues of a repository (https://docs.github.com/rest/issues/issues), public ones also without a token. The API lists pull requests
/// among them; they are left out. Of each only what plans are made from is kept:
/// <code>
/// {"number": 12, "title": "Crash", "body": "…", "state": "open", "state_reason": null, "labels": ["bug"], "html_url": "https://…/12"}
/// </code>
/// </summary>
sealed partial class IssueCalls(GitHubApi api)
{
    static readonly string[] Kept = ["number", "title", "body", "state", "state_reason", "html_url"];

    /// <summary>More than what is public can be seen.</summary>
    public bool HasToken => api.HasToken;

    /// <summary>Issues, the newest first, page by page, so that who stops reading asks for no more.</summary>
    /// <param name="repository">Whose.</param>
    /// <param name="labels">Only those that have them all.</param>
    /// <param name="state">open, closed or all.</param>
    /// <param name="cut">Told when there is more than is asked for: what GitHub lists are issues and pull requests.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="GitHubFailure">Everything but good answers.</exception>
    public async IAsyncEnumerable<JsonObject> List(RepositoryName repository, IReadOnlyList<string> labels, string state, Action cut,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        // Somebody opens an issue while pages are read: what was last on one page is first on the next.
        var seen = new HashSet<long>();
        var query = $"state={state}{(labels.Count == 0 ? "" : $"&labels={Uri.EscapeDataString(string.Join(',', labels))}")}";
        await foreach (var entry in api.List($"/repos/{repository}/issues?{query}", null, stop, open: true, cut))
            if (Issue(entry) is { } issue && seen.Add(issue["number"]!.GetValue<long>()))
                yield return issue;
    }

    /// <summary>One issue; null when it is not there any more, or is a pull request.</summary>
    /// <exception cref="GitHubFailure">Everything but a good answer and a "not there".</exception>
    public async Task<JsonObject?> Find(RepositoryName repository, long number, CancellationToken stop)
    {
        try
        {
            return Issue((await api.Get(string.Create(CultureInfo.InvariantCulture, $"/repos/{repository}/issues/{number}"), stop,
                open: true)).Body);
        }
        catch (GitHubFailure failure) when (failure.Trouble is GitHubTrouble.NotFound or GitHubTrouble.Moved or GitHubTrouble.Refused)
        {
            // Deleted (410), or moved to another repository.
            return null;
        }
    }

    /// <summary>How a repository is called that a redirect led to: its address there has its id only. Null when that cannot be told.
    /// </summary>
    public async Task<string?> NameNow(string? address, CancellationToken stop)
    {
        if (MovedTo().Match(address ?? "") is not { Success: true } found)
            return null;
        try
        {
            var body = (await api.Get(found.Value, stop, open: true)).Body;
            return body.ValueKind == JsonValueKind.Object && body.TryGetProperty("full_name", out var name)
                && name.ValueKind == JsonValueKind.String ? RepositoryName.Parse(name.GetString()!)?.ToString() : null;
        }
        catch (GitHubFailure)
        {
            return null;
        }
    }

    [GeneratedRegex("/repositories/[0-9]{1,18}(?=/|$)")]
    private static partial Regex MovedTo();

    static JsonObject? Issue(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("number", out var number)
            || number.ValueKind != JsonValueKind.Number || !number.TryGetInt64(out _))
            throw new GitHubFailure(GitHubTrouble.Odd, "GitHub's list of issues holds something that is no issue with a number.",
                "Is github.api_url the address of a GitHub REST API?");
        if (entry.TryGetProperty("pull_request", out var pull) && pull.ValueKind != JsonValueKind.Null)
            return null;
        var kept = new JsonObject();
        foreach (var name in Kept)
            if (entry.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
                kept[name] = JsonValue.Create(value);
        kept["labels"] = new JsonArray([.. Labels(entry)]);
        return kept;
    }

    static IEnumerable<JsonNode> Labels(JsonElement entry) =>
        entry.TryGetProperty("labels", out var labels) && labels.ValueKind == JsonValueKind.Array
            ? from label in labels.EnumerateArray()
              let name = label.ValueKind == JsonValueKind.Object && label.TryGetProperty("name", out var named) ? named : label
              where name.ValueKind == JsonValueKind.String
              select (JsonNode)JsonValue.Create(name.GetString()!)
            : [];
}
