using Orchestrator.Agents;
using Orchestrator.Profiles;
using Orchestrator.Routing;

namespace Orchestrator.Tests.Routing;

/// <summary>Which profile is chosen, from every combination that matters: a pure table.</summary>
public class RouterSpecs
{
    static readonly AgentConfig Plain = new(new Dictionary<string, string>());

    const string Routes = """
        projects:
          demo: {path: /demo, profiles: {code: deep, review: claude}}
        routes:
          - {name: pictures, phase: [ui], labels: [figma, icons], profile: gemini}
          - {name: bugs, kind: bug, profile: deep}
          - {project: shop, phase: code, profile: claude}
          - {labels: quick, profile: spark}
        """;

    [Theory]
    // What the request names wins over all, then what the conversation has.
    [InlineData("request=codex kept=deep project=demo phase=code kind=bug", "codex", "request")]
    [InlineData("kept=deep project=demo phase=review kind=bug", "deep", "session")]
    // Then the project's word, where it has one for the phase.
    [InlineData("project=demo phase=code kind=bug", "deep", "project")]
    [InlineData("project=demo phase=ui", "deep", "project")]
    [InlineData("project=demo phase=review", "claude", "project")]
    [InlineData("project=demo", "deep", "project")]
    [InlineData("project=demo phase=plan kind=bug", "deep", "rule")]
    [InlineData("project=demo phase=plan", "plan", "default")]
    // Then the first rule that fits.
    [InlineData("phase=ui labels=icons,figma,more", "gemini", "rule")]
    [InlineData("phase=ui labels=icons", "spark", "default")]
    [InlineData("phase=code labels=icons,figma", "spark", "default")]
    [InlineData("kind=bug labels=quick", "deep", "rule")]
    [InlineData("labels=quick", "spark", "rule")]
    [InlineData("project=shop phase=code", "claude", "rule")]
    [InlineData("project=shop", "codex", "default")]
    // Then the phase's default, and without a phase the agent's own settings.
    [InlineData("phase=code", "spark", "default")]
    [InlineData("phase=ui", "spark", "default")]
    [InlineData("phase=plan", "plan", "default")]
    [InlineData("phase=manage", "manage", "default")]
    [InlineData("phase=review", "review", "default")]
    [InlineData("", "codex", "default")]
    public void The_first_that_fits_is_chosen(string known, string profile, string by)
    {
        var choice = Choose(known);
        Assert.Equal((profile, by), (choice.Taken.Profile, choice.Taken.Source));
    }

    [Fact]
    public void Every_rule_says_why_it_fits_or_not()
    {
        var choice = Choose("phase=code kind=bug");
        Assert.Equal(
            ["rule 'pictures': phase is code, it wants ui", "rule 'bugs' fits", "rule 3: no project was named, it wants shop",
                "rule 4: the label quick is not there"],
            choice.Steps.Where(step => step.Source == "rule").Select(step => step.Why));
        Assert.Equal("rule 'bugs' fits (/f.yaml:5)", choice.Why);
        Assert.Equal(8, choice.Steps.Count);
    }

    [Fact]
    public void Every_default_is_a_built_in_profile() => Assert.All(Phases.All, phase =>
        Assert.Contains(BuiltInProfiles.All, profile => profile.Name == Choose($"phase={phase}").Taken.Profile));

    [Theory]
    [InlineData("routes: [{phase: cod, profile: deep}]",
        "/f.yaml:1: routes[0].phase: 'cod' is not one of plan, manage, code, ui, review; did you mean 'code'?")]
    [InlineData("routes: [{phase: [code, u], profile: deep}]", "'u' is not one of")]
    [InlineData("routes:\n  - profile: deep\n  - {kind: bug}", "/f.yaml:3: routes[1].profile: is missing")]
    [InlineData("routes: [{profil: deep}]", "/f.yaml:1: routes[0].profil: there is no such key; did you mean 'profile'?")]
    [InlineData("routes: {profile: deep}", "routes: a list of entries, each with keys expected")]
    [InlineData("routes: [{profile: dep}]", "/f.yaml:1: routes.profile: there is no profile 'dep'; did you mean 'deep'?")]
    [InlineData("projects: {p: {profiles: {cod: deep}}}",
        "/f.yaml:1: projects.p.profiles.cod: there is no such key; did you mean 'code'?")]
    public void A_rule_that_cannot_work_is_refused_with_its_place(string text, string problem) => Assert.Contains(
        problem, Assert.Throws<Fault>(() => Plain.Of(AgentConfig.Parse(text, "/f.yaml"), ConfigFile.None)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void The_projects_own_rules_stand_before_the_users()
    {
        var holds = Plain.Of(AgentConfig.Parse("routes: [{profile: deep}]", "/f.yaml"),
            AgentConfig.Parse("routes: [{profile: claude}]\nprojects: {demo: {profiles: {code: review}}}", "/p/.agent-orchestrator.yaml"));
        Assert.Equal(["claude", "deep"], holds.Routes.Select(rule => rule.Profile));
        Assert.Equal([true, false], holds.Routes.Select(rule => rule.OfProjectFile));
        Assert.Equal(new PhaseProfile("review", "/p/.agent-orchestrator.yaml:2", true), holds.PhasesOf("demo")["code"]);
    }

    static RouteChoice Choose(string known)
    {
        var said = known.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        var holds = Plain.Of(AgentConfig.Parse(Routes, "/f.yaml"), ConfigFile.None);
        var project = said.GetValueOrDefault("project");
        return Router.Choose(
            new RouteAsk
            {
                Requested = said.GetValueOrDefault("request"),
                Kept = said.GetValueOrDefault("kept"),
                Project = project,
                Phase = said.GetValueOrDefault("phase"),
                Kind = said.GetValueOrDefault("kind"),
                Labels = said.GetValueOrDefault("labels")?.Split(',') ?? [],
            },
            new RouteTable { Rules = holds.Routes, OfProject = project is null ? [] : holds.PhasesOf(project), Default = "codex" });
    }
}
