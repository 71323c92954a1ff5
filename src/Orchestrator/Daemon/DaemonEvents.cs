using Orchestrator.Events;

namespace Orchestrator.Daemon;

/// <summary>Event types of the daemon's own life.</summary>
static class DaemonEvents
{
    public const string Started = "daemon.started";
    public const string Stopping = "daemon.stopping";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(Started, "The daemon listens.", """{"pid":4711,"version":"0.1.0","url":"http://127.0.0.1:8765"}"""),
        new(Stopping, "The daemon was told to stop; what runs goes on without it."),
    ];
}
