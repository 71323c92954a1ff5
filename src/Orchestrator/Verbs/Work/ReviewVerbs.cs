using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Reviews;

namespace Orchestrator.Verbs;

/// <summary><c>review</c>: look at work, comment lines, decide; and what reviews left for later.</summary>
static partial class ReviewVerbs
{
    // Findings in these states are shown without being asked for.
    static readonly string[] Shown = ["draft", "open", "sent", "deferred"];

    static readonly string[] Decisions = ["accept", "fix", "block", "reject"];

    public static Command Review()
    {
        var review = Verb.Do("review", "Show what is to be known before work is accepted, by an item's or a run's id; comment it, decide.",
            Look,
        [
            .. Verb.Id("work"),
            Verb.Texts("--comment", "A comment on a line, kept until it is sent: FILE:LINE:TEXT, FILE:LINE-LINE:TEXT, or :TEXT for the "
                + "whole. May be repeated.", "COMMENT"),
            Verb.Text("--severity", "How bad what is commented is: critical, high, medium (the default) or low.", "WORD"),
            Verb.Flag("--accept", "The work is good: the item is done, what was not sent is kept as debt."),
            Verb.Flag("--fix", "Send all comments, and what blocks, to the agent as one message."),
            Verb.Flag("--block", "Set the item aside; 'ready' takes it up again."),
            Verb.Flag("--reject", "Give the item up as failed."),
            Verb.Text("--text", "A word of yours about the decision; with --fix the agent is told.", "TEXT"),
            Verb.Text("--idempotency-key", "The same key again decides nothing and prints the same answer.", "KEY"),
        ]);
        review.Add(Verb.Do("debt", "List what reviews left for later, or close one of them.", Debt,
            Verb.Text("--project", "Only of this project.", "NAME"),
            Verb.Text("--close", "This finding is done with, or not wanted.", "ID"),
            Verb.Text("--note", "Why it is closed.", "TEXT"),
            Verb.Text("--limit", "At most so many entries (1 to 500).", "N"),
            Verb.Text("--cursor", "Go on after this cursor of the page before.", "CURSOR")));
        return review;
    }

    static int Look(Invocation call)
    {
        var work = call.Id("work");
        var decisions = Decisions.Where(word => call.Flag("--" + word)).ToList();
        if (decisions.Count > 1)
            throw Invocation.Usage("Only one of --accept, --fix, --block and --reject can be meant.", $"agentctl review {work} --accept");
        CommentReview.Comment[] comments = [.. call.Texts("--comment").Select(text => Comment(text, call.Text("--severity")))];
        var (word, key) = (call.Text("--text"), call.Text("--idempotency-key"));
        if (decisions is [var decision])
            return Decided(call, decision, call.Api().Reviews.Decide(work, new DecideReview.Request(decision, word,
                comments.Length > 0 ? comments : null, key)));
        if (word is not null)
            throw Invocation.Usage("--text says something about a decision.", $"agentctl review {work} --fix --text \"…\"");
        if (comments.Length > 0)
        {
            var kept = call.Api().Reviews.Comment(work, new CommentReview.Request(comments, key));
            if (call.Output.WantsJson)
                return call.Output.Document(kept);
            call.Output.Remark($"{comments.Length} kept; 'agentctl review {work} --fix' sends all comments to the agent.");
        }

        var shown = call.Api().Reviews.Show(work);
        if (call.Output.WantsJson)
            return call.Output.Document(shown);
        Print(call, shown);
        return ExitCodes.Ok;
    }

    /// <summary><c>src/Parser.cs:12:this loses the last line</c></summary>
    static CommentReview.Comment Comment(string text, string? severity)
    {
        if (text.StartsWith(':'))
            return new CommentReview.Comment(text[1..], null, null, null, severity, null);
        if (Placed().Match(text) is not { Success: true } found)
            throw Invocation.Usage($"--comment '{SafeText.Line(text)}' is no FILE:LINE:TEXT.",
                "--comment \"src/Parser.cs:12:this loses a line\"");
        int? Number(string name) => found.Groups[name] is { Success: true } group
            && int.TryParse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return new CommentReview.Comment(found.Groups["text"].Value, found.Groups["file"].Value, Number("line"), Number("end"),
            severity, null);
    }

