using Orchestrator.Http;

namespace Orchestrator.Requests;

/// <summary>Ends a rule somebody made. What it answered stays answered; those of files end in their files.</summary>
static class RemoveRule
{
    public static void Map(Routes routes, RuleStore rules) =>
        routes.Delete("/request-rules/{id}", nameof(RemoveRule), async call =>
        {
            var id = call.Part("id");
            if (id.Contains(':', StringComparison.Ordinal))
                throw new Fault(FaultCode.Conflict, $"Rule {Texts.Short(id)} stands in a file.", "Take it out there.");
            var gone = await rules.Store.Write(transaction => rules.Remove(transaction, id, call.Principal.Name));
            return Reply.Ok(json => json.Member("rule", gone, RequestJson.Default.RequestRule));
        }, Scope.Approve, doc: () => RouteDoc.Of("Ends a rule somebody made; what it answered stays answered.")
            .Refuses(FaultCode.Conflict).Gives("rule", RequestJson.Default.RequestRule));
}
