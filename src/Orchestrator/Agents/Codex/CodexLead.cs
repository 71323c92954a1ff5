namespace Orchestrator.Agents.Codex;

/// <summary>Codex in a terminal. Checked with 0.169.</summary>
sealed class CodexLead : ILead
{
    public string Name => "codex";

    public string Program => "codex";

    public string? SettingsFile(IReadOnlyDictionary<string, string> environment) => CodexSettings.PathIn(environment);

    public LeadLaunch Plan(LeadOrder order)
    {
        var profile = order.Profile;
        List<string> argv = profile.Command.Count > 0 ? [.. profile.Command] : [Program];
        argv.AddRange(profile.Args);
        argv.AddRange(["-c", $"developer_instructions={CodexTools.Quoted(order.Prompt)}"]);
        argv.AddRange(["-c", CodexTools.Setting(order.Tools, order.Settings)]);
        // A lead hands out work and changes nothing itself: its prompt says so, and the sandbox keeps it.
        argv.AddRange(["-c", "sandbox_mode=\"read-only\""]);
        if (profile.Model is not null)
            argv.AddRange(["-m", profile.Model]);
        if (profile.Effort is not null)
            argv.AddRange(["-c", $"model_reasoning_effort=\"{profile.Effort}\""]);
        if (order.Task is not null)
            argv.Add(order.Task);
        return new LeadLaunch(argv, new Dictionary<string, string>());
    }
}
