using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Http;

/// <summary>A value of the query.</summary>
/// <param name="OlderName">True for a spelling that older clients use; new ones take the other.</param>
sealed record QueryDoc(string Name, string Meaning, JsonObject Shape, bool OlderName = false);

/// <summary>A member of the answer: the shape of a record of ours, or one written out.</summary>
sealed record AnswerMember(string Name, JsonTypeInfo? Record, JsonObject? Shape, bool MayBeNull);

/// <summary>An answer that is no JSON document.</summary>
sealed record RawAnswer(string ContentType, string Meaning, IReadOnlyList<(string Name, string Meaning)> Headers);

/// <summary>
/// What a route takes and gives, said where it is registered: the OpenAPI document and docs/api-contract.md are made from it. Registered as
/// a function, so it is made when somebody asks for them, and neither a start nor a request pays for it.
/// </summary>
sealed class RouteDoc
{
    readonly List<QueryDoc> query = [];
    readonly List<AnswerMember> members = [];
    readonly List<FaultCode> refusals = [];

    RouteDoc(string summary) => Summary = summary;

    /// <summary>What it does, in a sentence.</summary>
    public string Summary { get; }

    /// <summary>The body's record; null when the route reads none.</summary>
    public JsonTypeInfo? Body { get; private set; }

    /// <summary>Members of the body that must be there.</summary>
    public IReadOnlyList<string> Required { get; private set; } = [];

    public IReadOnlyList<QueryDoc> Query => query;

    /// <summary>Members of the JSON answer, in order.</summary>
    public IReadOnlyList<AnswerMember> Members => members;

    /// <summary>Refusals that are more than the ordinary ones of every route.</summary>
    public IReadOnlyList<FaultCode> Refusals => refusals;

    /// <summary>True when it makes something: 201, and 200 for a repeat.</summary>
    public bool IsCreation { get; private set; }

    /// <summary>Set when the answer is no JSON document.</summary>
    public RawAnswer? Raw { get; private set; }

    public static RouteDoc Of(string summary) => new(summary);

    /// <summary>Reads a body of this shape.</summary>
    public RouteDoc Takes(JsonTypeInfo body, params string[] required)
    {
        (Body, Required) = (body, required);
        return this;
    }

    /// <summary>Reads a value of the query; a text unless said otherwise.</summary>
    public RouteDoc Asks(string name, string meaning, JsonObject? shape = null)
    {
        query.Add(new QueryDoc(name, meaning, shape ?? Shape.Text));
        return this;
    }

    /// <summary>Understands an older spelling of a value of the query.</summary>
    public RouteDoc AlsoAsks(string name, string newName)
    {
        query.Add(new QueryDoc(name, $"Older spelling of {newName}.", Shape.Text, OlderName: true));
        return this;
    }

    /// <summary>Answers page by page: takes cursor and limit, gives next_cursor.</summary>
    public RouteDoc Pages(string cursorMeaning = "Go on after this next_cursor of the page before.")
    {
        Asks("cursor", cursorMeaning);
        var limit = Shape.Whole;
        (limit["minimum"], limit["maximum"], limit["default"]) = (1, 500, 100);
        return Asks("limit", "Most entries of one page.", limit);
    }

    public RouteDoc Gives(string name, JsonTypeInfo record) => Add(new(name, record, null, false));

    public RouteDoc Gives(string name, JsonObject shape) => Add(new(name, null, shape, false));

    /// <summary>The member is always there and may be null.</summary>
    public RouteDoc GivesMaybe(string name, JsonTypeInfo record) => Add(new(name, record, null, true));

    /// <summary>Ends a page: null when there is no further one.</summary>
    public RouteDoc GivesNextCursor() => Gives("next_cursor", Shape.Maybe(Shape.Text));

    public RouteDoc GivesRaw(string contentType, string meaning, params (string Name, string Meaning)[] headers)
    {
        Raw = new(contentType, meaning, headers);
        return this;
    }

    public RouteDoc Creates()
    {
        IsCreation = true;
        return this;
    }

    public RouteDoc Refuses(params FaultCode[] codes)
    {
        refusals.AddRange(codes);
        return this;
    }

    RouteDoc Add(AnswerMember member)
    {
        members.Add(member);
        return this;
    }
}
