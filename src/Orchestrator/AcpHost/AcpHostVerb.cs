using System.CommandLine;
using Orchestrator.Agents.Acp;
using Orchestrator.Cli;
using Orchestrator.Terminals;
using Orchestrator.Workspaces;

namespace Orchestrator.AcpHost;

/// <summary>
/// <c>acp-host</c>: starts an ACP agent, answers its calls for files and terminals, and passes every other line through in both
/// directions. The daemon starts it like any agent; signals to the group reach the agent as if there were nothing between.
/// </summary>
static class AcpHostVerb
{
    /// <summary>For an agent to end once its input has.</summary>
    static readonly TimeSpan AfterInput = TimeSpan.FromSeconds(10);

    /// <summary>From SIGTERM to SIGKILL.</summary>
    static readonly TimeSpan AfterTerminate = TimeSpan.FromSeconds(5);

    /// <summary>For what it printed last; a child of its that holds the pipe open is not waited for longer.</summary>
    static readonly TimeSpan ForOutput = TimeSpan.FromSeconds(2);

    public static Command AcpHost()
    {
        var command = Verb.DoAsync("acp-host",
            "Starts an agent of the Agent Client Protocol and serves its files and terminals; started by the daemon.", Run,
            Verb.Text("--sandbox", "read-only, workspace-write or full-access.", "WORD"),
            Verb.Text("--agent", "The agent's name, where a conversation of its has to rest before it is loaded.", "NAME"),
            Verb.Text("--thread", "That conversation.", "ID"),
            Verb.Words("command", "The agent's program and arguments, after --."));
        command.Hidden = true;
        return command;
    }

    static async Task<int> Run(Invocation call)
    {
        var around = call.Around;
        var words = call.Texts("command");
        if (words.Length == 0)
            throw Invocation.Usage("Which agent? Give its program after --.");
        var program = Executable.Find(words[0], around.Variable("PATH"), around.Folder, out var problem) ?? throw Invocation.Usage(problem);
        var place = new CallPlace(new WorkspacePaths(around.Folder), around.Variables(), around.Clock)
        {
            MayChange = call.Text("--sandbox") is not "read-only",
        };
        await Rested(call);
        await using var agent = Start([program, .. words.Skip(1)], place);
        var passage = new Passage(agent, around.RawIn(), around.RawOut(), around.Variable);
        await using var server = new CallServer(place, passage.ToAgent, passage.ToDaemon);
        return (await Pass(call, agent, passage, server)).ShellCode;
    }

    static async Task Rested(Invocation call)
    {
        if (call.Text("--thread") is not { } thread || AcpPrograms.Named(call.Text("--agent"))?.Rest is not { } rest)
            return;
        var time = rest(call.Around.Variable, thread, call.Around.Clock.GetUtcNow());
        if (time <= TimeSpan.Zero)
            return;
        call.Output.Remark($"The agent would overwrite a conversation that began in this minute: waiting {time.TotalSeconds:0} s.");
        await Task.Delay(time, call.Around.Clock, call.Stop);
    }

    static PipedProcess Start(IReadOnlyList<string> argv, CallPlace place)
    {
        try
        {
            return PipedProcess.Start(new PipedOrder { Argv = argv, Environment = place.Environment, Partner = true });
        }
        catch (SpawnFailure failure)
        {
            throw Invocation.Usage(failure.Message);
        }
    }

    static async Task<ProcessEnd> Pass(Invocation call, PipedProcess agent, Passage passage, CallServer server)
    {
        var clock = call.Around.Clock;
        async Task<bool> EndsWithin(TimeSpan time) =>
            await Task.WhenAny(agent.Ended, Task.Delay(time, clock, CancellationToken.None)) == agent.Ended;

        var input = Apart(passage.PassInput);
        var output = Apart(() => passage.PassOutput(server));
        await Task.WhenAny(agent.Ended, input, output);
        if (!await EndsWithin(AfterInput))
        {
            call.Output.Remark("The agent did not end when its input did: it gets SIGTERM.");
            agent.Terminate();
            if (!await EndsWithin(AfterTerminate))
                agent.Kill();
        }
        var end = await agent.Ended;
        await Task.WhenAny(output, Task.Delay(ForOutput, clock, CancellationToken.None));
        return end;
    }

    /// <summary>A thread of its own: waiting for bytes would starve the pool.</summary>
    static Task Apart(Action work) => Task.Factory.StartNew(work, CancellationToken.None,
        TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
