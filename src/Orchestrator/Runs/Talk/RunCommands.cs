using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Agents;
using Orchestrator.Store;

namespace Orchestrator.Runs;

/// <summary>Something somebody wants of a run at work, as a row. Its owner hands it to the agent.</summary>
/// <param name="No">Order of all commands.</param>
/// <param name="Command">What is to be done.</param>
/// <param name="MessageId">The message it came as.</param>
/// <param name="RequestId">The request it answers.</param>
sealed record RunCommand(long No, AgentCommand Command, string? MessageId, string? RequestId);

/// <summary>Commands in the store.</summary>
static class RunCommands
{
    /// <summary>Stores it and tells the run's owner, after COMMIT.</summary>
    public static void Add(WriteTransaction transaction, RunStore runs, string runId, AgentCommand command,
        string? messageId = null, string? requestId = null)
    {
        transaction.Db.Execute(
            "insert into run_commands (no, run_id, kind, data, message_id, request_id, created_at) "
            + "values (@no, @run, @kind, @data, @message, @request, @now)",
            ("@no", transaction.Next("queue_no")), ("@run", runId), ("@kind", Kind(command)), ("@data", Data(command)),
            ("@message", messageId), ("@request", requestId), ("@now", transaction.Now));
        runs.Stir(transaction, runId);
    }

    /// <summary>Those of a run that nobody has taken, oldest first.</summary>
    public static IReadOnlyList<RunCommand> Waiting(Connection db, string runId) => db.Query(
        "select no, kind, data, message_id, request_id from run_commands where run_id = @run and taken_at is null order by no",
        row => new RunCommand(row.GetInt64(0), Read(row.GetString(1), row.GetString(2)), row.TextOrNull(3), row.TextOrNull(4)),
        ("@run", runId));

    /// <summary>They are taken now; false when one of them was before.</summary>
    public static bool Take(WriteTransaction transaction, IEnumerable<RunCommand> commands) => commands.All(command =>
        transaction.Db.Execute("update run_commands set taken_at = @now where no = @no and taken_at is null",
            ("@now", transaction.Now), ("@no", command.No)) == 1);

    static string Kind(AgentCommand command) => command switch
    {
        AnswerCommand => "answer",
        MessageCommand => "message",
        _ => "stop",
    };

    static string Data(AgentCommand command) => command switch
    {
        AnswerCommand answer => JsonSerializer.Serialize(answer, CommandJson.Default.AnswerCommand),
        MessageCommand message => JsonSerializer.Serialize(message, CommandJson.Default.MessageCommand),
        _ => "{}",
    };

    static AgentCommand Read(string kind, string data) => kind switch
    {
        "answer" => JsonSerializer.Deserialize(data, CommandJson.Default.AnswerCommand)!,
        "message" => JsonSerializer.Deserialize(data, CommandJson.Default.MessageCommand)!,
        _ => new StopCommand(),
    };
}

/// <summary>JSON of commands as they are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AnswerCommand))]
[JsonSerializable(typeof(MessageCommand))]
sealed partial class CommandJson : JsonSerializerContext;
