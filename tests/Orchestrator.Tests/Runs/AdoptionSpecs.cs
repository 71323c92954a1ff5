using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Orchestrator.Store;
using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Runs;

/// <summary>What a new daemon finds is not always what the old one left: files gone, a configuration broken, a start unrecorded.</summary>
public class AdoptionSpecs
{
    static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_whose_folder_vanished_ends_and_leaves_no_process()
    {
        await using var daemon = await TestDaemon.Start();
        var id = await daemon.Run("print ready", "hang");
        await Eventually.True(() => File.Exists(Journal(daemon, id)) && new FileInfo(Journal(daemon, id)).Length > 0, "the agent talks");
        Directory.Delete(Path.Combine(daemon.Data, "runs", id), recursive: true);

        await daemon.Post($"/runs/{id}/cancel");

        var run = await daemon.Ended(id, 25);
        Assert.Equal("canceled", (string?)run["status"]);
        Assert.Empty(TestDaemon.ProcessesOf(id));
    }

    [Fact]
    public async Task A_projects_configuration_that_became_wrong_keeps_no_run_from_its_end()
    {
        using var repository = new TempRepository();
        await using var daemon = await TestDaemon.Start();
        var gate = Path.Combine(daemon.Root, "gate");
        await daemon.Post("/projects", new JsonObject { ["name"] = "demo", ["path"] = repository.Path });
        var order = TestDaemon.Order("print ready", $"wait-file {gate}", "print after");
        order["project"] = "demo";
        var id = (string)(await daemon.Post("/runs", order))["run"]!["id"]!;
        await Eventually.True(() => File.Exists(Journal(daemon, id)) && new FileInfo(Journal(daemon, id)).Length > 0, "the agent talks");
        await daemon.Kill();
        repository.Write(".agent-orchestrator.yaml", "profiles: [wrong\n");

        await daemon.Start();
        await File.WriteAllTextAsync(gate, "", Stop);

        Assert.Equal("succeeded", (string?)(await daemon.Ended(id, 20))["status"]);
    }

    [Fact]
    public async Task A_start_that_was_not_recorded_keeps_its_token_and_its_protection()
    {
        await using var daemon = TestDaemon.Prepare().With("AGENTD_CRASH_AT", "holder-started");
        await daemon.Start();
        var id = await Lost(daemon);
        daemon.Without("AGENTD_CRASH_AT");
        await daemon.Start();
        await Eventually.True(() => TestDaemon.ProcessesOf(id).Count >= 1, "the agent runs");
        var pid = Leftovers.Find(id)[0].Identity.Pid;
        var token = (await File.ReadAllTextAsync($"/proc/{pid}/environ", Stop)).Split('\0')
            .Single(entry => entry.StartsWith("AGENTCTL_AUTH_TOKEN=", StringComparison.Ordinal)).Split('=')[1];
        await Adopted(daemon, id);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/runs/{id}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await daemon.Http.SendAsync(request, Stop);

        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("none", (string?)(await daemon.Get($"/runs/{id}"))["run"]!["protection"]);
        await daemon.Post($"/runs/{id}/cancel");
        await daemon.Ended(id);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_holds_up_no_other_run()
    {
        await using var daemon = await TestDaemon.Start();
        var poisoned = await daemon.Run("print ready", "hang");
        await Eventually.True(() => File.Exists(Journal(daemon, poisoned)) && new FileInfo(Journal(daemon, poisoned)).Length > 0,
            "the agent talks");
        await daemon.Kill();
        using (var store = Database.Open(Path.Combine(daemon.Data, "agent-orchestrator.db"), TimeProvider.System))
            await store.Write(transaction => { transaction.Db.Execute("update runs set transcript = '{'"); });

        await daemon.Start();
        var id = await daemon.Run("print fine");

        Assert.Equal("succeeded", (string?)(await daemon.Ended(id, 20))["status"]);
        Assert.Empty((await daemon.Get("/daemon/status"))["reasons"]!.AsArray());
    }

    [Fact]
    public async Task A_stop_under_way_stays_polite_when_the_daemon_stops_meanwhile()
    {
        var asked = Path.Combine(Directory.CreateTempSubdirectory("polite-").FullName, "asked");
        var script = $"trap 'echo x > {asked}; sleep 1; exit 7' INT; echo ready; while :; do sleep 0.05; done";
        await using var daemon = await TestDaemon.Start($"""
              polite:
                agent: command
                command: ["/bin/sh", "-c", "{script}"]
            """);
        var id = (string)(await daemon.Post("/runs", new JsonObject { ["prompt"] = "go", ["profile"] = "polite" }))["run"]!["id"]!;
        await Eventually.True(() => File.Exists(Journal(daemon, id)) && new FileInfo(Journal(daemon, id)).Length > 0, "the agent talks");
        await daemon.Post($"/runs/{id}/cancel");
        await Eventually.True(() => File.Exists(asked), "it was asked to stop");

        await daemon.Stop();
        await daemon.Start();

        var run = await daemon.Ended(id, 20);
        Assert.Equal("canceled", (string?)run["status"]);
        Assert.Equal(7, (int?)run["exit_code"]);
        Directory.Delete(Path.GetDirectoryName(asked)!, recursive: true);
    }

    static string Journal(TestDaemon daemon, string run) => Path.Combine(daemon.Data, "runs", run, "stdout");

    static async Task<string> Lost(TestDaemon daemon)
    {
        using var answer = await daemon.Send(HttpMethod.Post, "/runs", TestDaemon.Order("print ready", "hang"));
        var id = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!["run"]!["id"]!;
        await daemon.Died();
        return id;
    }

    static async Task Adopted(TestDaemon daemon, string id)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while ((string?)(await daemon.Get($"/runs/{id}"))["run"]!["status"] != "running")
            await ticks.WaitForNextTickAsync(Stop);
    }
}
