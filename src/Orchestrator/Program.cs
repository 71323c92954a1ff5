using Orchestrator.Cli;

return CommandLine.Execute(args, Surroundings.OfProcess());
