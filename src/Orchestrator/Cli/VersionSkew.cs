namespace Orchestrator.Cli;

/// <summary>Notices that the daemon is another version than this program: said once in a command, and kept for a refusal.</summary>
sealed class VersionSkew(Action<string> remark)
{
    const string Restart = "agentctl daemon stop && agentctl daemon start; its runs go on meanwhile.";

    bool said;

    /// <summary>Looks at the version an answer names. One that names none says nothing: it may be a proxy's.</summary>
    public void See(string? daemon)
    {
        if (said || daemon is null || daemon == OwnVersion.Text) return;
        said = true;
        remark($"agentctl {OwnVersion.Text} talks to agentd {daemon}. Restart it from this version: {Restart}");
    }

    /// <summary>
    /// A route that is not there has one likely cause when the versions differ: the daemon is older than the command. The
    /// first ones named no version.
    /// </summary>
    public static Fault Explain(Fault refused, string? daemon)
    {
        var unknown = refused.Code == FaultCode.MethodNotAllowed
            || (refused.Code == FaultCode.NotFound && refused.Message.StartsWith("There is no route ", StringComparison.Ordinal));
        return !unknown || daemon == OwnVersion.Text
            ? refused
            : new Fault(refused.Code, refused.Message,
                $"This daemon ({(daemon is null ? "an older one" : "agentd " + daemon)}) does not know what agentctl {OwnVersion.Text} "
                + $"asks. Restart it from this version: {Restart}");
    }
}
