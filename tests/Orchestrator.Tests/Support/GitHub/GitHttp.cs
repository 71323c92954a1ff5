using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Tests.Support;

/// <summary>Git's own server over HTTP (git http-backend, https://git-scm.com/docs/git-http-backend), behind basic
/// authentication.</summary>
/// <param name="root">Folder with bare repositories as owner/name.git.</param>
/// <param name="allowed">True for a password that counts.</param>
sealed class GitHttp(string root, Func<string, bool> allowed)
{
    /// <summary>Passwords that were shown, in order.</summary>
    public List<string> Shown { get; } = [];

    public async Task Serve(HttpContext context, string path)
    {
        if (Password(context.Request) is not { } password || !allowed(password))
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"GitHub\"";
            return;
        }
        lock (Shown)
            Shown.Add(password);
        if (!Directory.Exists(Path.Combine(root, string.Join('/', path.Split('/').Take(2)))))
        {
            context.Response.StatusCode = 404;
            await context.Response.WriteAsync("Repository not found.");
            return;
        }
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        await Answer(context, Backend(context.Request, "/" + path, body.Length), body);
    }

    static string? Password(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.Ordinal))
            return null;
        var pair = Encoding.UTF8.GetString(Convert.FromBase64String(header["Basic ".Length..])).Split(':', 2);
        return pair is ["x-access-token", var password] ? password : null;
    }

    ProcessStartInfo Backend(HttpRequest request, string path, long length)
    {
        var start = new ProcessStartInfo("git")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.ArgumentList.Add("http-backend");
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["GIT_PROJECT_ROOT"] = root,
            ["GIT_HTTP_EXPORT_ALL"] = "1",
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["HOME"] = root,
            ["PATH_INFO"] = path,
            ["REQUEST_METHOD"] = request.Method,
            ["QUERY_STRING"] = request.QueryString.Value?.TrimStart('?') ?? "",
            ["CONTENT_TYPE"] = request.ContentType ?? "",
            ["CONTENT_LENGTH"] = length.ToString(CultureInfo.InvariantCulture),
            ["HTTP_CONTENT_ENCODING"] = request.Headers.ContentEncoding.ToString(),
            ["GIT_PROTOCOL"] = request.Headers["Git-Protocol"].ToString(),
            ["REMOTE_USER"] = "pusher",
            ["REMOTE_ADDR"] = "127.0.0.1",
        })
            start.Environment[name] = value;
        return start;
    }

    static async Task Answer(HttpContext context, ProcessStartInfo start, MemoryStream body)
    {
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        body.Position = 0;
        await body.CopyToAsync(process.StandardInput.BaseStream);
        process.StandardInput.Close();
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        await errors;
        var bytes = output.ToArray();
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        foreach (var line in Encoding.ASCII.GetString(bytes, 0, end).Split("\r\n"))
        {
            var (name, value) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim());
            if (name == "Status")
                context.Response.StatusCode = int.Parse(value.Split(' ')[0], CultureInfo.InvariantCulture);
            else
                context.Response.Headers[name] = value;
        }
        await context.Response.Body.WriteAsync(bytes.AsMemory(end + 4));
    }
}
