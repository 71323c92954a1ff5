namespace Orchestrator.Requests;

/// <summary>What a request asks for, as rules see it. Paths are looked up already, so what follows is pure.</summary>
sealed record Asked
{
    /// <summary>One of <see cref="RequestKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The agent's own name of the tool; null when it is not said.</summary>
    public string? Tool { get; init; }

    /// <summary>A whole command line; null when none is asked for.</summary>
    public string? Command { get; init; }

    /// <summary>The input of another tool; null when it is not said.</summary>
    public string? Input { get; init; }

    /// <summary>Files that are to be changed or read.</summary>
    public IReadOnlyList<AskedPath> Paths { get; init; } = [];

    /// <summary>Why not everything that is asked stands here: such a request is never allowed by a rule. Null when it does.</summary>
    public string? Unclear { get; init; }

    /// <summary>The folder it would happen in, when that is not in the workspace; null when it is.</summary>
    public string? Outside { get; init; }
    public string? Profile { get; init; }
    public string? Project { get; init; }
    public string? RunId { get; init; }

    /// <summary>The command as a shell takes it; null when none is asked for.</summary>
    public ShellCommand? Shell => Command is null ? null : shell ??= ShellCommand.Read(Command);

    ShellCommand? shell;

    /// <summary>What each has to be allowed: simple commands, files, or the tool itself. A command that is not understood is one.</summary>
    public IReadOnlyList<string> Parts => Shell is { Problem: null } line ? [.. line.Parts.Select(CommandPattern.Exactly)]
        : Command is { } whole ? [whole]
        : Paths.Count > 0 ? [.. Paths.Select(path => path.Given)]
        : Tool is { } tool ? [tool] : [];
}

/// <summary>A file of a request.</summary>
/// <param name="Given">As the agent wrote it.</param>
/// <param name="Real">Its whole path with every link followed; null when that cannot be told.</param>
/// <param name="Inside">The same from the workspace down; null when it is not in it.</param>
readonly record struct AskedPath(string Given, string? Real, string? Inside);

/// <summary>What rules say of a request.</summary>
/// <param name="Verdict">allow, deny, ask, answer, or none when no rule decides: parent and person are asked, as for ask.</param>
/// <param name="RuleId">The rule that decided; null for none.</param>
/// <param name="Why">One sentence.</param>
/// <param name="Parts">What has to be allowed each, as it was understood.</param>
/// <param name="Rules">Every rule with hit or miss.</param>
sealed record Judgment(string Verdict, string? RuleId, string Why, IReadOnlyList<string> Parts, IReadOnlyList<RuleLook> Rules)
{
    public const string None = "none";

    /// <summary>What answers a question; null for anything else.</summary>
    public string? Reply { get; init; }

    /// <summary>True when nobody needs to be asked.</summary>
    public bool Decides => Verdict is RuleActions.Allow or RuleActions.Deny or RuleActions.Answer;

    /// <summary>Nothing is said.</summary>
    public static Judgment Nothing(string why) => new(None, null, why, [], []);
}

/// <summary>One rule and one request.</summary>
/// <param name="Id">The rule.</param>
/// <param name="Action">What it does.</param>
/// <param name="Rule">In a few words.</param>
/// <param name="Hit">Whether it is about this request, or about a part of it.</param>
/// <param name="Why">Why, or why not.</param>
sealed record RuleLook(string Id, string Action, string Rule, bool Hit, string Why);

/// <summary>
/// Rules against a request. Deny beats ask, ask beats allow; the order in which they were written means nothing. Deny and ask hit when any
/// part fits; a request is allowed only when each of its parts is. Pure.
/// </summary>
static class RuleMatch
{
    public static Judgment Judge(IReadOnlyList<RequestRule> rules, Asked asked)
    {
        var parts = asked.Parts;
        var by = new RequestRule?[parts.Count];
        var looks = new List<RuleLook>(rules.Count);
        RequestRule? denies = null, asks = null, allows = null;
        foreach (var rule in rules)
        {
            var (hits, why) = Look(rule, asked, parts.Count);
            looks.Add(new RuleLook(rule.Id, rule.Action, rule.InWords(), hits is not null, why));
            if (hits is null)
                continue;
            if (rule.Action == RuleActions.Deny)
                denies ??= rule;
            else if (rule.Action == RuleActions.Ask)
                asks ??= rule;
            else
            {
                allows ??= rule;
                foreach (var part in hits)
                    by[part] ??= rule;
            }
        }

        if (denies is not null)
            return new(RuleActions.Deny, denies.Id, $"Denied by rule {denies.Id} ({denies.InWords()}){Note(denies)}", parts, looks);
        if (asks is not null)
            return new(RuleActions.Ask, asks.Id, $"Rule {asks.Id} ({asks.InWords()}) has somebody asked{Note(asks)}", parts, looks);
        var open = Array.FindIndex(by, each => each is null);
        if (parts.Count > 0 && open < 0)
            return new(RuleActions.Allow, by[0]!.Id, $"Allowed by {Together(by!)}.", parts, looks);
        return new(Judgment.None, null, NotAllowed(asked, parts, allows is null ? -1 : open), parts, looks);
    }

    static string NotAllowed(Asked asked, IReadOnlyList<string> parts, int open) =>
        asked.Shell?.Problem is { } problem ? $"The command is not understood ({problem}), so no rule allows it: somebody is asked."
        : open >= 0 ? $"No rule allows the part '{Texts.Short(parts[open])}': somebody is asked."
        : "No rule is about it: somebody is asked.";

