using System.Net.WebSockets;

namespace Orchestrator.Events;

/// <summary>Why a stream ends from our side: the close code of a WebSocket, and the words both protocols say.</summary>
sealed record Farewell(WebSocketCloseStatus Code, string Text)
{
    /// <summary>1001.</summary>
    public static readonly Farewell Stopping = new(WebSocketCloseStatus.EndpointUnavailable,
        "the daemon stops; go on from your cursor when it is back");

    /// <summary>1008.</summary>
    public static readonly Farewell TokenGone = new(WebSocketCloseStatus.PolicyViolation, "your token no longer counts");

    /// <summary>1008.</summary>
    public static readonly Farewell Flood = new(WebSocketCloseStatus.PolicyViolation, "a watcher listens; it sent too many messages");

    /// <summary>1009.</summary>
    public static readonly Farewell TooBig = new(WebSocketCloseStatus.MessageTooBig, "a watcher listens; it sent too long a message");

    /// <summary>1000: the other side said goodbye first.</summary>
    public static readonly Farewell YouLeft = new(WebSocketCloseStatus.NormalClosure, "goodbye");
}