    static int Decided(Invocation call, string decision, JsonNode answer)
    {
        if (call.Output.WantsJson)
            return call.Output.Document(answer);
        if (answer["item"] is JsonObject item)
            call.Output.Line($"{item.Cell("id")}  {item.Cell("status")}  {SafeText.Line(item.Text("title") ?? "")}");
        if (decision == "fix")
            call.Output.Line($"run {answer.Cell("run.id")} mends it");
        return ExitCodes.Ok;
    }

    static void Print(Invocation call, JsonNode shown)
    {
        void Say(string text) => call.Output.Line(SafeText.Line(text));
        Say($"{shown.Text("item_id") ?? shown.Text("run_id")}  {shown.Text("status")}  {shown.Text("title")}");
        if (shown.Text("waits_for") is { } waits) Say(waits);
        if (shown.Text("report") is { } report) Say($"it says: {report.Split('\n')[0]}");
        foreach (var line in SafeText.Lines(shown.Text("diff_stat") ?? "").Where(line => line.Length > 0)) Say($"  {line.Trim()}");
        if (shown["check"] is JsonObject check)
        {
            call.Output.Line("");
            CheckVerbs.Print(call, check);
        }
        foreach (var round in shown.Entries("rounds")) Round(round, Say);
        var findings = shown.Entries("findings").Where(one => Shown.Contains(one.Text("state"))).ToList();
        if (findings.Count > 0) call.Output.Line("");
        foreach (var one in findings) Finding(one, Say);
    }

    static void Round(JsonNode round, Action<string> say)
    {
        var by = round.Text("decided_by") is { } who ? $" by {who}" : "";
        say($"round {round.Cell("no")}  {round.Text("state")}{by}  {round.Text("summary")}");
        foreach (var review in round.Entries("reviews"))
        {
            var about = review.Text("problem") ?? review.Text("summary") ?? "";
            say($"  reviewer {review.Cell("slot")} ({review.Text("profile") ?? "not chosen yet"}) "
                + $"{review.Text("verdict") ?? review.Text("state")}{(about.Length > 0 ? ": " + about.Split('\n')[0] : "")}");
            if (review["changed_files"] is JsonArray { Count: > 0 } changed)
                say($"    it changed files in its copy, which are not taken: {string.Join(", ", changed.Select(file => (string?)file))}");
        }
    }

    /// <summary><c>5f0c9d3e  high      sent      src/Parser.cs:12  Loses the last line (review)</c></summary>
    static void Finding(JsonNode one, Action<string> say)
    {
        var place = one.Text("file") is not { } file ? "-" : one["line"] is JsonValue at ? $"{file}:{at}" : file;
        say($"{one.Text("id")?[..8]}  {one.Text("severity"),-8}  {one.Text("state"),-8}  {place}  "
            + $"{one.Text("title")} ({one.Text("said_by")})");
        foreach (var line in (one.Text("detail") ?? "").Split('\n').Where(line => line.Length > 0).Take(20)) say($"            {line}");
        if (one.Text("suggestion") is { } suggestion) say($"            suggested: {suggestion.Split('\n')[0]}");
    }

    static int Debt(Invocation call)
    {
        if (call.Text("--close") is { } finding)
            return call.Output.Document(call.Api().Reviews.Close(finding, new CloseFinding.Request(call.Text("--note"))));
        var found = call.Api().Reviews.Debt(call.Text("--project"), GatewayVerbs.PageOf(call));
        if (call.Output.WantsJson)
            return call.Output.Document(found);
        var findings = found.Entries("findings").ToList();
        if (findings.Count == 0)
            call.Output.Line("Reviews left nothing for later.");
        foreach (var one in findings) Finding(one, text => call.Output.Line(SafeText.Line(text)));
        if (found.Text("next_cursor") is { } cursor) call.Output.Remark($"There is more: --cursor {cursor}");
        return ExitCodes.Ok;
    }

    [GeneratedRegex(@"^(?<file>.+?):(?<line>\d{1,9})(-(?<end>\d{1,9}))?:(?<text>.+)$", RegexOptions.Singleline)]
    private static partial Regex Placed();
}
