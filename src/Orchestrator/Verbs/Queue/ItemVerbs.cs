using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Items;

namespace Orchestrator.Verbs;

/// <summary>Work items one by one: <c>add</c>, <c>get</c>, <c>ready</c>, <c>why</c>, <c>item …</c>.</summary>
static class ItemVerbs
{
    public static Command Add() => Verb.Do("add", "Add a work item to the queue; prints its id.", AddOne,
    [
        Verb.Word("title", "What is to be done, in a line."),
        .. About(),
        Verb.Text("--project", "Registered project it belongs to.", "NAME"),
        Verb.Text("--parent", "The item it is a step of.", "ID"),
        Verb.Text("--profile", "Profile of its runs; unset: chosen by project, rules and phase.", "NAME"),
        Verb.Text("--phase", "plan, manage, code, ui or review, or the number of its phase.", "PHASE"),
        Verb.Text("--kind", "Kind of work, for the rules that choose a profile.", "KIND"),
        Verb.Text("--issue", "The issue it comes from: #12, owner/name#12, or its address.", "ISSUE"),
        Verb.Text("--output", "What is to come out of it as JSON: {\"type\": \"repo\", \"name\": …}.", "JSON"),
        Verb.Text("--by", "In whose name it is added.", "NAME"),
        Verb.Text("--idempotency-key", "The same key again adds nothing and prints the same id.", "KEY"),
        Verb.Flag("--ready", "It may be started at once."),
    ]);

    public static Command Get() => Verb.Do("get", "Show an item.",
        call => call.Output.Document(call.Api().Items.Show(call.Id("item"))["item"]), Verb.Id("item"));

    public static Command Ready() => Verb.Do("ready", "Let an item be started.", call =>
        Line(call, call.Api().Items.Ready(call.Id("item"))), Verb.Id("item"));

    public static Command Why() => Verb.Do("why", "Why an item does not start by itself, or that it may.", ShowWhy, Verb.Id("item"));

    public static Command Item() => Verb.Group("item", "One work item.",
        Verb.Do("edit", "Change what an item says; what is not given stays.", Edit,
        [
            .. Verb.Id("item"),
            Verb.Text("--title", "What is to be done, in a line.", "TEXT"),
            Verb.Text("--profile", "Profile of its runs; empty: chosen by project, rules and phase.", "NAME"),
            .. About(),
        ]),
        Verb.Do("move", "Move an item to another status.", call => Line(call, call.Api().Items.Transition(call.Need("item"),
            new TransitionItem.Request(call.Need("status"), call.Text("--reason"), null))),
            Verb.Word("item", "Id of the item; any unique beginning of it."), Verb.Word("status", "Where to."),
            Verb.Text("--reason", "Why.", "TEXT")),
        Verb.Do("cancel", "An item is not wanted any more; a run or a lease that is at it ends.", call =>
            Line(call, call.Api().Items.Transition(call.Id("item"),
                new TransitionItem.Request(ItemLifecycle.Word(ItemStatus.Canceled), call.Text("--reason"), null))),
            [.. Verb.Id("item"), Verb.Text("--reason", "Why.", "TEXT")]),
        Verb.Do("checks", "The daemon's own checks of the item's work, newest first, with what they saw.",
            call => call.Output.Document(call.Api().Checks.OfItem(call.Id("item"), null)), Verb.Id("item")),
        Verb.Do("heartbeat", "Who has the item by a lease is still at it.",
            call => call.Output.Document(call.Api().Items.Heartbeat(call.Id("item"), Held(call))), OfLease()),
        Verb.Do("complete", "The work is done: with a lease it is checked, without one it counts as your word.",
            call => Line(call, call.Api().Items.Complete(call.Id("item"), Told(call))), OfWork()),
        Verb.Do("release", "Give the item back.", call => Line(call, call.Api().Items.Release(call.Id("item"), Told(call))), OfWork()),
        Verb.Do("fail", "The work failed: it is tried again later, and a person looks after the last attempt.",
            call => Line(call, call.Api().Items.Fail(call.Id("item"), Told(call))), OfWork()));

    /// <summary>What can be said of an item at any time.</summary>
    static Symbol[] About() =>
    [
        Verb.Text("--priority", "low, medium (the default), high or urgent.", "WORD"),
        Verb.Text("--description", "More about it.", "TEXT"),
        Verb.Text("--complexity", "xs, s, m (the default), l or xl.", "WORD"),
        Verb.Text("--criteria", "What must be true for it to be done, separated by commas.", "A,B"),
        Verb.Text("--label", "Labels, separated by commas.", "A,B"),
        Verb.Text("--writes", "Files, folders and globs it changes, separated by commas.", "A,B"),
        Verb.Text("--reads", "Those that must not change meanwhile, separated by commas.", "A,B"),
        Verb.Text("--blocked-by", "Items that must be done first, separated by commas.", "ID,ID"),
        Verb.Text("--criticality", "low, normal (the default) or high.", "WORD"),
        Verb.Text("--reviews", "Reviewers of its work, 0 to 2; unset: as its criticality and project say.", "N"),
        Verb.Text("--assignee", "Who is responsible.", "NAME"),
        Verb.Text("--due", "Date by which it is to be done.", "YYYY-MM-DD"),
    ];

