using Orchestrator.Agents;
using Orchestrator.Profiles;
using Orchestrator.Terminals;

namespace Orchestrator.Notifications;

/// <summary>
/// A command of the user's, with the notice as JSON on its standard input. It gets the environment of agents, so no secret of the daemon's,
/// and is killed with its group when its time is over.
/// </summary>
/// <param name="rule">The rule.</param>
/// <param name="folder">Absolute folder it runs in.</param>
/// <param name="environment">The daemon's own variables, of which the harmless ones are passed on.</param>
sealed class CommandChannel(NotificationRule rule, string folder, IReadOnlyDictionary<string, string> environment) : IChannel
{
    public async Task<string> Send(Notice notice, CancellationToken stop)
    {
        try
        {
            var result = await ShortProcess.Run(new ShortOrder
            {
                Argv = rule.Command,
                Folder = folder,
                Environment = AgentEnvironment.Build(environment, [], new Dictionary<string, string>(), rule.Env,
                    new Dictionary<string, string>()),
                Stdin = notice.Document(rule.Name).ToJsonString(Json.PlainOptions) + "\n",
                Limit = rule.Limit,
                MaxOutput = 4096,
            }, stop);
            if (result.Succeeded) return "it ended with exit code 0";
            throw new ChannelFailure(result.TimedOut ? $"the command did not end in {rule.Limit.TotalSeconds:0.#} s and was killed"
                : $"the command ended with exit code {result.ExitCode}: {First(result.Stderr)}");
        }
        catch (SpawnFailure missing)
        {
            throw new ChannelFailure(missing.Message);
        }
    }

    static string First(string text) => Texts.Short(Cli.SafeText.Line(text.Trim().Split('\n')[0]));
}
