namespace Orchestrator.Doctor;

/// <summary>How serious a finding is.</summary>
enum CheckStatus
{
    /// <summary>As it should be.</summary>
    Ok,
    /// <summary>Works, but something is missing or will go wrong.</summary>
    Warn,
    /// <summary>Runs cannot work like this.</summary>
    Fail,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">Short, for the first column.</param>
/// <param name="Status">How it is.</param>
/// <param name="Found">What was found, in words.</param>
/// <param name="Fix">What to do about it; null when nothing.</param>
sealed record Check(string Name, CheckStatus Status, string Found, string? Fix = null)
{
    public static Check Ok(string name, string found) => new(name, CheckStatus.Ok, found);
    public static Check Warn(string name, string found, string fix) => new(name, CheckStatus.Warn, found, fix);
    public static Check Fail(string name, string found, string fix) => new(name, CheckStatus.Fail, found, fix);
}
