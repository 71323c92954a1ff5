using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Spending;

namespace Orchestrator.Verbs;

/// <summary><c>usage</c>: what was used and what it cost, and <c>usage raise</c>.</summary>
static class UsageVerbs
{
    public static Command Usage()
    {
        var usage = Verb.Do("usage",
            "Tokens and cost, tab separated: key, runs, input, cached input, output, cost in USD (~ an estimate, ? unknown).", Show,
            Verb.Text("--by", "day (the default), session, run, agent, model, project or profile.", "WHAT"),
            Verb.Text("--since", "First day: 2026-01-31, 7d, today or all (30d).", "DAY"),
            Verb.Text("--limit", "At most so many rows (100).", "N"));
        usage.Add(Verb.Do("raise", "Allow more for the rest of the day; what waited for it starts.", Raise,
            Verb.Text("--usd", "So many US dollars more.", "N"),
            Verb.Text("--tokens", "So many tokens more.", "N"),
            Verb.Text("--project", "The limit of this project; without it that of all runs together.", "NAME", "-p"),
            Verb.Text("--idempotency-key", "The same key again raises nothing.", "KEY")));
        return usage;
    }

    static int Show(Invocation call)
    {
        var answer = call.Api().Usage.Show(call.Text("--by"), call.Text("--since"), call.Number("--limit", 1, 500));
        if (call.Output.WantsJson) return call.Output.Document(answer);
        foreach (var row in answer.Entries("rows")) call.Output.Line(Line(row, row.Cell("key"), row.Text("title")));
        call.Output.Line(Line(answer["total"], "total", null));
        if (answer["total"].Cell("estimated_usd") is not ("0" or "-"))
            call.Output.Remark(
                $"~ an estimate by the prices of {answer.Text("prices.date")} and your own; agents' own figures are not marked.");
        if (answer["total"].Cell("unpriced_tokens") is not ("0" or "-"))
            call.Output.Remark("? tokens of models without a price: their cost is unknown. Give prices in config.yaml (docs/usage.md).");
        return ExitCodes.Ok;
    }

    // 2026-01-31	12	120000	900000	8000	~1.25
    static string Line(JsonNode? row, string key, string? title) => string.Join('\t',
    [
        key, row.Cell("runs"), row.Cell("input_tokens"), row.Cell("cached_input_tokens"), row.Cell("output_tokens"), Cost(row),
        .. title is null ? Array.Empty<string>() : [Output.Printable(title)],
    ]);

    /// <summary>"1.25", "~1.25" when a part is estimated, "?" when nobody knows, "1.25+?" when of a part nobody does.</summary>
    static string Cost(JsonNode? row)
    {
        var unknown = row.Cell("unpriced_tokens") is not ("0" or "-");
        if (row.Cell("cost_usd") is "-") return unknown ? "?" : "0";
        var dollars = row!["cost_usd"]!.GetValue<decimal>().ToString("0.####", CultureInfo.InvariantCulture);
        return $"{(row.Cell("estimated_usd") is "0" ? "" : "~")}{dollars}{(unknown ? "+?" : "")}";
    }

    static int Raise(Invocation call)
    {
        var (usd, tokens) = (call.Text("--usd"), call.Text("--tokens"));
        if (usd is null == tokens is null) throw Invocation.Usage("By how much? Give --usd or --tokens.");
        return call.Output.Document(call.Api().Usage.Raise(new RaiseBudget.Request(Dollars(usd), Tokens(tokens), call.Text("--project"),
            call.Text("--idempotency-key"))));
    }

    static decimal? Dollars(string? text) => text is null ? null
        : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var sum) && sum > 0 ? sum
        : throw Invocation.Usage($"--usd takes a sum like 2.5, not '{text}'.");

    static long? Tokens(string? text) => text is null ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count
        : throw Invocation.Usage($"--tokens takes a whole number, not '{text}'.");
}
