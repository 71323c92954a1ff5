using Orchestrator.Http;

namespace Orchestrator.Providers;

/// <summary>Providers that are left alone now, with why, until when, and how many runs wait.</summary>
static class ListProviders
{
    public static void Map(Routes routes, CoolDownStore coolDowns) =>
        routes.Get("/providers", nameof(ListProviders), _ =>
        {
            var on = coolDowns.Store.Read(CoolDownRows.All);
            return Task.FromResult(Reply.Ok(json => json.Member("cool_downs", on, ProviderJson.Default.IReadOnlyListCoolDown)));
        }, doc: () => RouteDoc.Of("Providers that are left alone now: why, until when, and how many runs wait for them.")
            .Gives("cool_downs", ProviderJson.Default.IReadOnlyListCoolDown));
}
