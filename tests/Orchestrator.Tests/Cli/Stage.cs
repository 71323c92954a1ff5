using System.Text;
using Orchestrator.Cli;

namespace Orchestrator.Tests.Cli;

/// <summary>Surroundings of a command in memory, and what it printed.</summary>
sealed class Stage
{
    readonly StringBuilder data = new(), remarks = new();

    public string Folder { get; init; } = Path.GetTempPath();
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
    public byte[] Input { get; init; } = [];

    public Surroundings Around => new()
    {
        Variable = name => Variables.GetValueOrDefault(name),
        Folder = Folder,
        Out = new StringWriter(data) { NewLine = "\n" },
        Error = new StringWriter(remarks) { NewLine = "\n" },
        RawOut = () => Stream.Null,
        RawIn = () => new MemoryStream(Input),
    };

    public string Out => data.ToString();
    public string Error => remarks.ToString();

    /// <summary>Runs a command line against a daemon's address; returns the exit code.</summary>
    public int Run(Uri daemon, params string[] args) =>
        CommandLine.Execute(["--url", daemon.ToString(), .. args], Around, CommandTree.Commands);
}
