namespace Orchestrator.Agents.Claude;

/// <summary>Claude Code in a terminal. Checked with 2.1.329.</summary>
sealed class ClaudeLead : ILead
{
    /// <summary>A lead hands out work and changes nothing itself: its prompt says so, and this keeps it.</summary>
    const string Editing = "Edit,Write,NotebookEdit";

    public string Name => "claude";

    public string Program => "claude";

    public LeadLaunch Plan(LeadOrder order)
    {
        var profile = order.Profile;
        List<string> argv = profile.Command.Count > 0 ? [.. profile.Command] : [Program];
        // Before the options: some of them take lists, and would swallow it.
        if (order.Task is not null)
            argv.Add(order.Task);
        argv.AddRange(["--append-system-prompt", order.Prompt]);
        argv.AddRange(ClaudeTools.Arguments(order.Folder));
        argv.AddRange(["--disallowedTools", Editing]);
        if (profile.Model is not null)
            argv.AddRange(["--model", profile.Model]);
        if (profile.Effort is not null)
            argv.AddRange(["--effort", profile.Effort]);
        argv.AddRange(profile.Args);
        return new LeadLaunch(argv, new Dictionary<string, string>
        {
            [ClaudeTools.FileName] = ClaudeTools.Settings(order.Tools, LeadCatalog.Variables),
        });
    }
}
