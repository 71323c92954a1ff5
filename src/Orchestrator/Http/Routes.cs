namespace Orchestrator.Http;

/// <summary>One row of the table of operations: what <c>docs/surface.md</c> lists and the scope test walks.</summary>
/// <param name="Operation">Name of the operation, which is the name of its file.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Pattern">Route pattern.</param>
/// <param name="Scope">What the caller's token must carry.</param>
/// <param name="OwnRun">Whether a run's own token reaches it, and how its path is checked.</param>
/// <param name="Doc">Makes its description; a test asks every route for one.</param>
sealed record Route(string Operation, string Method, string Pattern, Scope Scope, RunAccess OwnRun, Func<RouteDoc>? Doc = null);

/// <summary>How a run's own token reaches a route: its run, its session, and every session below that.</summary>
enum RunAccess
{
    /// <summary>Not at all.</summary>
    Never,
    /// <summary>When <c>{id}</c> is its own run.</summary>
    OwnRun,
    /// <summary>When <c>{id}</c> is its own run, or a run of a session below its own.</summary>
    RunBelow,
    /// <summary>When <c>{id}</c> is a run of its own session or of one below.</summary>
    RunInReach,
    /// <summary>When <c>{id}</c> is its own session or one below.</summary>
    SessionInReach,
    /// <summary>When <c>{id}</c> is a message of its own session or of one below.</summary>
    MessageInReach,
    /// <summary>When <c>{id}</c> is a request of a run in its reach, or one addressed to it.</summary>
    RequestInReach,
    /// <summary>When <c>{id}</c> is a request from a session below its own; never one of its own.</summary>
    RequestFromBelow,
    /// <summary>Always, and the operation itself shows only what is in its reach.</summary>
    Filtered,
    /// <summary>Always: the answer says nothing of others.</summary>
    Always,
}

/// <summary>Maps operations to the host and keeps the table of them.</summary>
/// <param name="host">Where the routes are mapped.</param>
/// <param name="reaches">Whether a run's own token reaches the object with that id, in that way.</param>
sealed class Routes(IEndpointRouteBuilder host, Func<Principal, RunAccess, string, bool> reaches)
{
    readonly List<Route> table = [];

    /// <summary>Every mapped operation, in order.</summary>
    public IReadOnlyList<Route> Table => table;

    public void Get(string pattern, string operation, Func<Call, Task<Reply>> handle, Scope scope = Scope.Read,
        RunAccess ownRun = RunAccess.Never, Func<RouteDoc>? doc = null) =>
        Map("GET", pattern, operation, scope, ownRun, doc, handle);

    public void Post(string pattern, string operation, Func<Call, Task<Reply>> handle, Scope scope = Scope.Operate,
        RunAccess ownRun = RunAccess.Never, Func<RouteDoc>? doc = null) =>
        Map("POST", pattern, operation, scope, ownRun, doc, handle);

    public void Patch(string pattern, string operation, Func<Call, Task<Reply>> handle, Scope scope = Scope.Operate,
        RunAccess ownRun = RunAccess.Never, Func<RouteDoc>? doc = null) =>
        Map("PATCH", pattern, operation, scope, ownRun, doc, handle);

    public void Delete(string pattern, string operation, Func<Call, Task<Reply>> handle, Scope scope = Scope.Operate,
        RunAccess ownRun = RunAccess.Never, Func<RouteDoc>? doc = null) =>
        Map("DELETE", pattern, operation, scope, ownRun, doc, handle);

    /// <summary>An operation that writes its answer itself: a stream.</summary>
    public void Stream(string pattern, string operation, Func<Call, Task> handle, RunAccess ownRun = RunAccess.Never,
        Func<RouteDoc>? doc = null) =>
        Add(new Route(operation, "GET", pattern, Scope.Read, ownRun, doc), handle);

    void Map(string method, string pattern, string operation, Scope scope, RunAccess ownRun, Func<RouteDoc>? doc,
        Func<Call, Task<Reply>> handle) =>
        Add(new Route(operation, method, pattern, scope, ownRun, doc), async call => await (await handle(call)).Send(call.Context));

    void Add(Route route, Func<Call, Task> handle)
    {
        table.Add(route);
        // Whatever can be read can be asked for by HEAD.
        string[] methods = route.Method == "GET" ? ["GET", "HEAD"] : [route.Method];
        var endpoint = host.MapMethods(route.Pattern, methods, async context =>
        {
            var principal = (Principal)context.Items[Call.PrincipalKey]!;
            Authorize(route, principal, context);
            await handle(new Call(context, principal));
        });
        endpoint.WithMetadata(route).WithDisplayName(route.Operation);
    }

    void Authorize(Route route, Principal principal, HttpContext context)
    {
        if (!principal.IsOfFamily)
        {
            if (!principal.May(route.Scope))
                throw new Fault(FaultCode.Forbidden, $"This token lacks the scope '{route.Scope.ToString().ToLowerInvariant()}'.");
            return;
        }

        var allowed = route.Scope == Scope.Open || route.OwnRun switch
        {
            RunAccess.Never => false,
            RunAccess.Always or RunAccess.Filtered => true,
            _ => context.Request.RouteValues["id"] is string id && reaches(principal, route.OwnRun, id),
        };
        if (!allowed)
            throw new Fault(FaultCode.Forbidden, "A run's own token reaches only its own run, its session and those below.");
    }
}
