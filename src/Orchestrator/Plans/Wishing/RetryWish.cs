using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Runs;
using Orchestrator.Sessions;

namespace Orchestrator.Plans;

/// <summary>A person wants a wish that failed planned once more, and may say something about it.</summary>
sealed class RetryWish(WishStore wishes, RunStore runs, SessionStore sessions)
{
    /// <summary>POST /wishes/{id}/retry. <c>note</c>: the planner is told.</summary>
    public sealed record Request(string? Note, string? IdempotencyKey);

    public void Map(Routes routes) => routes.Post("/wishes/{id}/retry", nameof(RetryWish), Retry,
        doc: () => RouteDoc.Of("Has a wish that failed planned once more, in the planner's own conversation.")
            .Takes(PlansJson.Default.RetryWishRequest).Refuses(FaultCode.Conflict).Gives("wish", PlansJson.Default.Wish));

    async Task<Reply> Retry(Call call)
    {
        var request = await call.Body(PlansJson.Default.RetryWishRequest);
        var note = request.Note is null ? null : Texts.Body("note", request.Note, MakeWish.TextLimit);
        var id = wishes.Store.Read(db => WishStore.Resolve(db, call.Part("id"))).Id;
        return await Once.Write(wishes.Store, call, id, request.IdempotencyKey, request with { IdempotencyKey = null },
            PlansJson.Default.RetryWishRequest, transaction =>
            {
                var wish = WishStore.Get(transaction.Db, id);
                if (WishLifecycle.Next(wish.State, WishStep.Again) is null)
                    throw new Fault(FaultCode.Conflict, $"Wish {id} is {wish.Status}: only one that failed is planned again.",
                        wish.PlanId is { } plan ? $"agentctl plan show {plan}" : $"agentctl run get {wish.RunId}");
                var run = WishWorker.Ask(transaction, RunRows.Get(transaction.Db, wish.RunId), WishText.Once(wish.Problem, note), runs,
                    sessions, call.Principal.Name);
                var now = wishes.Advance(transaction, id, WishStep.Again, new WishChange { RunId = run.Id }, call.Principal.Name)!;
                return Reply.Ok(json => json.Member("wish", now, PlansJson.Default.Wish));
            });
    }
}
