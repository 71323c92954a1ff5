using Orchestrator.Items;
using Orchestrator.Runs;

namespace Orchestrator.Board;

/// <summary>Makes spans of rows: what began is put together with its end, and each thing below what it belongs to. Pure.</summary>
static class TimelineSpans
{
    /// <summary>In order of their beginning, each after the one it is below.</summary>
    public static IReadOnlyList<TimelineSpan> Of(TimelineFacts facts)
    {
        var known = facts.Runs.Select(run => run.Id).ToHashSet();
        List<TimelineSpan> spans =
        [
            .. Statuses(facts.Statuses), .. facts.Runs.SelectMany(run => OfRun(run, known)), .. Steps(facts),
            .. facts.Rows.Select(row => OfRow(row, known)),
        ];
        return InOrder(spans);
    }

    static IEnumerable<TimelineSpan> Statuses(IReadOnlyList<TimedStatus> statuses) => statuses.Select((status, at) => new TimelineSpan
    {
        Id = $"{SpanKinds.Status}:{at}",
        Kind = SpanKinds.Status,
        Title = status.Reason ?? status.Status,
        State = status.Status,
        IsWait = ItemLifecycle.Parse(status.Status) is ItemStatus.Inbox or ItemStatus.Ready,
        IsHuman = ItemLifecycle.Parse(status.Status) is ItemStatus.Review or ItemStatus.Blocked,
        From = status.At,
        // An end is a moment, not a time that goes on.
        To = at + 1 < statuses.Count ? statuses[at + 1].At : IsEnd(status) ? status.At : null,
    });

    static bool IsEnd(TimedStatus status) =>
        ItemLifecycle.Parse(status.Status) is ItemStatus.Done or ItemStatus.Failed or ItemStatus.Canceled or ItemStatus.Skipped;

    static IEnumerable<TimelineSpan> OfRun(TimedRun run, HashSet<string> known)
    {
        var id = $"{SpanKinds.Run}:{run.Id}";
        yield return new TimelineSpan
        {
            Id = id,
            Parent = run.RoundId is { } round ? $"{SpanKinds.Review}:{round}"
                : run.ParentRunId is { } parent && known.Contains(parent) ? $"{SpanKinds.Run}:{parent}" : null,
            Kind = SpanKinds.Run,
            Title = run.Title,
            State = run.Status,
            From = run.Created,
            To = run.Ended,
            RunId = run.Id,
        };
        yield return new TimelineSpan
        {
            Id = $"{SpanKinds.Queue}:{run.Id}",
            Parent = id,
            Kind = SpanKinds.Queue,
            Title = "queued",
            IsWait = true,
            From = run.Created,
            To = run.Started ?? run.Ended,
            RunId = run.Id,
        };
    }

    /// <summary>Waits end when the run goes on or ends; a call without an id ends with the next result without one.</summary>
    static IEnumerable<TimelineSpan> Steps(TimelineFacts facts)
    {
        var ends = facts.Runs.ToDictionary(run => run.Id, run => run.Ended);
        var open = new Dictionary<(string Run, string Key), TimelineSpan>();
        var spans = new List<TimelineSpan>();
        foreach (var (step, at) in facts.Steps.Select((step, at) => (step, at)))
        {
            var isWait = step.Type is RunEvents.Waiting or RunEvents.Resumed;
            var key = (step.RunId, isWait ? "wait" : $"call:{step.Key}");
            if (step.Type is RunEvents.Waiting or RunEvents.ToolCall)
            {
                if (open.Remove(key, out var older))
                    spans.Add(older);
                open[key] = Begun(step, at, isWait);
            }
            else if (open.Remove(key, out var begun))
            {
                spans.Add(begun with { To = step.At, State = isWait ? begun.State : step.Failed ? "failed" : "succeeded" });
            }
        }

        // What the run ended before is over, too.
        return [.. spans, .. open.Values.Select(span => span with { To = ends.GetValueOrDefault(span.RunId!) })];
    }

    static TimelineSpan Begun(TimedStep step, int at, bool isWait) => new()
    {
        Id = $"{(isWait ? SpanKinds.Wait : SpanKinds.Tool)}:{step.RunId}:{at}",
        Parent = $"{SpanKinds.Run}:{step.RunId}",
        Kind = isWait ? SpanKinds.Wait : SpanKinds.Tool,
        Title = isWait ? step.Words == "children" ? "waits for its children" : "waits for an answer" : step.Words,
        State = isWait ? step.Words : null,
        IsWait = isWait,
        From = step.At,
        RunId = step.RunId,
    };

    static TimelineSpan OfRow(TimedRow row, HashSet<string> known) => new()
    {
        Id = $"{row.Kind}:{row.Id}",
        Parent = row.Kind is SpanKinds.Request or SpanKinds.Check && row.RunId is { } run && known.Contains(run)
            ? $"{SpanKinds.Run}:{run}" : null,
        Kind = row.Kind,
        Title = row.Title,
        State = row.State,
        IsHuman = row.IsHuman,
        From = row.From,
        To = row.To,
        RunId = row.RunId,
    };

    static List<TimelineSpan> InOrder(List<TimelineSpan> spans)
    {
        var ids = spans.Select(span => span.Id).ToHashSet();
        var below = spans.OrderBy(span => span.From).ThenBy(span => SpanKinds.All.Index().First(kind => kind.Item == span.Kind).Index)
            .ThenBy(span => span.Id, StringComparer.Ordinal)
            .ToLookup(span => span.Parent is { } parent && ids.Contains(parent) ? parent : "");
        var ordered = new List<TimelineSpan>(spans.Count);
        var path = new Stack<TimelineSpan>(below[""].Reverse());
        while (path.TryPop(out var span))
        {
            ordered.Add(span);
            foreach (var child in below[span.Id].Reverse())
                path.Push(child);
        }

        return ordered;
    }
}
