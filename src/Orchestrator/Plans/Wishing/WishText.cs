using System.Globalization;
using System.Text;

namespace Orchestrator.Plans;

/// <summary>What a planner is told of a wish, and the form of its answer. Pure.</summary>
static class WishText
{
    const int MostFindings = 30;

    /// <summary>The schema a plan is asked and checked with.</summary>
    public const string Schema = """
        {"type":"object","properties":{
        "title":{"type":"string","description":"What it is all about, in a few words."},
        "summary":{"type":["string","null"],"description":"How you cut it, and what you took for granted."},
        "items":{"type":"array","description":"The parts, in an order in which they could be done.","items":{"type":"object","properties":{
        "id":{"type":"string","description":"Short and without double, like research or t1."},
        "title":{"type":"string","description":"What is to be done, in a line."},
        "description":{"type":"string","description":"All that who does it must know; nobody else tells them."},
        "kind":{"type":["string","null"],"description":"The skill it needs, in a word: research, writing, budget, testing."},
        "type":{"type":"string","enum":["code","ui","review"],"description":"code unless it is a user interface or a review."},
        "criteria":{"type":"array","items":{"type":"string"},"description":"When it is done, so that it can be seen."},
        "reads":{"type":"array","items":{"type":"string"},"description":"Files of the repository it needs unchanged."},
        "writes":{"type":"array","items":{"type":"string"},"description":"Files and folders of the repository it changes."},
        "depends_on":{"type":"array","items":{"type":"string"},"description":"Ids of parts whose result it needs."},
        "phase":{"type":["string","null"],"description":"Name of its phase; a phase begins when the one before is through."}},
        "required":["id","title","description"]}}},
        "required":["title","items"]}
        """;

    /// <summary>The order of a planner.</summary>
    /// <param name="wish">In the words of who wants it.</param>
    /// <param name="project">The project it is about; null for none.</param>
    public static string Order(string wish, string? project) => $$"""
        # Plan a wish

        Somebody wants what is quoted below. Cut it into parts that agents can do, each on its own, and say what waits for what. Do none of
        it yourself, and change nothing: no file, no branch, no commit.

        ## The wish

        {{Quoted(wish)}}

        ## How to cut

        - {{(project is null
            ? "It is about no repository: each part works in an empty folder of its own, and writes its result there as files."
            : "This folder is a copy of the project it is about: look at what is there before you plan.")}}
        - As few parts as make sense: two to twelve for most wishes. What one agent does best in one go is one part.
        - Parts that need nothing of each other run at the same time; depends_on names those whose result a part needs. What they came to
          is told to who does it.
        - Who does a part sees its title, description and criteria, and nothing of this conversation.
        - Two parts that change the same file wait for each other, or are one part.
        - Add no part that only puts the others together: that is done at the end without you.
        - Where the wish leaves something open, take what is most usual, and say so in the summary. Where nothing can be planned at all,
          give no items, and say in the summary what is missing.

        ## Answer

        End with one JSON object and nothing after it:
        {"title": "…", "summary": "…", "items": [{"id": "t1", "title": "…", "description": "…", "kind": "research", "type": "code",
        "criteria": ["…"], "reads": [], "writes": [], "depends_on": [], "phase": "…" or null}]}

        """;

    /// <summary>A planner whose result cannot be used is asked once more.</summary>
    public static string AskAgain(string problem, IReadOnlyList<ImportFinding> findings)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Your plan cannot be used. {problem}\n");
        foreach (var one in findings.Where(one => one.IsError).Take(MostFindings))
            text.Append(CultureInfo.InvariantCulture,
                $"- {(one.Place is null ? "" : $"{one.Place}: ")}{one.Text}{(one.Fix is null ? "" : $" {one.Fix}")}\n");
        return text.Append("Give it once more, whole: one JSON object with title and items, and nothing after it.\n").ToString();
    }

    /// <summary>A person has seen why no plan came of it, and wants another.</summary>
    public static string Once(string? problem, string? note)
    {
        var text = new StringBuilder("A person wants this planned once more.\n");
        if (problem is not null)
            text.Append(CultureInfo.InvariantCulture, $"Last time: {problem}\n");
        if (note is not null)
            text.Append(CultureInfo.InvariantCulture, $"They say:\n{Quoted(note)}\n");
        return text.Append("Give the plan whole: one JSON object with title and items, and nothing after it.\n").ToString();
    }

    /// <summary>Text that is material, each line marked.</summary>
    public static string Quoted(string text) => string.Join('\n',
        text.ReplaceLineEndings("\n").TrimEnd().Split('\n').Select(line => $"> {line}"));
}
