using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Agents;
using Orchestrator.Cli;

namespace Orchestrator.Doctor;

/// <summary>
/// <c>doctor --network</c>: whether the API of each configured agent can be reached from here: its name, a connection, an answer. No key is
/// sent, and whatever it answers is an answer.
/// </summary>
static class NetworkChecks
{
    /// <summary>Longest all steps of one agent may take.</summary>
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>All at once; one that says so when no agent is configured.</summary>
    public static async Task<IReadOnlyList<Check>> Of(Surroundings around, CancellationToken stop)
    {
        var hosts = ApiHosts.Of(around.Variable, Text);
        return hosts.Count == 0 ? [Check.Ok("network", "no agent is logged in, so there is nobody to reach")]
            : await Task.WhenAll(hosts.Select(host => One(host, around.Clock, stop)));
    }

    static async Task<Check> One(ApiHost host, TimeProvider clock, CancellationToken stop)
    {
        var name = $"network {host.Agent}";
        if (host.Address is not { } address)
            return Check.Ok(name, $"no host is known: {host.Why}");
        using var late = new CancellationTokenSource(Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        var where = $"{address.GetLeftPart(UriPartial.Authority)} ({host.Why})";
        var proxy = HttpClient.DefaultProxy.IsBypassed(address) ? null : HttpClient.DefaultProxy.GetProxy(address);
        var next = proxy ?? address;
        var step = $"the name {next.Host} is not found";
        try
        {
            var begun = clock.GetTimestamp();
            var addresses = await Dns.GetHostAddressesAsync(next.IdnHost, either.Token);
            step = $"{next.Host} port {next.Port.ToString(CultureInfo.InvariantCulture)} takes no connection";
            using (var socket = new TcpClient())
                await socket.ConnectAsync(addresses, next.Port, either.Token);
            step = $"{(address.Scheme == "https" ? "HTTPS" : "HTTP")} gets no answer";
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
            using var answer = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var status = (int)answer.StatusCode;
            return Check.Ok(name, $"{where} answers (HTTP {status.ToString(CultureInfo.InvariantCulture)}) within "
                + $"{clock.GetElapsedTime(begun).TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)} ms{Through(proxy)}");
        }
        catch (Exception e) when (e is SocketException or HttpRequestException or IOException
            || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            var why = e is OperationCanceledException ? "nothing within 3 s" : e.GetBaseException().Message;
            return Check.Warn(name, $"{where}: {step}{Through(proxy)}: {why}",
                "Look at the network, a firewall or HTTPS_PROXY; runs of this agent will end with provider_unavailable.");
        }
    }

    static string Through(Uri? proxy) => proxy is null ? "" : $", through the proxy {proxy.Host}";

    static string? Text(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
