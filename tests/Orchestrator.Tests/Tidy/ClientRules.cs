using Orchestrator.Tests.Docs;

namespace Orchestrator.Tests.Tidy;

/// <summary>Commands talk to the daemon through the typed client only.</summary>
static class ClientRules
{
    /// <summary>Folders whose code runs in a client's process.</summary>
    static readonly string[] Clients = ["Cli", "Verbs", "Doctor", "Mcp"];

    public static readonly Rule[] All = [new("daemon-client", Transport), new("route-literals", RouteLiterals)];

    static IEnumerable<Finding> Transport(SourceTree tree) =>
        from file in tree.ProductionCSharp
        where file.Feature != "Client" && file.Path != SourceTree.Production + "/Cli/DaemonClient.cs"
        from token in file.Tokens
        where token.IsWord("DaemonClient")
        select new Finding(file.Path, token.Line, "the transport is used beside the typed client",
            "call.Api(), or a method in src/Orchestrator/Client");

    static IEnumerable<Finding> RouteLiterals(SourceTree tree)
    {
        var known = Surface.Operations(tree).Select(o => FirstWord(o.Pattern)).Where(word => word.Length > 0).ToHashSet();
        return from file in tree.ProductionCSharp
               where Clients.Contains(file.Feature)
               from token in file.Tokens
               where token.Kind == TokenKind.Text && token.Value.StartsWith('/') && known.Contains(FirstWord(token.Value))
               select new Finding(file.Path, token.Line, $"'{token.Value}' is a path to the daemon",
                   "a method in src/Orchestrator/Client, the only place that knows routes");
    }

    // "/runs/{id}/wait" → "runs".
    static string FirstWord(string path) => path.Split('/', '?')[1];
}
