using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace Orchestrator.Cli;

/// <summary>
/// As much HTTP/1.1 as a command line needs: one request, one connection, an answer read as a stream. The general client of the
/// platform costs 50 ms at every start, more than half of what a whole command may take; this costs three.
/// </summary>
static class Wire
{
    /// <summary>Scheme of an address that is the path of a Unix socket.</summary>
    public const string UnixScheme = "unix";

    /// <summary>One request.</summary>
    /// <param name="Method">GET, POST, …</param>
    /// <param name="Target">Path and query, already escaped.</param>
    /// <param name="Headers">Further headers, values already checked.</param>
    /// <param name="Body">Bytes of the body; null sends none.</param>
    /// <param name="Silence">Longest time without a byte from the other side.</param>
    public sealed record Request(
        string Method, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body, TimeSpan Silence);

    /// <summary>Sends a request and reads the head of the answer. What goes wrong on the way is an <see cref="IOException"/>.</summary>
    public static Answer Send(Uri daemon, Request request, CancellationToken stop)
    {
        var socket = Connect(daemon, request.Silence);
        // Blocking calls end when their socket is closed under them: that is how Ctrl-C gets through.
        var onStop = stop.UnsafeRegister(static open => ((Socket)open!).Dispose(), socket);
        try
        {
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (daemon.Scheme == "https") stream = Secure(stream, daemon.DnsSafeHost);
            var head = Encoding.ASCII.GetBytes(Head(daemon, request));
            stream.Write(request.Body is null ? head : [.. head, .. request.Body]);
            return Answer.Read(stream, onStop);
        }
        catch (Exception e)
        {
            onStop.Dispose();
            socket.Dispose();
            stop.ThrowIfCancellationRequested();
            if (e is IOException) throw;
            if (e is SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
                throw new IOException(e.Message, e);
            throw;
        }
    }

    // Apart, so that its library is loaded only for those who need it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static SslStream Secure(Stream stream, string host)
    {
        var secure = new SslStream(stream);
        secure.AuthenticateAsClient(host);
        return secure;
    }

    static Socket ConnectUnix(string path, TimeSpan silence)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            socket.ReceiveTimeout = (int)silence.TotalMilliseconds;
            return socket;
        }
        catch (Exception e)
        {
            socket.Dispose();
            // Too long for a socket's path, or nobody there.
            throw e is SocketException or ArgumentException ? new IOException(e.Message, e) : e;
        }
    }

    static Socket Connect(Uri daemon, TimeSpan silence)
    {
        if (daemon.Scheme == UnixScheme) return ConnectUnix(Uri.UnescapeDataString(daemon.AbsolutePath), silence);
        // A literal address needs no resolver; "localhost" is tried as IPv4 first because that is where agentd listens.
        var host = daemon.Host == "localhost" ? "127.0.0.1" : daemon.DnsSafeHost;
        var address = host == "127.0.0.1" ? IPAddress.Loopback : null;
        var literal = address is not null || IPAddress.TryParse(host, out address);
        var socket = Open(literal ? address!.AddressFamily : null);
        try
        {
            socket.NoDelay = true;
            if (literal && IPAddress.IsLoopback(address!))
                socket.Connect(new IPEndPoint(address!, daemon.Port));
#pragma warning disable RS0030 // This client is synchronous on purpose (a process that starts in milliseconds); Connect has no deadline.
            else if (!socket.ConnectAsync(host, daemon.Port).Wait(TimeSpan.FromSeconds(10)))
#pragma warning restore RS0030
                throw new IOException("no answer within 10 s");
            socket.ReceiveTimeout = (int)silence.TotalMilliseconds;
            return socket;
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e.GetBaseException() is SocketException refused) throw new IOException(refused.Message, refused);
            throw;
        }
    }

    /// <summary>In a sandbox without network already this fails.</summary>
    static Socket Open(AddressFamily? family)
    {
        try
        {
            return family is { } one
                ? new Socket(one, SocketType.Stream, ProtocolType.Tcp)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    static string Head(Uri daemon, Request request)
    {
        var host = daemon.Scheme == UnixScheme ? "localhost" : daemon.Authority;
        var head = new StringBuilder($"{request.Method} {request.Target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        foreach (var (name, value) in request.Headers) head.Append(name).Append(": ").Append(value).Append("\r\n");
        if (request.Body is not null) head.Append("Content-Type: application/json\r\n");
        if (request.Body is not null || request.Method != "GET") head.Append($"Content-Length: {request.Body?.Length ?? 0}\r\n");
        return head.Append("\r\n").ToString();
    }
}
