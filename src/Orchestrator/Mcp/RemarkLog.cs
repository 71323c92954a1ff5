namespace Orchestrator.Mcp;

/// <summary>The package's own log: warnings and worse become remarks on standard error, where an agent's program keeps them.</summary>
sealed class RemarkLog(Action<string> remark) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) { }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) remark(formatter(state, exception));
    }

    public void Dispose() { }
}
