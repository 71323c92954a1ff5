using Orchestrator.Cli;
using Orchestrator.Tests.Cli;

namespace Orchestrator.Tests.Verbs;

/// <summary>What the tmux runner's options do here: nothing is passed over in silence, and nothing is asked of the daemon first.</summary>
public class SeedOptionsSpecs
{
    static readonly Uri Nobody = new("http://127.0.0.1:1");

    [Theory]
    [InlineData("ids are made by the daemon", "start", "--run-id", "20260215-143022-ab12")]
    [InlineData("conversations are always kept", "start", "--ephemeral")]
    [InlineData("conversations are always kept", "resume", "0123", "--ephemeral")]
    [InlineData("setting of the profile", "start", "--ask-for-approval", "never")]
    [InlineData("sandbox: full-access", "start", "--yolo")]
    [InlineData("needs no tmux", "start", "--tmux-session", "ai")]
    [InlineData("goes on in the workspace", "resume", "0123", "--worktree")]
    [InlineData("contradicts", "start", "--full-auto", "--sandbox", "read-only")]
    [InlineData("exclude each other", "start", "--prompt", "x", "--template", "spark")]
    [InlineData("name it with --template", "start", "--prompt", "x", "--var", "task=x")]
    [InlineData("exclude each other", "wait", "01", "02", "--any", "--all")]
    [InlineData("--format is text or json or agent-orc here", "runs", "--format", "xml")]
    [InlineData("--format is text or json here", "version", "--format", "xml")]
    [InlineData("--format is text or json or agent-orc here", "show", "01", "--format", "agentorc")]
    public void What_is_not_done_here_is_refused_with_what_replaced_it(string words, params string[] args)
    {
        var stage = new Stage { Input = "work"u8.ToArray() };
        Assert.Equal(ExitCodes.Usage, stage.Run(Nobody, args));
        Assert.Contains(words, stage.Error, StringComparison.Ordinal);
        Assert.Equal("", stage.Out);
    }

    [Theory]
    [InlineData("--full-auto")]
    [InlineData("--no-full-auto")]
    [InlineData("--no-ephemeral")]
    [InlineData("--json-events")]
    [InlineData("--skip-git-repo-check")]
    [InlineData("--headless")]
    [InlineData("--no-pane")]
    [InlineData("--sandbox=read-only")]
    [InlineData("--model=m")]
    public void What_works_is_taken(string option)
    {
        var stage = new Stage { Input = "work"u8.ToArray() };
        Assert.Equal(ExitCodes.Unreachable, stage.Run(Nobody, "start", "--prompt", "x", option));
        Assert.Equal(ExitCodes.Unreachable, stage.Run(Nobody, "resume", "0123", "--prompt", "x", option));
    }
}
