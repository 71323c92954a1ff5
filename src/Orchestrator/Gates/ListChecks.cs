using System.Globalization;
using Orchestrator.Events;
using Orchestrator.Http;
using Orchestrator.Store;
using Orchestrator.Terminals;

namespace Orchestrator.Gates;

/// <summary>Checks with what they saw; the wait for a verdict; and what a command printed.</summary>
static class ListChecks
{
    const int WaitLimit = 300;
    const int PageBytes = 1024 * 1024;

    public static void Map(Routes routes, Database store, EventFeed feed, string folder, TimeProvider clock, CancellationToken shutdown)
    {
        routes.Get("/runs/{id}/checks", nameof(ListChecks), call =>
        {
            var found = store.Read(db => CheckRows.OfRun(db, CheckRun.Known(db, call.Part("id")), call.Limit()));
            return Task.FromResult(Reply.Ok(json => json.Member("checks", found, CheckJson.Default.IReadOnlyListCheck)));
        }, ownRun: RunAccess.RunInReach, doc: () => RouteDoc.Of("The checks of a run's work, newest first, with their evidence.")
            .Asks("limit", "Most checks, 1 to 500; 100 without it.", Shape.Whole).Gives("checks", CheckJson.Default.IReadOnlyListCheck));
        routes.Get("/checks/{id}", "ShowCheck", call =>
        {
            var check = store.Read(db => CheckRows.Resolve(db, call.Part("id")));
            return Task.FromResult(Reply.Ok(json => json.Member("check", check, CheckJson.Default.Check)));
        }, doc: () => RouteDoc.Of("One check with its evidence.").Gives("check", CheckJson.Default.Check));
        routes.Get("/checks/{id}/wait", "WaitCheck", async call =>
        {
            var limit = call.Seconds("timeout_s", 30, WaitLimit);
            var id = store.Read(db => CheckRows.Resolve(db, call.Part("id"))).Id;
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Gone, shutdown);
            var check = await call.Unless(() => Wait(store, feed, id, limit, clock, stop.Token), shutdown);
            return Reply.Ok(json =>
            {
                json.Member("check", check, CheckJson.Default.Check);
                json.WriteBoolean("timed_out", !check.IsFinished);
            });
        }, doc: () => RouteDoc.Of("Holds the request until the check has its verdict or the time is up.")
            .Asks("timeout_s", "Longest wait in seconds; 30 without it, 300 at most. 0 only looks.", Shape.Number)
            .Gives("check", CheckJson.Default.Check).Gives("timed_out", Shape.Flag));
        routes.Get("/checks/{id}/output", "CheckOutput", async call =>
        {
            var no = call.Number("no", 1, 1, int.MaxValue);
            var offset = call.Number("offset", 0, 0, long.MaxValue);
            var stream = call.Query("stream") ?? "stdout";
            if (stream is not ("stdout" or "stderr"))
                throw Fault.Invalid("stream", "must be stdout or stderr.");
            var check = store.Read(db => CheckRows.Resolve(db, call.Part("id")));
            var place = check.Evidence.FirstOrDefault(one => one.No == no && one.Folder is not null)?.Folder
                ?? throw Fault.NotFound("check", $"{check.Id} no={no}");
            var files = new RunFolder(Path.Combine(folder, place));
            return await Page(stream == "stdout" ? files.StdoutPath : files.StderrPath, offset, call.Gone);
        }, doc: () => RouteDoc.Of("What a command of a check printed, as it is: at most 1 MiB of it, from an offset.")
            .Asks("no", "Number of the command's evidence; 1 without it.", Shape.Whole)
            .Asks("stream", "Which of the two.", Shape.Word("stdout", "stderr"))
            .Asks("offset", "First byte wanted; 0 without it.", Shape.Whole)
            .GivesRaw("application/octet-stream", "The bytes; empty when there are none behind the offset.",
                ("X-Next-Offset", "Offset to ask for next."), ("X-Output-Cut", "first-last: bytes that were not kept.")));
        routes.Get("/checks/{id}/diff", "CheckDiff", async call =>
        {
            var path = Path.Combine(folder, store.Read(db => CheckRows.Resolve(db, call.Part("id"))).Id, "diff.patch");
            var text = File.Exists(path) ? await File.ReadAllBytesAsync(path, call.Gone) : [];
            return new Reply(StatusCodes.Status200OK, text) { ContentType = "text/x-diff; charset=utf-8" };
        }, doc: () => RouteDoc.Of("The whole of what a check looked at, from the commit the work began with: a unified diff.")
            .GivesRaw("text/x-diff", "The diff; empty when nothing was changed or it was not looked at yet."));
    }

    static async Task<Check> Wait(Database store, EventFeed feed, string id, TimeSpan limit, TimeProvider clock, CancellationToken gone)
    {
        var start = clock.GetTimestamp();
        // The cursor is taken before the row is read: a verdict that comes in between is seen by one of the two.
        var cursor = feed.Latest;
        var check = store.Read(db => CheckRows.Get(db, id));
        while (!check.IsFinished && limit - clock.GetElapsedTime(start) is { Ticks: > 0 } left)
        {
            await feed.WaitBeyond(cursor, left, clock, gone);
            var page = feed.TryRead(cursor, new EventFilter { Types = ["check.*"] }, new PageSize(EventFeed.Kept, long.MaxValue));
            cursor = page?.Scanned ?? feed.Latest;
            if (page is null || page.Events.Count > 0)
                check = store.Read(db => CheckRows.Get(db, id));
        }

        return check;
    }

    static async Task<Reply> Page(string path, long offset, CancellationToken gone)
    {
        var headers = new Dictionary<string, string>();
        var bytes = Array.Empty<byte>();
        if (File.Exists(path))
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var end = RandomAccess.GetLength(file);
            if (JournalCut.Find(file) is { } cut)
            {
                headers["X-Output-Cut"] = $"{cut.Start}-{cut.End}";
                offset = offset >= cut.Start && offset < cut.End ? cut.End : offset;
                end = offset < cut.Start ? cut.Start : end;
            }

            bytes = new byte[Math.Clamp(end - offset, 0, PageBytes)];
            var read = bytes.Length == 0 ? 0 : await RandomAccess.ReadAsync(file, bytes, offset, gone);
            bytes = bytes[..read];
        }

        headers["X-Next-Offset"] = (offset + bytes.Length).ToString(CultureInfo.InvariantCulture);
        return new Reply(StatusCodes.Status200OK, bytes) { ContentType = "application/octet-stream", Headers = headers };
    }
}
