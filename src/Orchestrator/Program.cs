using Orchestrator;
using Orchestrator.Cli;
using Orchestrator.Daemon;

// bin/agentd passes "agentd" as the first word: daemon and command line are one executable.
return args is ["agentd", .. var rest]
    ? await Agentd.Run(rest, Surroundings.OfProcess(), TimeProvider.System)
    : CommandLine.Execute(args, Surroundings.OfProcess(), CommandTree.Commands);
