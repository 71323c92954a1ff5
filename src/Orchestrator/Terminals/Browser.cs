namespace Orchestrator.Terminals;

/// <summary>Shows an address in the person's own browser, by the program each system has for that.</summary>
static class Browser
{
    /// <summary>
    /// True when the browser was asked; false where there is no display or no such program, and the address is to be printed instead.
    /// </summary>
    /// <param name="url">Others on this machine may see it in the list of processes: it must be worthless once it was used.</param>
    /// <param name="variable">Looks up an environment variable.</param>
    /// <param name="folder">Absolute working folder.</param>
    public static bool Open(string url, Func<string, string?> variable, string folder)
    {
        var mac = OperatingSystem.IsMacOS();
        if (!mac && variable("DISPLAY") is null && variable("WAYLAND_DISPLAY") is null)
            return false;
        if (Executable.Find(mac ? "open" : "xdg-open", variable("PATH"), folder) is not { } program)
            return false;
        try
        {
            Detached.Start([program, url], folder, "/dev/null");
            return true;
        }
        catch (Exception e) when (e is SpawnFailure or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
