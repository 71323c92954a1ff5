using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Families;
using Orchestrator.Profiles;
using Orchestrator.Sessions;
using Orchestrator.Terminals;
using Orchestrator.Tokens;

namespace Orchestrator.Verbs;

/// <summary>
/// <c>orch</c>: the person's own agent in this terminal, with our prompt and our tools for this one process. It has a session of its own,
/// so what it starts are its children, and a token that reaches nothing else.
/// </summary>
static class LeadVerb
{
    const string PromptResource = "Lead/lead.txt";

    /// <summary>Longest time a lead's token counts; it is revoked when the lead ends.</summary>
    const long TokenSeconds = 7 * 24 * 3600;

    public static Command Orch() => Verb.Do("orch",
        "Start your own agent here as the lead of others: with our prompt and tools, for this process only.", Lead,
        Verb.Maybe("dir", "Where it works; the current folder without it."),
        Verb.Text("--profile", "Whose agent, model and effort; without it lead in config.yaml, else an agent that is installed.", "NAME"),
        Verb.Text("--task", "What you want first; without it, it waits for you.", "TEXT"),
        Verb.Flag("--watch", "Show what it starts in tmux panes (agentctl panes)."),
        Verb.Flag("--print", "Only print the command; start nothing."),
        Verb.Flag("--no-login-check", "Do not look for a login first."));

    static int Lead(Invocation call)
    {
        var folder = ProjectVerbs.ExistingFolder(call, call.Text("dir") ?? ".");
        var (profile, lead) = Choose(call, folder);
        var environment = call.Around.Variables().Where(v => !v.Key.StartsWith("AGENTCTL_", StringComparison.Ordinal)).ToDictionary();
        foreach (var (name, value) in profile.Env) environment[name] = value;
        var program = profile.Command.Count > 0 ? profile.Command[0] : lead.Program;
        Check(call, lead, program, environment, folder);
        var files = call.Flag("--print") ? "/tmp/lead" : Directory.CreateTempSubdirectory("lead-").FullName;
        try
        {
            var tools = ToolProgram.OfThisProcess() ?? throw new Fault(FaultCode.Unavailable, "This program does not know its own path.");
            var settings = Read(lead.SettingsFile(environment));
            var launch = lead.Plan(new LeadOrder(Prompt(), tools, files, profile, call.Text("--task"), settings));
            if (call.Flag("--print"))
            {
                call.Output.Line(string.Join(' ', launch.Argv.Select(Quoted)));
                return ExitCodes.Ok;
            }
            foreach (var (name, content) in launch.Files) File.WriteAllText(Path.Combine(files, name), content);
            return Run(call, lead, launch, folder, environment);
        }
        finally
        {
            if (!call.Flag("--print")) Directory.Delete(files, recursive: true);
        }
    }

    static int Run(Invocation call, ILead lead, LeadLaunch launch, string folder, Dictionary<string, string> environment)
    {
        var api = call.Api();
        var known = api.Projects.List().Entries("projects").FirstOrDefault(project => project.Text("path") == folder).Text("name");
        var session = api.Sessions.Create(new CreateSession.Request($"Lead in {folder}", known, null, known is null ? folder : null, null,
            JsonSerializer.SerializeToElement(new JsonObject { ["lead"] = lead.Name }), Ids.New())).Text("session.id")
            ?? throw new Fault(FaultCode.Unavailable, "The daemon's answer holds no session.");
        var token = api.Sessions.GiveToken(session, new GiveSessionToken.Request(TokenSeconds));
        environment["AGENTCTL_URL"] = call.Settings.Url.OriginalString.TrimEnd('/');
        environment["AGENTCTL_SESSION_ID"] = session;
        environment["AGENTCTL_AUTH_TOKEN"] = token.Text("secret") ?? "";
        call.Output.Remark($"This lead is session {session}; what it starts are its children (agentctl session show {session}).");
        using var stop = new CancellationTokenSource();
        try
        {
            if (call.Flag("--watch")) LeadPanes.Follow(call, session, known, stop.Token);
            return Foreground.Run(launch.Argv, folder, environment);
        }
        catch (SpawnFailure failure)
        {
            throw new Fault(FaultCode.Unavailable, failure.Message, "agentctl doctor shows which agents can be used here.");
        }
        finally
        {
            stop.Cancel();
            End(call, token.Text("token.id"));
        }
    }

