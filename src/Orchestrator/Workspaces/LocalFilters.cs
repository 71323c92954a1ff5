namespace Orchestrator.Workspaces;

/// <summary>
/// Filter programs that only the repository's own configuration defines (`[filter "x"] clean = …`). Git would run them for
/// `add`, `status` and checkout. They may be the user's (git-crypt) or planted by an agent that could write there; we cannot tell.
/// </summary>
static class LocalFilters
{
}
