using Orchestrator.Cli;

namespace Orchestrator.Tests.Cli;

public sealed class SettingsSpecs : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("settings-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    Settings Resolve(Settings.Flags flags, params (string Name, string Value)[] variables) =>
        Settings.Resolve(flags,
            new Stage { Folder = folder, Variables = variables.ToDictionary(pair => pair.Name, pair => pair.Value) }.Around);

    [Fact]
    public void The_address_comes_from_flag_then_variable_then_running_daemon_then_default()
    {
        Assert.Equal("http://127.0.0.1:8765/", Resolve(new(null, null, folder)).Url.ToString());
        Assert.Equal("http://127.0.0.1:99/", Resolve(new(null, null, folder), ("PORT", "99")).Url.ToString());
        File.WriteAllText(Path.Combine(folder, "daemon.json"), """{"url":"http://127.0.0.1:4711","pid":1}""");
        Assert.Equal(4711, Resolve(new(null, null, folder), ("PORT", "99")).Url.Port);
        Assert.Equal(5, Resolve(new(null, null, folder), ("AGENTCTL_URL", "http://localhost:5")).Url.Port);
        Assert.Equal(6, Resolve(new("http://localhost:6", null, folder), ("AGENTCTL_URL", "http://localhost:5")).Url.Port);
    }

    [Theory]
    [InlineData("/home/me/.local/share/agent-orchestrator/agentd.sock")]
    [InlineData("/a b/%41/#x?y=z/é.sock")]
    public void The_path_of_a_unix_socket_is_taken_as_it_stands_and_is_this_machine(string path)
    {
        File.WriteAllText(Path.Combine(folder, "token"), "secret\n");
        var settings = Resolve(new("unix:" + path, null, folder));
        Assert.Equal(("unix", path), (settings.Url.Scheme, Uri.UnescapeDataString(settings.Url.AbsolutePath)));
        Assert.Equal("secret", settings.Token);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"url":7}""")]
    public void A_broken_daemon_file_says_nothing(string text)
    {
        File.WriteAllText(Path.Combine(folder, "daemon.json"), text);
        Assert.Equal(8765, Resolve(new(null, null, folder)).Url.Port);
    }

    [Fact]
    public void The_local_token_is_found_but_never_for_an_agent_and_never_for_another_machine()
    {
        File.WriteAllText(Path.Combine(folder, "token"), "secret\n");
        Assert.Equal("secret", Resolve(new(null, null, folder)).Token);
        Assert.Equal("secret", Resolve(new("http://[::1]:1", null, folder)).Token);
        Assert.Null(Resolve(new(null, null, folder), ("AGENTCTL_RUN_ID", "0123456789abcdef")).Token);
        Assert.Null(Resolve(new("http://example.com:8765", null, folder)).Token);
        Assert.Equal("own", Resolve(new(null, null, folder), ("AGENTCTL_RUN_ID", "x"), ("AGENTCTL_AUTH_TOKEN", "own")).Token);
        Assert.Equal("flag", Resolve(new(null, "flag", folder), ("AGENTCTL_AUTH_TOKEN", "own")).Token);
    }

    [Fact]
    public void The_data_folder_follows_flag_variable_and_the_XDG_rules()
    {
        string At(string? flag, params (string Name, string Value)[] variables) =>
            DataFolder.Resolve(flag, name => variables.FirstOrDefault(pair => pair.Name == name).Value, "/srv");
        Assert.Equal("/srv/here", At("here", ("AGENTD_DATA", "/there")));
        Assert.Equal("/there", At(null, ("AGENTD_DATA", "/there"), ("XDG_DATA_HOME", "/xdg")));
        Assert.Equal("/xdg/agent-orchestrator", At(null, ("XDG_DATA_HOME", "/xdg"), ("HOME", "/h")));
        Assert.Equal("/h/.local/share/agent-orchestrator", At(null, ("XDG_DATA_HOME", "relative"), ("HOME", "/h")));
    }

    [Theory]
    [InlineData("localhost:8765")]
    [InlineData("ftp://x")]
    [InlineData("nonsense")]
    public void An_address_that_is_none_is_refused(string url) =>
        Assert.Equal(FaultCode.InvalidRequest, Assert.Throws<Fault>(() => Resolve(new(url, null, folder))).Code);

    [Fact]
    public void A_token_that_could_forge_a_header_is_refused() =>
        Assert.Throws<Fault>(() => Resolve(new(null, "a\r\nX-Evil: 1", folder)));
}
