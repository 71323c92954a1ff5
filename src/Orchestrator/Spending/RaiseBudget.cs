using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Runs;
using Orchestrator.Store;

namespace Orchestrator.Spending;

/// <summary>A person allows more for the rest of the day; what waited for it starts.</summary>
static class RaiseBudget
{
    /// <summary>POST /usage/raise. One of the two sums; without a project the limit of all runs together.</summary>
    public sealed record Request(decimal? Usd, long? Tokens, string? Project, string? IdempotencyKey);

    public static void Map(Routes routes, RunStore runs, DayLimits limits, TimeProvider clock) =>
        routes.Post("/usage/raise", nameof(RaiseBudget), async call =>
        {
            var request = await call.Body(SpendingJson.Default.Request);
            var (unit, amount) = Check(request);
            var project = request.Project ?? "";
            return await Once.Write(runs.Store, call, "", request.IdempotencyKey, request with { IdempotencyKey = null },
                SpendingJson.Default.Request, transaction =>
            {
                var day = LocalDay.Of(transaction.Now, clock);
                transaction.Db.Execute("insert into spending_raises (no, day, project, unit, amount, actor, at) values (@no, @day, "
                    + "@project, @unit, @amount, @actor, @now)", ("@no", transaction.Next("queue_no")), ("@day", day),
                    ("@project", project),
                    ("@unit", unit), ("@amount", amount), ("@actor", call.Principal.Name), ("@now", transaction.Now));
                runs.Events.Append(transaction, new NewEvent(SpendingEvents.Raised, call.Principal.Name, new JsonObject
                {
                    ["day"] = day,
                    ["project"] = request.Project,
                    ["unit"] = unit,
                    ["amount"] = DayLimits.Number(unit, amount),
                }));
                limits.CheckAll(transaction);
                return Reply.Ok(new JsonObject { ["day"] = day, ["limits"] = limits.Today(transaction.Db) });
            });
        }, Scope.Approve, doc: () => RouteDoc.Of("Allows more for the rest of the day; what waited for it starts.")
            .Takes(SpendingJson.Default.Request).Gives("day", Shape.Text).Gives("limits", ShowUsage.LimitShapes()));

    static (string Unit, long Amount) Check(Request request) => request switch
    {
        { Usd: not null, Tokens: not null } => throw Fault.Unprocessable("usd", "give dollars or tokens, not both."),
        { Usd: { } dollars } when dollars is > 0 and <= 1_000_000 => (DayLimits.Dollars, (long)decimal.Round(dollars * 1_000_000)),
        { Usd: not null } => throw Fault.Unprocessable("usd", "must be more than 0 and at most 1000000."),
        { Tokens: > 0 and { } tokens } => (DayLimits.Tokens, tokens),
        { Tokens: not null } => throw Fault.Unprocessable("tokens", "must be more than 0."),
        _ => throw Fault.Invalid("usd", "is required, or tokens."),
    };
}

/// <summary>JSON of requests about spending.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RaiseBudget.Request))]
sealed partial class SpendingJson : JsonSerializerContext;
