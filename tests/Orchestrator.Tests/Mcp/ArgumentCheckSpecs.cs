using System.Text.Json;
using Orchestrator.Mcp;

namespace Orchestrator.Tests.Mcp;

/// <summary>What a model may write into a call, and what it is told when it writes something else.</summary>
public class ArgumentCheckSpecs
{
    [Theory]
    [InlineData("wait_runs", """{"run_ids":["a","b"],"mode":"any","timeout_seconds":0.5}""")]
    [InlineData("wait_runs", """{"run_ids":["a"],"mode":null}""")]
    [InlineData("get_run", "{}")]
    [InlineData("report_outcome", """{"goal_met":false,"summary":""}""")]
    public void Good_arguments_pass(string tool, string arguments) => Check(tool, arguments);

    [Theory]
    [InlineData("wait_runs", "{}", "run_ids: is required")]
    [InlineData("wait_runs", """{"run_ids":null}""", "run_ids: is required")]
    [InlineData("wait_runs", """{"run_ids":"a"}""", "run_ids: must be a list, not \"a\"")]
    [InlineData("wait_runs", """{"run_ids":[]}""", "run_ids: must hold 1 to 100 entries, not 0")]
    [InlineData("wait_runs", """{"run_ids":[1]}""", "run_ids[0]: must be a text, not 1")]
    [InlineData("wait_runs", """{"run_ids":["a"],"mode":"al"}""", "Did you mean 'all'?")]
    [InlineData("wait_runs", """{"run_ids":["a"],"timeout_seconds":46}""", "timeout_seconds: must be a number from 0 to 45, not 46")]
    [InlineData("wait_runs", """{"run_ids":["a"],"timeout_seconds":"5"}""", "timeout_seconds: must be a number from 0 to 45, not \"5\"")]
    [InlineData("wait_runs", """{"run_ids":["a"],"timeout":5}""", "takes no argument 'timeout'")]
    [InlineData("get_run", """{"runid":"a"}""", "Did you mean 'run_id'?")]
    [InlineData("read_output", """{"run_id":"a","offset":1.5}""", "offset: must be a whole number")]
    [InlineData("read_output", """{"run_id":"a","offset":-1}""", "offset: must be a whole number")]
    [InlineData("read_output", """{"run_id":"a","offset":1e99}""", "offset: must be a whole number")]
    [InlineData("report_outcome", """{"goal_met":"yes","summary":"x"}""", "goal_met: must be true or false, not \"yes\"")]
    [InlineData("answer_request", """{"request_id":"a","decision":"aprove"}""", "Did you mean 'approve'?")]
    [InlineData("reply_parent", """{"detail":"rm -rf"}""", "detail: must be an object")]
    [InlineData("reply_parent", """{"detail":{"command":7}}""", "detail.command: must be a text")]
    [InlineData("cancel_run", """{"run_id":{"id":"a"}}""", "run_id: must be a text")]
    public void Wrong_arguments_are_named_with_the_way_to_write_them(string tool, string arguments, string told) =>
        Assert.Contains(told, Assert.Throws<Fault>(() => Check(tool, arguments)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_text_too_long_for_the_daemon_is_not_sent() => Assert.Equal(FaultCode.TooLarge,
        Assert.Throws<Fault>(() => Check("spawn_run", $$"""{"task":"{{new string('x', 1024 * 1024 + 1)}}"}""")).Code);

    static void Check(string tool, string arguments) => ArgumentCheck.Checked(
        Toolbox.Find(tool)!, JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(arguments)!);
}
