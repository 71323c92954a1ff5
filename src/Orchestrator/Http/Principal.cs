namespace Orchestrator.Http;

/// <summary>What a caller may do. <see cref="Read"/> is implied by the others.</summary>
enum Scope
{
    /// <summary>Nothing needed: health and static files.</summary>
    Open,
    Read,
    Operate,
    Approve,
    Admin,
}

/// <summary>Who is calling: a token's name, and what it may do.</summary>
/// <param name="Name">Shown as the actor of what it causes.</param>
/// <param name="Scopes">Granted scopes; empty for a run's own token.</param>
/// <param name="RunId">For a run's own token: the run it belongs to, and all it may touch.</param>
/// <param name="SessionId">For a run's own token, and for a lead's: the session whose family it may touch.</param>
sealed record Principal(string Name, IReadOnlySet<Scope> Scopes, string? RunId = null, string? SessionId = null)
{
    /// <summary>The local user with every scope.</summary>
    public static readonly IReadOnlySet<Scope> Everything = new HashSet<Scope> { Scope.Read, Scope.Operate, Scope.Approve, Scope.Admin };

    /// <summary>True for one that reaches its own family only: a run, or a lead that a person started.</summary>
    public bool IsOfFamily => SessionId is not null;

    /// <summary>Ends when the token no longer counts: it was revoked, it expired, or its run has ended.</summary>
    public CancellationToken Gone { get; init; }

    public bool May(Scope scope) => scope switch
    {
        Scope.Open => true,
        Scope.Read => Scopes.Count > 0,
        _ => Scopes.Contains(scope) || Scopes.Contains(Scope.Admin),
    };
}
