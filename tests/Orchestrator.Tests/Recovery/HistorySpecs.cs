using System.Text;
using Orchestrator.Agents;
using Orchestrator.Recovery;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Tests.Runs;

namespace Orchestrator.Tests.Recovery;

/// <summary>What the next attempt is told.</summary>
public class HistorySpecs
{
    static readonly RetryTarget Deep = new("deep", "codex", "exec", "big", "codex", 100, 10);
    static readonly RetryTarget Deeper = new("deeper", "claude", null, null, "claude", 200, 20);
    static readonly RetryPlan Plan = new() { Attempts = 3, Chain = [Deep, Deeper] };

    static readonly Run First = AnyRun.In(RunStatus.Succeeded) with
    {
        Profile = "spark",
        Prompt = "Mend the login.",
        LastMessage = "I tried.",
        GitDiffStat = " login.c | 2 +-",
    };

    static History.Tried Failed(Run run) =>
        new(run, null, null, new RunResult(false, "Half done.", "Look at the cookie.", "Mind the tests."));

    [Fact]
    public void An_escalation_is_told_task_attempts_changes_and_what_to_do_next()
    {
        var next = NextAttempt.Of([First], Failed(First), Remedy.Escalate, Plan, null);

        Assert.Equal(("deep", "codex", "exec", "big", "codex"), (next.Profile, next.Agent, next.Protocol, next.Model, next.Provider));
        Assert.Equal((TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(10)), (next.TotalLimit, next.IdleLimit));
        Assert.Equal((First.Id, 1, "escalate", true, "message"),
            (next.RetryOf, next.Attempt - First.Attempt, next.RetryHow, next.NewThread, next.Trigger));
        Assert.Equal([Deeper], next.Plan!.Chain);
        string[] told = ["profile spark", "its goal was not met", "Half done.", "Mind the tests.", "login.c | 2 +-", "Look at the cookie."];
        foreach (var words in told)
            Assert.Contains(words, next.Prompt, StringComparison.Ordinal);
        Assert.EndsWith("# The task\n\nMend the login.", next.Prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("I tried.", next.Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public void The_third_of_a_chain_is_told_of_both_before_it_and_the_task_is_the_first_ones()
    {
        var second = First with
        {
            Id = "2222222222222222",
            Profile = "deep",
            Prompt = "told",
            RetryOf = First.Id,
            RetryHow = "escalate",
            Status = RunStatus.Failed,
            Reason = "exit_nonzero",
            Error = new("exit_nonzero", "It crashed."),
        };
        var unstarted = First with { Id = "3333333333333333", Profile = "never seen", Unstarted = true };
        var last = new History.Tried(second, "exit_nonzero", "It crashed.", null);

        var next = NextAttempt.Of([First, unstarted, second], last, Remedy.Escalate, Plan with { Chain = [Deeper] }, "Use the debugger.");

        Assert.Equal(("deeper", "claude"), (next.Profile, next.Agent));
        Assert.Empty(next.Plan!.Chain);
        string[] told =
        [
            "2 before you", "Attempt 1: profile spark", "Attempt 2: profile deep", "exit_nonzero: It crashed.", "I tried.",
            "Use the debugger.",
        ];
        foreach (var words in told)
            Assert.Contains(words, next.Prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("never seen", next.Prompt, StringComparison.Ordinal);
        Assert.EndsWith("\n\nMend the login.", next.Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_conversation_hears_what_went_wrong_and_the_task_again()
    {
        var next = NextAttempt.Of([First], new(First, EndReason.ProviderUnavailable, "HTTP 500.", null), Remedy.Resume, Plan, null);

        Assert.Contains("provider_unavailable: HTTP 500)", next.Prompt, StringComparison.Ordinal);
        Assert.EndsWith("# The task was\n\nMend the login.", next.Prompt, StringComparison.Ordinal);
        Assert.Equal(("spark", false, "resume"), (next.Profile, next.NewThread, next.RetryHow));
        Assert.Equal([Deep, Deeper], next.Plan!.Chain);
    }

    [Fact]
    public void What_had_not_begun_is_ordered_again_word_for_word()
    {
        var next = NextAttempt.Of([First with { NewThread = true }], new(First, "no_end_event", "x", null), Remedy.Again, Plan, null);
        Assert.Equal(("Mend the login.", true, "again"), (next.Prompt, next.NewThread, next.RetryHow));
    }

    [Fact]
    public void However_long_the_words_are_the_task_is_whole_and_the_prompt_is_taken()
    {
        var task = new string('t', SessionStore.TextLimit - 3000);
        var run = First with { Prompt = task, LastMessage = new string('ü', 50_000), GitDiffStat = new string('d', 50_000) };
        var prompt = NextAttempt.Of([run], new(run, "agent_error", new string('e', 50_000), null), Remedy.Fresh, Plan, null).Prompt;
        Assert.InRange(Encoding.UTF8.GetByteCount(prompt), task.Length, SessionStore.TextLimit);
        Assert.EndsWith(task, prompt, StringComparison.Ordinal);

        var full = First with { Prompt = new string('t', SessionStore.TextLimit) };
        Assert.Equal(full.Prompt, NextAttempt.Of([full], Failed(full), Remedy.Fresh, Plan, null).Prompt);
    }
}
