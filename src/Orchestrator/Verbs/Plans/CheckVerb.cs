using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Plans;
using Orchestrator.Runs;

namespace Orchestrator.Verbs;

/// <summary><c>plan check</c>: how an item is, in one word with an exit code of its own.</summary>
static class CheckVerb
{
    const int MostPlans = 50;

    /// <summary>Letters of an id as tables print it.</summary>
    const int ShortId = 8;

    static readonly string[] AtWork = ["running", "needs_decision", "paused"];

    public static Command Check() => Verb.Do("check",
        "How an item is, in one word: exit 0 DONE, 1 ERROR, 3 STUCK, 8 RUNNING or PENDING.", Look,
        [.. Verb.Id("item"), Verb.Text("--plan", "The plan whose document calls the item so.", "PLAN")]);

    /// <summary>
    /// Its own id, or what its document calls it: in the plan that is named, else in the one plan at work that has it, else in the one
    /// plan that has it. A name beats the beginning of an id ("a" begins some), unless that is as long as ids are printed: then the plans
    /// that are over are not read for it.
    /// </summary>
    static string Named(Invocation call)
    {
        var word = call.Id("item");
        var plans = call.Api().Plans;
        if (call.Text("--plan") is { } named)
            return Of(plans.Show(named), word) ?? word;
        if (word.Length == 16)
            return word;
        var all = plans.List(null, new Page(MostPlans)).Entries("plans").ToLookup(plan => AtWork.Contains(plan.Text("status")));
        var isShortId = word.Length >= ShortId && word.All(char.IsAsciiHexDigitLower);
        return Only(all[true]) ?? (isShortId ? null : Only(all[false])) ?? word;

        string? Only(IEnumerable<JsonNode> some)
        {
            var found = some.Select(plan => (Id: plan.Text("id")!, Item: Of(plans.Show(plan.Text("id")!), word)))
                .Where(one => one.Item is not null).ToList();
            return found.Count > 1 ? throw Invocation.Usage($"{found.Count} plans have an item '{word}'.",
                $"Say which: --plan {string.Join(" or --plan ", found.Take(5).Select(one => one.Id))}") : found.FirstOrDefault().Item;
        }
    }

    static string? Of(JsonNode shown, string word) =>
        shown.Entries("items").FirstOrDefault(item => item.Text("foreign_id") == word).Text("id");

    /// <summary>Prints the word, and why.</summary>
    static int Look(Invocation call)
    {
        var item = call.Api().Items.Show(Named(call))["item"]!;
        var run = item.Text("status") == "in_flight" && item.Text("run_id") is { } id ? call.Api().Runs.Show(id)["run"] : null;
        var health = run?["health"];
        var word = CheckWord.Of(item.Text("status"), item.Entries("causes").Any(), health.Text("verdict"), health.Text("waiting_for"));
        var code = word switch
        {
            CheckWord.Done => ExitCodes.Ok,
            CheckWord.Error => ExitCodes.Failed,
            CheckWord.Stuck => ExitCodes.PersonMustDecide,
            _ => ExitCodes.StillRunning,
        };
        var why = string.Join(' ', item.Entries("causes").Select(cause => cause.Text("text")));
        if (health.Text("waiting_for") is "person" or "parent")
            why = "waiting_for_input";
        else if (health.Text("verdict") is { } verdict and not HealthWords.Working)
            why = HealthLine.Of(health, verdict);
        if (call.Output.WantsJson)
            return call.Output.Document(new JsonObject
            {
                ["item_id"] = item.Text("id"), ["word"] = word, ["status"] = item.Text("status"), ["why"] = why,
                ["health"] = health?.DeepClone(),
            }) is var printed and not ExitCodes.Ok ? printed : code;
        call.Output.Line(SafeText.Line($"{word}:{item.Text("id")}{(why.Length > 0 ? $":{why}" : "")}"));
        return code;
    }
}
