using Orchestrator.Http;

namespace Orchestrator.Daemon;

/// <summary>
/// What a browser gets without a token: the board's page, its parts and its picture. They hold nothing of anybody's work; what they show
/// they ask for, with the cookie.
/// </summary>
static class Front
{
    public static void Map(Routes routes, BoardFiles files)
    {
        routes.Get("/", nameof(Front), call => Page(call, files), Scope.Open, doc: PageDoc);
        // The app's own pages: it reads the address itself.
        routes.Get("/app/{**path}", nameof(Front), call => Page(call, files), Scope.Open, doc: PageDoc);
        routes.Get("/assets/{name}", nameof(Front), call => Part(call, files, $"assets/{call.Context.Request.RouteValues["name"]}"),
            Scope.Open, doc: () => RouteDoc.Of("A part of the board's page. Its name changes with its content, so it is kept for good.")
                .GivesRaw("*/*", "The file, compressed when the caller understands that.", Tag));
        routes.Get("/favicon.svg", nameof(Front), call => Part(call, files, "favicon.svg"), Scope.Open,
            doc: () => RouteDoc.Of("The board's picture in a browser's tab.").GivesRaw("image/svg+xml", "The picture.", Tag)
                .Refuses(FaultCode.NotFound));
    }

    static (string, string) Tag => ("ETag", "Its content's mark: sent back as If-None-Match, 304 is the answer while nothing changed.");

    static RouteDoc PageDoc() =>
        RouteDoc.Of("The board's page; where this build has none, one that says how to get it.").GivesRaw("text/html", "The page.", Tag);

    static Task<Reply> Page(Call call, BoardFiles files) => Task.FromResult(files.Page.Answer(call.Context.Request));

    static Task<Reply> Part(Call call, BoardFiles files, string name) => files.Find(name) is { } file
        ? Task.FromResult(file.Answer(call.Context.Request))
        : throw new Fault(FaultCode.NotFound, $"The board has no file '{Texts.Short(name)}'.",
            "Load the page anew: after an upgrade its parts have other names.");
}
