using System.Globalization;
using Orchestrator.Http;
using Orchestrator.Items;
using Orchestrator.Store;

namespace Orchestrator.Board;

/// <summary>The cards of the board: all that have not ended and the newest that have; or just those that somebody names.</summary>
/// <param name="RuleOf">How a project's queue works; reads files.</param>
/// <param name="Slots">Runs the daemon has at once.</param>
sealed record ListCards(Database Store, Func<string?, ProjectRule> RuleOf, Func<int> Slots, TimeProvider Clock)
{
    /// <summary>Ids that one request may name.</summary>
    const int MostNamed = 200;

    const int DefaultEnded = 200;
    const int MostEnded = 500;

    public void Map(Routes routes) => routes.Get("/board/cards", nameof(ListCards), call =>
    {
        var named = Ids(call.Query("ids"));
        var limit = (int)call.Number("limit", DefaultEnded, 1, MostEnded);
        var cursor = Cursor(call.Query("cursor"));
        var project = call.Query("project");
        var rules = Store.Read(ItemRows.ProjectsWithWork).ToDictionary(name => name, RuleOf);
        var (cards, gone, next) = Store.Read(db =>
        {
            if (named is not null)
            {
                var found = Read(db, named, rules);
                return (found, (IReadOnlyList<string>)[.. named.Except(found.Select(card => card.Id))], (string?)null);
            }

            var ended = CardRows.Ended(db, project, cursor ?? EndedItem.Newest, limit);
            var open = cursor is null ? CardRows.Open(db, project) : [];
            return (Read(db, [.. open, .. ended.Select(one => one.Id)], rules), [], ended.Count < limit ? null : Word(ended[^1]));
        });
        return Task.FromResult(Reply.Ok(json =>
        {
            json.Member("cards", cards, BoardJson.Default.IReadOnlyListCard);
            json.Member("gone", gone, BoardJson.Default.IReadOnlyListString);
            json.WriteString("next_cursor", next);
        }));
    }, doc: () => RouteDoc.Of("The board's cards: every item that has not ended, and the newest that have; further pages hold older ones "
            + "of those. Or only the items named.")
        .Asks("ids", $"Only these items, at most {MostNamed}, separated by commas; what is not there any more is told as gone.")
        .Asks("project", "Only those of this project.").Asks("cursor", "Go on after this next_cursor of the page before.")
        .Asks("limit", "Most items that have ended, of one page.", Limit())
        .Gives("cards", BoardJson.Default.IReadOnlyListCard).Gives("gone", Shape.List(Shape.Text)).GivesNextCursor());

    IReadOnlyList<Card> Read(Connection db, IReadOnlyList<string> ids, Dictionary<string, ProjectRule> rules)
    {
        var needs = NeedList.ByItem(NeedRows.Read(db, Clock));
        var now = Clock.GetUtcNow().Micros();
        var view = QueueView.Read(db, now, LocalDay.Of(now, Clock), Slots());
        return [.. CardRows.Read(db, ids).Select(facts => Cards.Of(facts with
        {
            Needs = needs.GetValueOrDefault(facts.Item.Id),
            WhyNot = facts.Item is { State: ItemStatus.Ready, Steps: 0 } item ? WhyNot(db, view, item, rules) : [],
        }))];
    }

    // What it depends on is read for all at once; here is asked about the rest.
    static IReadOnlyList<WhyNot> WhyNot(Connection db, QueueView view, Item item, Dictionary<string, ProjectRule> rules) =>
        Eligibility.Causes(view.Of(db, item with { OpenDependencies = 0 },
            rules.GetValueOrDefault(item.Project ?? "") ?? ProjectRule.None, Purpose.AutoRun));

    static List<string>? Ids(string? list)
    {
        if (list is null)
            return null;
        var ids = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().ToList();
        return ids.Count <= MostNamed ? ids : throw Fault.Invalid("ids", $"names {ids.Count} items; {MostNamed} are allowed.");
    }

    static string Word(EndedItem last) => string.Create(CultureInfo.InvariantCulture, $"{last.At}-{last.Number}");

    // "1769851800000000-12"
    static EndedItem? Cursor(string? word)
    {
        if (word is null)
            return null;
        return word.Split('-') is [var at, var number]
            && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var micros)
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var no)
            ? new EndedItem("", micros, no) : throw Fault.Invalid("cursor", "is none that this route gave.");
    }

    static System.Text.Json.Nodes.JsonObject Limit()
    {
        var limit = Shape.Whole;
        (limit["minimum"], limit["maximum"], limit["default"]) = (1, MostEnded, DefaultEnded);
        return limit;
    }
}
