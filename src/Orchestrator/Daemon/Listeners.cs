using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Orchestrator.Daemon;

/// <summary>Where the daemon listens: an address with a port, and a Unix socket in the data folder that only its owner can open.</summary>
static class Listeners
{
    /// <summary>Name of the socket in the data folder.</summary>
    public const string SocketFile = "agentd.sock";

    /// <summary>
    /// Connections at a time; more are closed at once. Far above a thousand watchers, far below what would use up the descriptors that
    /// the store and the agents need.
    /// </summary>
    const int MostConnections = 4096;

    /// <summary>Longest path of a socket in bytes: sockaddr_un without its final zero.</summary>
    static int LongestPath => OperatingSystem.IsMacOS() ? 103 : 107;

    /// <summary>The socket's path, its stale file removed; null with a warning when there can be none.</summary>
    public static string? Socket(string dataFolder, TextWriter warnings)
    {
        var path = Path.Combine(dataFolder, SocketFile);
        if (System.Text.Encoding.UTF8.GetByteCount(path) > LongestPath)
        {
            warnings.WriteLine($"agentd: no Unix socket: {path} is longer than {LongestPath} bytes. Everything else works.");
            return null;
        }

        if (Answers(path))
        {
            warnings.WriteLine($"agentd: no Unix socket: another daemon answers at {path}.");
            return null;
        }

        try
        {
            File.Delete(path);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warnings.WriteLine($"agentd: no Unix socket: {path} is in the way: {e.Message}");
            return null;
        }
    }

    /// <summary>Sets both up.</summary>
    /// <param name="host">The host to be.</param>
    /// <param name="settings">Address and port.</param>
    /// <param name="socket">Path of the socket, null for none; asked for when the server starts.</param>
    public static void Prepare(IWebHostBuilder host, DaemonSettings settings, Lazy<string?> socket)
    {
        host.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Listen(settings.Listen, settings.Port, PrepareOne);
            if (socket.Value is { } path)
                kestrel.ListenUnixSocket(path, PrepareOne);
        });
        host.UseSockets(sockets => sockets.CreateBoundListenSocket = Bind);
    }

    /// <summary>Where it answers now, as clients on this machine write it.</summary>
    public static string Url(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return addresses.First(address => !address.StartsWith("http://unix:", StringComparison.Ordinal))
            .Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal).Replace("[::]", "[::1]", StringComparison.Ordinal).TrimEnd('/');
    }

    static void PrepareOne(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        UnreadableRequests.Prepare(listen);
    }

    // A bound socket refuses everybody until it listens: between these two lines nobody else gets in.
    static Socket Bind(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        if (endpoint is UnixDomainSocketEndPoint)
            File.SetUnixFileMode(endpoint.ToString()!, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return socket;
    }

    static bool Answers(string path)
    {
        if (!File.Exists(path))
            return false;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
