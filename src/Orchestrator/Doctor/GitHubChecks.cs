using Orchestrator.Agents;
using Orchestrator.Cli;
using Orchestrator.GitHub;
using Orchestrator.Profiles;
using Orchestrator.Terminals;

namespace Orchestrator.Doctor;

/// <summary>
/// Whether deliveries to GitHub can work: a token is there and, with <c>--network</c>, counts and reaches the repositories. The token of
/// this terminal is looked at; a daemon that was started elsewhere may have another one.
/// </summary>
static class GitHubChecks
{
    const string Name = "github";

    /// <param name="data">The data folder.</param>
    /// <param name="network">True asks GitHub.</param>
    public static async Task<IReadOnlyList<Check>> Of(string data, bool network, Surroundings around, CancellationToken stop)
    {
        ConfigFile said;
        try
        {
            said = AgentConfig.Read(Path.Combine(data, ConfigFile.UserName));
        }
        catch (Fault)
        {
            // The check of the configuration tells of it.
            return [];
        }
        var settings = said.GitHub;
        List<ProjectSettings> projects = [.. said.Projects.Values.Where(project => project.Deliver?.Strategy == "pull_request")];
        var (secret, variable) = GitHubToken.Named(around.Variable, settings);
        var ofProgram = secret is null && await GitHubToken.OfProgram(around.Variable, settings, stop) is not null;
        if (secret is null && !ofProgram)
            return [projects.Count == 0 ? Check.Ok(Name, "no token; only needed for pull requests and repositories")
                : Check.Fail(Name, "no token, and pull requests are to be delivered for "
                    + string.Join(", ", projects.Select(project => project.Name)),
                    $"Set {variable} in the daemon's environment, or log in with 'gh auth login'.")];
        var there = Check.Ok(Name, ofProgram ? "a token of gh" : $"a token in {variable}");
        if (!network)
            return [there];
        using var api = new GitHubApi(new GitHubToken(around.Variables(), () => settings), () => settings, around.Clock);
        var calls = new PullCalls(api);
        var reached = await Task.WhenAll(projects.Select(project => Reach(calls, project, settings, around, stop)));
        return [await Self(calls, there, settings, stop), .. reached];
    }

    static async Task<Check> Self(PullCalls calls, Check there, GitHubSettings settings, CancellationToken stop)
    {
        try
        {
            var (login, scopes) = await calls.Self(stop);
            return scopes is not null && !scopes.Split(',', StringSplitOptions.TrimEntries).Contains("repo")
                ? Check.Warn(Name, $"{there.Found}, of {login} at {settings.Api}, with the scopes {(scopes.Length > 0 ? scopes : "none")}",
                    "Pull requests of private repositories, and making repositories, need the scope repo.")
                : Check.Ok(Name, $"{there.Found}, of {login} at {settings.Api}");
        }
        catch (GitHubFailure failure)
        {
            return Check.Fail(Name, failure.Message, failure.Hint ?? "Look at the network and at github.api_url.");
        }
    }

    static async Task<Check> Reach(PullCalls calls, ProjectSettings project, GitHubSettings settings, Surroundings around,
        CancellationToken stop)
    {
        var name = $"{Name} {project.Name}";
        if (project.GitHub.Repository is null && project.Path is null)
            return Check.Ok(name, "not checked: only the daemon knows where it is");
        var repository = project.GitHub.Repository is { } text ? RepositoryName.Parse(text)
            : RepositoryName.Of(await Remote(project, around, stop) ?? "", settings.Url);
        if (repository is null)
            return Check.Fail(name, $"its remote '{project.GitHub.Remote}' names no repository of {settings.Url}",
                $"Set projects.{project.Name}.github.repository to owner/name.");
        try
        {
            var found = await calls.Repository(repository, stop);
            return Check.Ok(name, $"{found.Name} can be reached, its default branch is {found.DefaultBranch}");
        }
        catch (GitHubFailure failure)
        {
            return Check.Fail(name, failure.Message, failure.Hint ?? "Look at the network and at github.api_url.");
        }
    }

    static async Task<string?> Remote(ProjectSettings project, Surroundings around, CancellationToken stop)
    {
        try
        {
            var asked = await ShortProcess.Run(new ShortOrder
            {
                Argv = ["git", "config", "--get", $"remote.{project.GitHub.Remote}.url"],
                Folder = project.Path!,
                Environment = around.Variables(),
                Limit = TimeSpan.FromSeconds(5),
            }, stop);
            return asked.Succeeded ? asked.Stdout.Trim() : null;
        }
        catch (SpawnFailure)
        {
            return null;
        }
    }
}
