using Orchestrator;
using Orchestrator.Cli;
using Orchestrator.Daemon;
using Orchestrator.Mcp;

// bin/agentd passes "agentd" as the first word: daemon and command line are one executable.
return args switch
{
    ["agentd", .. var rest] => await Agentd.Run(rest, Surroundings.OfProcess(), TimeProvider.System),
    ["mcp"] => McpVerb.Run(Console.OpenStandardInput(), Console.OpenStandardOutput()),
    _ => CommandLine.Execute(args, Surroundings.OfProcess(), CommandTree.Commands),
};
