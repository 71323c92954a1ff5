using System.Text.Json;
using Orchestrator.Http;
using Orchestrator.Store;
using Orchestrator.Workspaces;

namespace Orchestrator.Sessions;

/// <summary>Opens a conversation. Nothing runs yet.</summary>
static class CreateSession
{
    /// <summary>POST /sessions. Every member may be left out.</summary>
    public sealed record Request(string? Title, string? Project, string? Profile, string? Workdir, string? Isolation,
        JsonElement? Metadata, string? IdempotencyKey);

    public static void Map(Routes routes, SessionStore sessions, SessionRules rules, Database store) =>
        routes.Post("/sessions", nameof(CreateSession), async call =>
        {
            var request = await call.Body(SessionJson.Default.Request);
            var order = rules.Check(request);
            return await Once.Write(store, call, "", request.IdempotencyKey, request with { IdempotencyKey = null },
                SessionJson.Default.Request, transaction =>
            {
                var session = sessions.Create(transaction, order, call.Principal.Name);
                return Reply.Created(json => json.Member("session", session, SessionJson.Default.Session));
            });
        }, doc: () => RouteDoc.Of("Opens a conversation. Nothing runs yet.")
            .Takes(SessionJson.Default.Request).Creates().Gives("session", SessionJson.Default.Session));
}

/// <summary>What a session may be made of: texts within bounds, a project and a profile that exist, a folder that is there.</summary>
sealed class SessionRules(ProjectStore projects, Action<string, string, string?> needProfile)
{
    /// <summary>Longest title in characters.</summary>
    public const int TitleLimit = 500;

    /// <summary>Longest metadata in bytes of JSON.</summary>
    public const int MetadataLimit = 64 * 1024;

    public NewSession Check(CreateSession.Request request)
    {
        Texts.Line("title", request.Title, TitleLimit);
        var project = request.Project is null ? null : projects.Require(request.Project);
        if (request.Profile is not null)
            needProfile("profile", request.Profile, project?.Path);
        if (request.Workdir is not null && project is not null)
            throw Fault.Unprocessable("workdir", "give a project or a workdir, not both.");
        if (request.Workdir is not null)
            Folder(request.Workdir);
        if (request.Isolation is not (null or "worktree" or "shared" or "none"))
            throw Fault.Unprocessable("isolation", "must be worktree, shared or none.");
        var metadata = Metadata(request.Metadata);
        return new NewSession(request.Title, project?.Name, request.Profile, request.Workdir is null ? null
            : Path.GetFullPath(request.Workdir), metadata, request.Isolation);
    }

    static void Folder(string path)
    {
        Texts.Line("workdir", path, 4096);
        if (!Path.IsPathFullyQualified(path))
            throw Fault.Unprocessable("workdir", "must be an absolute path.");
        if (!Directory.Exists(path))
            throw Fault.Unprocessable("workdir", $"there is no folder '{Texts.Short(path)}'.");
    }

    static string? Metadata(JsonElement? metadata)
    {
        if (metadata is not { ValueKind: not JsonValueKind.Null } given)
            return null;
        if (given.ValueKind != JsonValueKind.Object)
            throw Fault.Unprocessable("metadata", "must be an object.");
        var text = given.GetRawText();
        return text.Length <= MetadataLimit ? text
            : throw new Fault(FaultCode.TooLarge, $"metadata: is larger than {MetadataLimit} bytes.");
    }
}
