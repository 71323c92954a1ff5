using Orchestrator.Http;
using Orchestrator.Profiles;
using Orchestrator.Routing;
using Orchestrator.Runs;
using Orchestrator.Sessions;

namespace Orchestrator.Plans;

/// <summary>Takes a wish in plain words, and queues the run that plans it: wish, session and run are one.</summary>
sealed class MakeWish(WishStore wishes, PlanNeeds needs)
{
    /// <summary>POST /plans/wish. <c>text</c>: what is wanted; <c>start</c>: the plan starts by itself, without being shown
    /// before.</summary>
    public sealed record Request(string? Text, string? Project, bool? Start, string? IdempotencyKey);

    /// <summary>Longest wish in bytes: each part is told of it.</summary>
    public const int TextLimit = 32 * 1024;

    static readonly RunOverrides ReadOnly = new(null, ConfigKeys.Word(Sandbox.ReadOnly));

    public void Map(Routes routes) => routes.Post("/plans/wish", nameof(MakeWish), Make,
        doc: () => RouteDoc.Of("Takes a wish in plain words: the profile for planning cuts it into parts, which become a plan that waits "
            + "for consent. With start it begins by itself.")
            .Takes(PlansJson.Default.MakeWishRequest, "text").Creates().Refuses(FaultCode.Conflict)
            .Gives("wish", PlansJson.Default.Wish).Gives("run", RunJson.Default.Run));

    async Task<Reply> Make(Call call)
    {
        var request = await call.Body(PlansJson.Default.MakeWishRequest);
        var text = Texts.Body("text", request.Text, TextLimit);
        var project = request.Project is null ? null : needs.Projects.Require(request.Project).Name;
        // Profiles are in files, which the writing thread does not read.
        var chosen = needs.Admission.Choose(new RouteAsk { Phase = Phases.Plan, Project = project });
        var title = $"Plan: {string.Concat(text.Trim().Select(c => char.IsControl(c) ? ' ' : c))}";
        title = title.Length <= 100 ? title : title[..(char.IsHighSurrogate(title[98]) ? 98 : 99)] + "…";
        return await Once.Write(wishes.Store, call, "", request.IdempotencyKey, request with { IdempotencyKey = null },
            PlansJson.Default.MakeWishRequest, transaction =>
            {
                var (actor, prompt, taken) = (call.Principal.Name, WishText.Order(text, project), chosen());
                var session = needs.Sessions.Create(transaction, new NewSession(title, project, null, null, null), actor);
                var run = needs.Admission.Queue(transaction, session, () => taken, new RunWish(prompt, "plan")
                {
                    OutputSchema = WishText.Schema,
                    Overrides = taken.Profile.Sandbox == Sandbox.ReadOnly ? null : ReadOnly,
                    // What its provider is to blame for is tried again by itself; what it answers is judged here.
                    Retry = RetryMode.Provider,
                    AskNobody = true,
                }, actor);
                needs.Sessions.AddMessage(transaction, session.Id, "user", prompt, actor, run.Id);
                var wish = wishes.Insert(transaction, Ids.New(), text, project, run.Id, request.Start == true, actor);
                return Reply.Created(json =>
                {
                    json.Member("wish", wish, PlansJson.Default.Wish);
                    json.Member("run", run, RunJson.Default.Run);
                });
            });
    }
}
