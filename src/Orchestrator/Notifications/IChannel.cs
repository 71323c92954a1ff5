namespace Orchestrator.Notifications;

/// <summary>One way to tell somebody. What it throws is tried again; what it returns is done.</summary>
interface IChannel
{
    /// <summary>Tells it.</summary>
    /// <returns>What became of it, for a person who tries it out.</returns>
    /// <exception cref="ChannelFailure">It did not get there.</exception>
    Task<string> Send(Notice notice, CancellationToken stop);
}

/// <summary>A notice did not get where it should.</summary>
/// <param name="message">Why, without secrets.</param>
sealed class ChannelFailure(string message) : Exception(message);
