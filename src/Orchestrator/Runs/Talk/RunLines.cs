using System.Text;
using Orchestrator.Store;

namespace Orchestrator.Runs;

/// <summary>One or more lines for an agent's input, as bytes.</summary>
/// <param name="Start">Where they begin in the whole input.</param>
/// <param name="Bytes">UTF-8, line ends included.</param>
sealed record InputPiece(long Start, byte[] Bytes);

/// <summary>The ledger of an agent's standard input: what stands here reaches it, once and whole.</summary>
static class RunLines
{
    /// <summary>Most bytes one run's input may have: its agent reads it, or somebody floods it.</summary>
    public const long Most = 64L << 20;

    /// <summary>Adds lines behind all others. <paramref name="text"/> has its line ends.</summary>
    public static void Add(WriteTransaction transaction, string runId, string text)
    {
        var (no, start) = transaction.Db.First("select count(*), coalesce(sum(bytes), 0) from run_lines where run_id = @run",
            row => Tuple.Create(row.GetInt64(0), row.GetInt64(1)), ("@run", runId))!;
        transaction.Db.Execute(
            "insert into run_lines (run_id, no, start, bytes, line, at) values (@run, @no, @start, @bytes, @line, @now)",
            ("@run", runId), ("@no", no + 1), ("@start", start), ("@bytes", (long)Encoding.UTF8.GetByteCount(text)), ("@line", text),
            ("@now", transaction.Now));
    }

    /// <summary>True when the run has been given anything.</summary>
    public static bool Any(Connection db, string runId) =>
        db.Number("select 1 from run_lines where run_id = @run limit 1", ("@run", runId)) is not null;

    /// <summary>Bytes in all.</summary>
    public static long Length(Connection db, string runId) =>
        db.Number("select coalesce(sum(bytes), 0) from run_lines where run_id = @run", ("@run", runId)) ?? 0;

    /// <summary>What lies beyond so many bytes, in order; a piece may begin before.</summary>
    public static IReadOnlyList<InputPiece> Beyond(Connection db, string runId, long fed) => db.Query(
        "select start, line from run_lines where run_id = @run and start + bytes > @fed order by no",
        row => new InputPiece(row.GetInt64(0), Encoding.UTF8.GetBytes(row.GetString(1))), ("@run", runId), ("@fed", fed));
}
