using Orchestrator.Terminals;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Terminals;

/// <summary>An address is shown by the system's own program, or not at all.</summary>
public sealed class OpenBrowserSpecs : IDisposable
{
    const string Address = "http://127.0.0.1:1/open?code=a&b='c d'$(e)";

    readonly string folder = Directory.CreateTempSubdirectory("browser-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task The_address_is_handed_over_as_one_word()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "macOS has its own program");
        var program = Path.Combine(folder, "xdg-open");
        var (part, shown) = (Path.Combine(folder, "part"), Path.Combine(folder, "shown"));
        await File.WriteAllTextAsync(program, $"#!/bin/sh\nprintf %s \"$#:$1\" > '{part}'\nmv '{part}' '{shown}'\n",
            TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.True(Browser.Open(Address, Variable(("PATH", folder), ("DISPLAY", ":0")), folder));
        await Eventually.True(() => File.Exists(shown), "the program ran");
        Assert.Equal("1:" + Address, await File.ReadAllTextAsync(shown, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Without_a_display_or_a_program_nothing_is_started()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "macOS always has both");
        Assert.False(Browser.Open(Address, Variable(("PATH", Environment.GetEnvironmentVariable("PATH")!)), folder));
        Assert.False(Browser.Open(Address, Variable(("PATH", folder), ("WAYLAND_DISPLAY", "wayland-0")), folder));
    }

    static Func<string, string?> Variable(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;
}
