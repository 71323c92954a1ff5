using Orchestrator.AcpHost;
using Orchestrator.AgentLoop;
using Orchestrator.Cli;
using Orchestrator.Doctor;
using Orchestrator.Mcp;
using Orchestrator.Verbs;

namespace Orchestrator;

/// <summary>Every word after <c>agentctl</c>, in the order of the help, with the function that builds its command.</summary>
static class CommandTree
{
    public static CommandEntry[] Commands { get; } =
    [
        new("start", RunVerbs.Start),
        new("wait", RunVerbs.Wait),
        new("show", RunVerbs.Show),
        new("runs", RunVerbs.Runs),
        new("list", BoardVerbs.List),
        new("add", ItemVerbs.Add),
        new("get", ItemVerbs.Get),
        new("ready", ItemVerbs.Ready),
        new("why", ItemVerbs.Why),
        new("needs", NeedsVerb.Needs),
        new("log", BoardVerbs.Log),
        new("diff", CheckVerbs.Diff),
        new("status", BoardVerbs.Status),
        new("exec", WorkVerbs.Exec),
        new("exec-next", WorkVerbs.ExecNext),
        new("exec-project", WorkVerbs.ExecProject),
        new("check", WorkVerbs.Check),
        new("claim", WorkVerbs.Claim),
        new("item", ItemVerbs.Item),
        new("pause", BoardVerbs.Pause),
        new("unpause", BoardVerbs.Unpause),
        new("clear", BoardVerbs.Clear),
        new("resume", RunVerbs.Resume),
        new("tail", RunVerbs.Tail),
        new("verify", CheckVerbs.Verify),
        new("review", ReviewVerbs.Review),
        new("merge", DeliveryVerbs.Merge),
        new("deliver", DeliverVerb.Deliver),
        new("delivery", DeliveryVerbs.Delivery),
        new("plan", PlanVerbs.Plan),
        new("spec", SpecVerbs.Spec),
        new("wrapper", CodeAgentVerb.Wrapper),
        new("panes", PanesVerb.Panes),
        new("orch", LeadVerb.Orch),
        new("usage", UsageVerbs.Usage),
        new("template", TemplateVerbs.Template),
        new("init", InitVerb.Init),
        new("add-project", ProjectVerbs.AddProject),
        new("project", ProjectVerbs.Project),
        new("route", RouteVerbs.Route),
        new("worktree", ProjectVerbs.Worktree),
        new("session", GatewayVerbs.Session),
        new("message", GatewayVerbs.Message),
        new("run", GatewayRunVerbs.Run),
        new("request", RequestVerbs.Request),
        new("approve", RequestVerbs.Approve),
        new("deny", RequestVerbs.Deny),
        new("provider", ProviderVerbs.Provider),
        new("tool", ToolVerbs.Tool),
        new("events", EventVerbs.Events),
        new("notify", NotifyVerbs.Notify),
        new("open", TokenVerbs.Open),
        new("token", TokenVerbs.Token),
        new("mcp", McpVerb.Mcp),
        new("daemon", DaemonVerbs.Daemon),
        new("config", ConfigVerbs.Config),
        new("service", ServiceVerbs.Service),
        new("doctor", DoctorVerb.Doctor),
        new("agent-loop", AgentLoopVerb.AgentLoop),
        new("acp-host", AcpHostVerb.AcpHost),
        new("version", DaemonVerbs.Version),
    ];
}