    static Symbol[] OfLease() =>
    [
        .. Verb.Id("item"),
        Verb.Text("--lease", "The lease that the claim gave.", "ID"),
        Verb.Text("--fence", "Its fence.", "N"),
    ];

    static Symbol[] OfWork() =>
    [
        .. OfLease(),
        Verb.Text("--report", "What was done, or what went wrong.", "TEXT"),
        Verb.Text("--reason", "Why, in a line.", "TEXT"),
        Verb.Texts("--artifact", "A file, document or link that came out of it; may be repeated.", "PATH"),
    ];

    static ReportWork.Request Held(Invocation call) =>
        new(call.Need("--lease"), call.Number("--fence", 0, int.MaxValue), null, null, null);

    static ReportWork.Request Told(Invocation call)
    {
        var names = call.Texts("--artifact");
        return new ReportWork.Request(call.Text("--lease"), call.Number("--fence", 0, int.MaxValue),
            names.Length == 0 ? null : JsonElement.Parse(new JsonArray([.. names.Select(name => (JsonNode)name)]).ToJsonString()),
            call.Text("--report"), call.Text("--reason"));
    }

    static int AddOne(Invocation call)
    {
        var answer = call.Api().Items.Add(new AddItem.Request(call.Need("title"), call.Text("--description"), call.Text("--priority"),
            call.Text("--complexity"), List(call, "--criteria"), call.Text("--project"), null, call.Text("--phase"), call.Text("--parent"),
            call.Text("--kind"), List(call, "--label"), List(call, "--writes"), List(call, "--reads"), call.Text("--profile"),
            call.Text("--criticality"), call.Text("--assignee"), call.Text("--due"), Output(call), List(call, "--blocked-by"),
            call.Text("--by"), call.Text("--idempotency-key"), call.Number("--reviews", 0, 2), call.Text("--issue")));
        if (call.Flag("--ready"))
            answer = call.Api().Items.Ready(answer.Text("item.id") ?? "");
        if (call.Output.WantsJson)
            return call.Output.Document(answer);
        // Scripts find the id by its shape: nothing else here may have it.
        call.Output.Line($"Added {answer.Text("item.id")}");
        return ExitCodes.Ok;
    }

    static JsonElement? Output(Invocation call)
    {
        if (call.Text("--output") is not { } text)
            return null;
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            throw Invocation.Usage("--output is no JSON.", "--output '{\"type\": \"repo\", \"name\": \"dashboard\"}'");
        }
    }

    static int Edit(Invocation call) => Line(call, call.Api().Items.Edit(call.Id("item"), new EditItem.Request(call.Text("--title"),
        call.Text("--description"), call.Text("--priority"), call.Text("--complexity"), List(call, "--criteria"), List(call, "--label"),
        List(call, "--writes"), List(call, "--reads"), call.Text("--criticality"), call.Text("--assignee"), call.Text("--due"),
        List(call, "--blocked-by"), call.Number("--reviews", 0, 2), call.Text("--profile"))));

    /// <summary>The texts of a comma list; null when it was not given, empty for an empty one.</summary>
    public static string[]? List(Invocation call, string name) =>
        call.Text(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>An item as one line, or as the caller wants it.</summary>
    public static int Line(Invocation call, JsonNode answer)
    {
        if (call.Output.WantsJson)
            return call.Output.Document(answer);
        call.Output.Line($"{answer.Cell("item.id")}  {answer.Cell("item.status")}  {SafeText.Line(answer.Text("item.title") ?? "")}");
        return ExitCodes.Ok;
    }

    static int ShowWhy(Invocation call)
    {
        var answer = call.Api().Items.Why(call.Id("item"));
        if (call.Output.WantsJson)
            return call.Output.Document(answer);
        var causes = answer.Entries("causes").ToList();
        if (causes.Count == 0)
            call.Output.Line("It may start: the scheduler takes it as soon as it looks.");
        foreach (var cause in causes)
            call.Output.Line($"{cause.Cell("code")}: {SafeText.Line(cause.Text("text") ?? "")}");
        return ExitCodes.Ok;
    }
}
