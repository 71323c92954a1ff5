using Orchestrator.Http;

namespace Orchestrator.Daemon;

/// <summary>The routes, their bodies and answers as an OpenAPI 3.1 document, made once, when somebody first asks for it.</summary>
static class OpenApi
{
    public static void Map(Routes routes)
    {
        // The table is whole only when the host has started, and few who start a daemon ever ask.
        var document = new Lazy<Reply>(() => Reply.Ok(new OpenApiDocument(routes.Table).Write()));
        routes.Get("/openapi/v1.json", nameof(OpenApi), _ => Task.FromResult(document.Value), ownRun: RunAccess.Always, doc: Doc);
    }

    static RouteDoc Doc() => RouteDoc.Of("This document.")
        .Gives("openapi", Shape.Text).Gives("jsonSchemaDialect", Shape.Text).Gives("info", Shape.Members())
        .Gives("servers", Shape.List(Shape.Any)).Gives("security", Shape.List(Shape.Any)).Gives("paths", Shape.Members())
        .Gives("components", Shape.Members());
}
