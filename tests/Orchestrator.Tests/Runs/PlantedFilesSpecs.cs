using System.Text.Json.Nodes;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runs;

/// <summary>What an agent leaves is material, never a trap: no pipe stops the daemon, no link leads its writing away.</summary>
public class PlantedFilesSpecs
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pipe_in_place_of_the_result_is_no_result()
    {
        await using var daemon = await TestDaemon.Start();
        var id = await daemon.Run("run sh -c \"mkfifo $AGENTCTL_RESULT_FILE\"", "print done");

        Assert.Equal("succeeded", (string?)(await daemon.Ended(id, 20))["status"]);
    }

    [Fact]
    public async Task A_pipe_in_place_of_the_projects_configuration_stops_neither_its_run_nor_the_others()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start();
        await daemon.Post("/projects", new JsonObject { ["name"] = "demo", ["path"] = repository.Path });
        var pipe = Path.Combine(repository.Path, ".agent-orchestrator.yaml");
        await daemon.Ended(await daemon.Run($"run mkfifo {pipe}"));
        var order = TestDaemon.Order("print in the project");
        order["project"] = "demo";

        var inProject = daemon.Post("/runs", order);
        var elsewhere = (await daemon.Post("/runs", TestDaemon.Order("print elsewhere")).WaitAsync(TimeSpan.FromSeconds(20), Stop))["run"]!;

        Assert.Equal("succeeded", (string?)(await daemon.Ended((string)elsewhere["id"]!, 20))["status"]);
        var run = (await inProject.WaitAsync(TimeSpan.FromSeconds(20), Stop))["run"]!;
        Assert.Equal("succeeded", (string?)(await daemon.Ended((string)run["id"]!, 20))["status"]);
    }

    [Theory]
    [InlineData("diff.patch.part")]
    [InlineData("diff.patch")]
    public async Task A_link_planted_where_the_diff_goes_leads_to_no_other_file(string name)
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start();
        var precious = Path.Combine(daemon.Root, "precious.txt");
        await File.WriteAllTextAsync(precious, "mine", Stop);
        var run = await InProject(daemon, repository,
            $"run sh -c \"ln -s {precious} $(dirname $AGENTCTL_RESULT_FILE)/{name}\"", "write new.txt fresh");

        Assert.Equal("succeeded", (string?)run["status"]);
        Assert.Equal("mine", await File.ReadAllTextAsync(precious, Stop));
        using var diff = await daemon.Send(HttpMethod.Get, $"/runs/{run["id"]}/diff");
        Assert.Contains("+fresh", await diff.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_planted_where_the_diff_goes_costs_the_diff_and_not_the_end()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start();
        var run = await InProject(daemon, repository,
            "run sh -c \"mkdir -p $(dirname $AGENTCTL_RESULT_FILE)/diff.patch/x\"", "write new.txt fresh");

        Assert.Equal("succeeded", (string?)run["status"]);
        Assert.Contains(await daemon.EventsOf((string)run["id"]!), e => (string?)e["event_type"] == "run.warning");
    }

    static async Task<JsonNode> InProject(TestDaemon daemon, TempRepository repository, params string[] steps)
    {
        await daemon.Post("/projects", new JsonObject { ["name"] = "demo", ["path"] = repository.Path });
        var order = TestDaemon.Order(steps);
        order["project"] = "demo";
        return await daemon.Ended((string)(await daemon.Post("/runs", order))["run"]!["id"]!, 25);
    }
}