    static string Together(IEnumerable<RequestRule> rules) =>
        string.Join(" and ", rules.Distinct().Take(5).Select(rule => $"rule {rule.Id} ({rule.InWords()})"));

    static string Note(RequestRule rule) => rule.Note is { Length: > 0 } note ? $": {note}" : ".";

    /// <summary>The parts it hits, or null with why it does not.</summary>
    static (IReadOnlyList<int>? Hits, string Why) Look(RequestRule rule, Asked asked, int parts)
    {
        if (rule.Question is not null)
            return (null, "it is about a question");
        if (rule.Ignored is { } ignored)
            return (null, ignored);
        if (Elsewhere(rule, asked) is { } elsewhere)
            return (null, elsewhere);
        var allow = rule.Action == RuleActions.Allow;
        if (allow && asked.Unclear is { } unclear)
            return (null, $"nothing is allowed of a request of which not everything is known: {unclear}");
        if (allow && asked.Outside is { } folder)
            return (null, $"nothing is allowed outside the workspace: it would happen in {Texts.Short(folder)}");
        IReadOnlyList<int> all = [.. Enumerable.Range(0, parts)];
        if (rule.Exact is { } exact)
            return exact != (asked.Command ?? asked.Input) ? (null, "it is not exactly this")
                // The same letters may mean something else tomorrow; within one run somebody said yes to them with open eyes.
                : allow && rule.RunId is null && asked.Shell?.Problem is { } odd ? (null, $"the command is not understood: {odd}")
                : (all, "it is exactly this");
        if (rule.Patterns.Command is { } command)
            return asked.Shell is { } line ? OfCommand(command, allow, line, asked.Command!) : (null, "no command is asked for");
        if (rule.Patterns.Path is { } path)
            return asked.Paths.Count > 0 ? OfPaths(path, allow, asked.Paths) : (null, "no file is named");
        if (allow && asked.Command is not null)
            return (null, "a command is allowed by a rule that names it");
        return allow && asked.Paths.Count > 0 ? OfPaths(null, true, asked.Paths) : (all, "it is about this");
    }

    static string? Elsewhere(RequestRule rule, Asked asked) =>
        rule.Kind is { } kind && kind != asked.Kind ? $"it is about {kind}, and this is {asked.Kind}"
        : rule.RunId is { } run && run != asked.RunId ? $"it is for run {run} alone"
        : rule.Project is { } project && project != asked.Project ? $"it is for project {project}, and this is in {asked.Project ?? "none"}"
        : rule.Profile is { } profile && profile != asked.Profile ? $"it is for profile {profile}, and this is {asked.Profile ?? "none"}"
        : rule.Patterns.Tool is { } tool && (asked.Tool is null || !tool.Matches(asked.Tool))
            ? $"it is about tool {rule.Tool}, and this is {asked.Tool ?? "none"}"
        : null;

    static (IReadOnlyList<int>?, string) OfCommand(CommandPattern pattern, bool allow, ShellCommand line, string text)
    {
        if (line.Problem is { } problem)
            return allow ? (null, $"the command is not understood: {problem}")
                : ShellCommand.Suspects(text).Any(pattern.Begins) ? ([], "the command is not understood, and it may hold this")
                : (null, "nothing in it looks like this");
        List<int> hits = [.. Enumerable.Range(0, line.Parts.Count)
            .Where(i => allow ? Allows(pattern, line.Parts[i]) : Meets(pattern, line.Parts[i]))];
        if (hits.Count > 0)
            return (hits, hits.Count == line.Parts.Count ? "the command fits"
                : $"it fits {string.Join(", ", hits.Select(i => $"'{Texts.Short(CommandPattern.Exactly(line.Parts[i]))}'"))} of it");
        return (null, "the command is another one");
    }

    /// <summary>A program that runs what it is given is allowed word for word only.</summary>
    static bool Allows(CommandPattern pattern, IReadOnlyList<string> part) =>
        pattern.Covers(part) && !(pattern.HasStar && ShellCommand.RunsOthers(part));

    /// <summary>By whatever path the program is called, and inside what such a program is given.</summary>
    static bool Meets(CommandPattern pattern, IReadOnlyList<string> part) =>
        pattern.Covers(part)
        || (part[0].LastIndexOf('/') is var slash and >= 0 && pattern.Covers([part[0][(slash + 1)..], .. part.Skip(1)]))
        || (ShellCommand.RunsOthers(part) && ShellCommand.Suspects(string.Join(' ', part.Skip(1))).Any(pattern.Begins));

    static (IReadOnlyList<int>?, string) OfPaths(PathPattern? pattern, bool allow, IReadOnlyList<AskedPath> paths)
    {
        var hits = new List<int>();
        var why = "the file is another one";
        for (var i = 0; i < paths.Count; i++)
        {
            var fits = pattern is null || (pattern.Absolute ? paths[i].Real : paths[i].Inside) is { } path && pattern.Covers(path);
            if (allow && paths[i].Inside is null)
                why = $"nothing is allowed outside the workspace: {Texts.Short(paths[i].Given)}";
            else if (allow && fits && paths[i].Inside!.Split('/').Contains(".git", StringComparer.OrdinalIgnoreCase))
                why = "git's own files are not written by hand";
            else if (fits)
                hits.Add(i);
        }
        return hits.Count > 0 ? (hits, hits.Count == paths.Count ? "the file fits" : "some of the files fit") : (null, why);
    }
}
