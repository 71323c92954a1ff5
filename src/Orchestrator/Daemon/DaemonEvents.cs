using Orchestrator.Events;

namespace Orchestrator.Daemon;

/// <summary>Event types of the daemon's own life.</summary>
static class DaemonEvents
{
    public const string Started = "daemon.started";
    public const string Stopping = "daemon.stopping";
    public const string DoctorCalled = "doctor.called";
    public const string DoctorDone = "doctor.done";

    public static readonly IReadOnlyList<EventKind> Kinds =
    [
        new(Started, "The daemon listens.", """{"pid":4711,"version":"0.1.0","url":"http://127.0.0.1:8765"}"""),
        new(Stopping, "The daemon was told to stop; what runs goes on without it."),
        new(DoctorCalled, "Somebody wants the machine to be checked, as agentctl doctor does it; the daemon does it in the background."),
        new(DoctorDone, "The machine was checked: how many checks came to what. GET /doctor has them.",
            """{"ok":17,"warn":3,"fail":0,"problem":null}"""),
    ];
}
