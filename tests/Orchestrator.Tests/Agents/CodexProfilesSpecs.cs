using Orchestrator.Agents;
using Orchestrator.Agents.Codex;
using Orchestrator.Profiles;

namespace Orchestrator.Tests.Agents;

/// <summary>The user's own Codex profiles, in the forms Codex has had for them.</summary>
public class CodexProfilesSpecs
{
    const string File = """
        model = "gpt-5.2"
        model_reasoning_effort = "low"
        sandbox_mode = "read-only"
        hide = true
        wait = 5
        ratio = 1.5
        words = ["a", "b \"c\""]
        [features]
        search = true
        [table."odd.name"]
        x = 1
        """;

    const string Settings = """
        model = "gpt-5.5"
        [profiles.old]
        model = "gpt-5.1"
        sandbox_mode = "danger-full-access"
        """;

    const string Given = "-c model=\"gpt-5.2\" -c model_reasoning_effort=\"low\" -c sandbox_mode=\"read-only\" -c hide=true -c wait=5 "
        + "-c ratio=1.5 -c words=[\"a\",\"b \\\"c\\\"\"] -c features.search=true -c table={\"odd.name\"={\"x\"=1}}";

    [Theory]
    // exec takes the option for a file of that name, and for nothing else.
    [InlineData("--profile lean --x", true, true, "--profile lean --x")]
    [InlineData("-p old", true, false, "-c model=\"gpt-5.1\" -c sandbox_mode=\"danger-full-access\"")]
    [InlineData("--profile=none --x", true, false, "--profile none --x")]
    [InlineData("--profile old", true, true, Given)]
    // app-server takes it never: the settings are given one by one.
    [InlineData("--x --profile lean", false, true, Given + " --x")]
    [InlineData("--profile old", false, false, "-c model=\"gpt-5.1\" -c sandbox_mode=\"danger-full-access\"")]
    [InlineData("--profile none --x", false, false, "--x")]
    // Codex takes the option once: the run's own profile wins over the daemon's.
    [InlineData("--profile first --profile lean", true, true, "--profile lean")]
    [InlineData("--x", true, false, "--x")]
    public void The_choice_of_one_is_passed_on_in_a_form_that_works(string args, bool takesOption, bool hasFile, string expected) =>
        Assert.Equal(expected, string.Join(' ', CodexProfiles.Arguments(args.Split(' '), hasFile ? File : null, Settings, takesOption)));

    [Fact]
    public void Their_names_are_those_of_files_and_of_tables()
    {
        string[] files = ["lean.config.toml", "config.toml", ".config.toml", "auth.json", "old.config.toml"];
        Assert.Equal(["lean", "old"], CodexProfiles.Names(files, Settings).Order());
        Assert.Equal(["lean", "old"], CodexProfiles.Names(files, "model = ").Order());
        Assert.Empty(CodexProfiles.Names([], null));
    }

    [Fact]
    public void One_is_a_profile_of_ours_by_its_name_and_gives_no_more_access_than_ours_do()
    {
        var lean = CodexProfiles.Of("lean", File, Settings)!;
        Assert.Equal(("gpt-5.2", "low", Sandbox.ReadOnly), (lean.Model, lean.Effort, lean.Sandbox));
        Assert.Equal(["--profile", "lean"], lean.Args);
        Assert.Equal("your Codex profile lean.config.toml", lean.Origin);
        var old = CodexProfiles.Of("old", null, Settings)!;
        Assert.Equal(("gpt-5.1", Sandbox.WorkspaceWrite), (old.Model, old.Sandbox));
        Assert.Null(CodexProfiles.Of("none", null, Settings));
        Assert.Null(CodexProfiles.Of("broken", "model = ", Settings));
    }

    [Theory]
    [InlineData("--profile lean", true, null)]
    [InlineData("--profile old", false, null)]
    [InlineData("--profile none", false, "There is no Codex profile 'none'")]
    [InlineData("", false, null)]
    public void A_name_nobody_has_is_told_of_because_codex_ignores_it(string args, bool hasFile, string? notice)
    {
        var missing = CodexProfiles.Missing(args.Split(' '), hasFile ? File : null, Settings);
        Assert.Equal(notice is null, missing is null);
        Assert.StartsWith(notice ?? "", missing ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lean", "/h/.codex/lean.config.toml")]
    [InlineData("../lean", null)]
    [InlineData("..", null)]
    [InlineData("", null)]
    public void Only_a_name_leads_to_a_file(string name, string? path) =>
        Assert.Equal(path, CodexProfiles.FileOf("/h/.codex/config.toml", name));

    [Fact]
    public void Ours_come_first_and_theirs_are_found_where_codex_keeps_them()
    {
        var home = Directory.CreateTempSubdirectory();
        try
        {
            System.IO.File.WriteAllText(Path.Combine(home.FullName, "lean.config.toml"), File);
            System.IO.File.WriteAllText(Path.Combine(home.FullName, "deep.config.toml"), "model = \"theirs\"");
            System.IO.File.WriteAllText(Path.Combine(home.FullName, "config.toml"), Settings);
            var holds = new AgentConfig(new Dictionary<string, string> { ["CODEX_HOME"] = home.FullName })
                .Of(AgentConfig.Parse("routes: [{kind: bug, profile: lean}]", "/f.yaml"), ConfigFile.None);
            Assert.Equal("gpt-5.2", holds.Find("lean")!.Model);
            Assert.Equal("gpt-5.1", holds.Find("old")!.Model);
            Assert.Null(holds.Find("deep")!.Model);
            Assert.Null(holds.Find("none"));
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}
