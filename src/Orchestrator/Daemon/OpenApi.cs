using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Http;

namespace Orchestrator.Daemon;

/// <summary>The routes, their bodies and answers as an OpenAPI 3.1 document, made once, when somebody first asks for it.</summary>
static class OpenApi
{
    public const string Pattern = "/openapi/v1.json";

    public static void Map(Routes routes)
    {
        // The table is whole only when the host has started, and few who start a daemon ever ask.
        var document = new Lazy<byte[]>(() => JsonSerializer.SerializeToUtf8Bytes(new OpenApiDocument(routes.Table).Write()));
        routes.Get(Pattern, nameof(OpenApi), _ => Task.FromResult(new Reply(StatusCodes.Status200OK, document.Value)),
            ownRun: RunAccess.Always, doc: Doc);
    }

    static RouteDoc Doc() => RouteDoc.Of("This document.")
        .Gives("openapi", Shape.Text).Gives("info", Shape.Members()).Gives("paths", Shape.Members()).Gives("components", Shape.Members());
}