    /// <summary>A lead that has ended needs its token no more; one that cannot be revoked now ends by itself.</summary>
    static void End(Invocation call, string? token)
    {
        try
        {
            if (token is not null) call.Api().Tokens.Revoke(token, new RevokeToken.Request("The lead has ended."));
        }
        catch (Fault fault)
        {
            call.Output.Remark($"The lead's token could not be revoked and ends in a week: {fault.Message}");
        }
    }

    /// <summary>Flag, then config.yaml, then the first agent that is installed and logged in, then the first that is installed.</summary>
    static (Profile Profile, ILead Lead) Choose(Invocation call, string folder)
    {
        var user = ConfigFile.Load(Path.Combine(call.Settings.Data, ConfigFile.UserName), AgentCatalog.Names);
        var own = ConfigFile.Load(Path.Combine(folder, ConfigFile.ProjectName), AgentCatalog.Names);
        var book = ProfileBook.Merge(BuiltInProfiles.All, user, own);
        if ((call.Text("--profile") ?? own.Lead ?? user.Lead) is { } named)
        {
            var profile = book.Of(named);
            return (profile, LeadCatalog.Of(profile.Agent));
        }
        var path = call.Around.Variable("PATH");
        var found = LeadCatalog.All.Where(lead => Executable.Find(lead.Program, path, folder) is not null).ToList();
        var chosen = found.Find(lead => Login(call, lead) is null or { Found: true }) ?? found.FirstOrDefault()
            ?? throw new Fault(FaultCode.NotFound, "No agent that can lead is installed.",
                string.Join(" or ", AgentProbes.All.Where(p => LeadCatalog.All.Any(l => l.Name == p.Name)).Select(probe => probe.Install)));
        return (book.Of(chosen.Name), chosen);
    }

    /// <summary>Refuses a program that is missing, and an agent that nobody has logged in to.</summary>
    static void Check(Invocation call, ILead lead, string program, Dictionary<string, string> environment, string folder)
    {
        var probe = AgentProbes.All.FirstOrDefault(one => one.Name == lead.Name);
        if (Executable.Find(program, environment.GetValueOrDefault("PATH"), folder, out var problem) is null)
            throw new Fault(FaultCode.NotFound, problem, probe is null ? null : $"To install it: {probe.Install}");
        if (call.Flag("--no-login-check") || probe is null)
            return;
        if (AgentProbes.LoginOf(probe, environment.GetValueOrDefault) is { Found: false } login)
            throw new Fault(FaultCode.Unauthorized, $"Nobody is logged in to {program}: there is {login.Evidence}.",
                $"Log in: {probe.Login}. When you know better: --no-login-check.");
    }

    static LoginState? Login(Invocation call, ILead lead) =>
        AgentProbes.All.FirstOrDefault(probe => probe.Name == lead.Name) is { } probe
            ? AgentProbes.LoginOf(probe, call.Around.Variable)
            : null;

    static string Prompt()
    {
        using var text = new StreamReader(typeof(LeadVerb).Assembly.GetManifestResourceStream(PromptResource)!, Encoding.UTF8);
        return text.ReadToEnd().TrimEnd();
    }

    static string? Read(string? settings)
    {
        try
        {
            return settings is not null && File.Exists(settings) ? File.ReadAllText(settings) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A word as a POSIX shell reads it back.</summary>
    static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or '=' or ',' or ':')
            ? word : $"'{word.Replace("'", "'\\''")}'";
}
