using Orchestrator.Cli;

return CommandLine.Main(args, Surroundings.OfProcess());
