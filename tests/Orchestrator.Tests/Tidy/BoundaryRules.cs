using System.Text.RegularExpressions;

namespace Orchestrator.Tests.Tidy;

/// <summary>Knowledge that lives in one place: agents' names, and who writes a status.</summary>
static partial class BoundaryRules
{
    /// <summary>Public names of the contract that contain an agent's name; they are spelled like this wherever they appear.</summary>
    public static readonly (string Name, string Reason)[] PublicNames =
    [
        ("codex-profile", "option of agentd that older scripts pass"),
        ("codex-extra-arg", "option of agentd that older scripts pass"),
        ("codex_profile", "variable AGENTD_CODEX_PROFILE"),
        ("codex_extra_args", "variable AGENTD_CODEX_EXTRA_ARGS"),
        ("codex_invocation", "member of the diagnose answer"),
        ("CODEX_TIMEOUT", "variable of callers of codeagent-wrapper"),
        ("CODEX_BYPASS_SANDBOX", "variable of callers of codeagent-wrapper"),
        ("CodexProfile", "our property for the option"),
        ("CodexExtraArgs", "our property for the option"),
        ("CodexExtraArg", "our property for the option"),
        ("CodexInvocation", "our property for the member"),
    ];

    public static readonly Rule[] All = [new("agent-names", AgentNames), new("status-written-once", StatusWrittenOnce)];

    static IEnumerable<Finding> AgentNames(SourceTree tree) =>
        from file in tree.ProductionCSharp
        where file.Feature != "Agents"
        from token in file.Tokens
        where token.Kind is TokenKind.Word or TokenKind.Text
        let rest = PublicNames.Aggregate(token.Value, (text, name) => text.Replace(name.Name, "", StringComparison.OrdinalIgnoreCase))
        let match = AgentName().Match(rest)
        where match.Success
        select new Finding(file.Path, token.Line, $"the agent name '{match.Value}' outside Agents/",
            "ask the adapter (IAgent) or AgentCatalog; a name of the public contract is listed in Tidy/BoundaryRules.cs");

    /// <summary>
    /// Every change of a status column of one table stands in one file, the one that asks the lifecycle first and appends the event in
    /// the same transaction.
    /// </summary>
    static IEnumerable<Finding> StatusWrittenOnce(SourceTree tree)
    {
        var writes =
            from file in tree.ProductionCSharp
            from token in file.Tokens
            where token.Kind == TokenKind.Text
            from Match match in StatusUpdate().Matches(token.Value)
            let line = token.Line + token.Value[..match.Index].Count(c => c == '\n')
            select (Table: match.Groups[1].Value.ToLowerInvariant(), file.Path, Line: line);
        foreach (var table in writes.GroupBy(w => w.Table))
        {
            var files = table.GroupBy(w => w.Path).ToList();
            if (files.Count < 2) continue;
            foreach (var write in table)
                yield return new(write.Path, write.Line, $"the status of '{table.Key}' is written in {files.Count} files",
                    "call the one method that asks the lifecycle, updates and appends the event in one transaction");
        }
    }

    [GeneratedRegex("codex|claude|gemini|opencode", RegexOptions.IgnoreCase)]
    private static partial Regex AgentName();

    [GeneratedRegex(@"\bupdate\s+(\w+)\s+set\b[^;]*?(?<=\bset\s+|,\s*)(?:status|state)\s*=", RegexOptions.IgnoreCase)]
    private static partial Regex StatusUpdate();
}
