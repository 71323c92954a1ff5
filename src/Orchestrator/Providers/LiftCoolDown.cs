using Orchestrator.Http;

namespace Orchestrator.Providers;

/// <summary>Lifts a cool-down: the provider's runs start at once. Where that was wrong, the next refusal begins another.</summary>
static class LiftCoolDown
{
    /// <summary>POST /providers/clear.</summary>
    public sealed record Request(string? Provider);

    public static void Map(Routes routes, CoolDownStore coolDowns) =>
        routes.Post("/providers/clear", nameof(LiftCoolDown), async call =>
        {
            var request = await call.Body(ProviderJson.Default.LiftCoolDownRequest);
            var provider = Texts.Body("provider", request.Provider, 200);
            var left = await coolDowns.Store.Write(transaction =>
            {
                if (!coolDowns.Clear(transaction, provider, call.Principal.Name))
                    throw new Fault(FaultCode.NotFound, $"No cool-down of a provider '{Texts.Short(provider)}' is on.",
                        On(CoolDownRows.All(transaction.Db)));
                return CoolDownRows.All(transaction.Db);
            });
            return Reply.Ok(json => json.Member("cool_downs", left, ProviderJson.Default.IReadOnlyListCoolDown));
        }, doc: () => RouteDoc.Of("Lifts a provider's cool-down: its runs start at once. Answers with those that are left.")
            .Takes(ProviderJson.Default.LiftCoolDownRequest, "provider").Refuses(FaultCode.NotFound)
            .Gives("cool_downs", ProviderJson.Default.IReadOnlyListCoolDown));

    static string On(IReadOnlyList<CoolDown> all) =>
        all.Count == 0 ? "None is on." : $"On: {string.Join(", ", all.Select(c => c.Provider))}.";
}
