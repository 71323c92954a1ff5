using System.Diagnostics;

namespace Orchestrator.Tests.Support;

/// <summary>A real browser without a window and without a past, for what only a browser does: origins, preflights.</summary>
static class Chromium
{
    const string Program = "/usr/bin/chromium";

    /// <summary>Longer than any page here takes on a slow machine.</summary>
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    // Nothing of its own accord, and no proxy: names are resolved as the test says.
    static readonly string[] Quiet =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-proxy-server", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    ];

    /// <summary>Skips the test where there is no browser.</summary>
    public static void Need()
    {
        if (!File.Exists(Program))
            Assert.Skip($"There is no {Program}; ./run test installs it where it may (apt-get install chromium).");
    }

    /// <summary>Opens the address and gives what the page has become once all it loads is loaded.</summary>
    /// <param name="url">The page.</param>
    /// <param name="resolver">Names that lead elsewhere, e.g. <c>MAP evil.example 127.0.0.1</c>.</param>
    public static async Task<string> Dom(string url, string? resolver = null)
    {
        var profile = Directory.CreateTempSubdirectory("chromium-");
        var start = new ProcessStartInfo(Program, [.. Quiet, $"--user-data-dir={profile.FullName}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = profile.FullName,
        };
        if (resolver is not null)
            start.ArgumentList.Add($"--host-resolver-rules={resolver}");
        start.ArgumentList.Add("--dump-dom");
        start.ArgumentList.Add(url);
        using var browser = Process.Start(start)!;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(Deadline);
            var said = browser.StandardError.ReadToEndAsync(limit.Token);
            var dom = await browser.StandardOutput.ReadToEndAsync(limit.Token);
            await browser.WaitForExitAsync(limit.Token);
            return dom.Length > 0 ? dom : throw new InvalidOperationException($"the browser showed nothing of {url}: {await said}");
        }
        finally
        {
            browser.Kill(entireProcessTree: true);
            await browser.WaitForExitAsync();
            profile.Delete(recursive: true);
        }
    }
}
