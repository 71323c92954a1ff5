using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Daemon;
using Orchestrator.Http;

namespace Orchestrator.Tests.Docs;

/// <summary>The routes as the daemon maps them, without listening, and the document made from them.</summary>
static class RouteTable
{
    static readonly Lazy<IReadOnlyList<Route>> Mapped = new(Map);

    public static IReadOnlyList<Route> All => Mapped.Value;

    /// <summary>A new tree each time.</summary>
    public static JsonObject OpenApi() => new OpenApiDocument(All).Write();

    /// <summary>The document as it is committed.</summary>
    public static string OpenApiText() => OpenApi().ToJsonString(Readable) + "\n";

    /// <summary>Every operation of the document: its path, its method in capitals, and itself.</summary>
    public static IEnumerable<(string Path, string Method, JsonObject Operation)> Operations(JsonObject document) =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select (path.Key, operation.Key.ToUpperInvariant(), operation.Value!.AsObject());

    static readonly JsonSerializerOptions Readable = new(Json.PlainOptions) { WriteIndented = true };

    static IReadOnlyList<Route> Map()
    {
        var folder = Directory.CreateTempSubdirectory("routes-").FullName;
        try
        {
            var settings = DaemonSettings.Read(["--data", folder], new Dictionary<string, string>(), folder);
            using var lifetime = new Lifetime(TimeProvider.System);
            using var features = new Features(settings, lifetime, new Dictionary<string, string>(), NullLogger.Instance);
            var routes = new Routes(WebApplication.CreateSlimBuilder().Build(), (_, _, _) => false);
            features.Map(routes);
            return routes.Table;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
