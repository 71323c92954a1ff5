using Orchestrator.Bench;

// Measures what the product promises about speed, each against a limit taken in the same run: a bare loop that does only the
// unavoidable part. Ratios are judged (exit code 1 when one is missed); absolute figures are goals and are printed beside them.
//   ./run bench            all          ./run bench ingest runs   some
var report = new Report();
var wanted = args.ToHashSet();
foreach (var (name, measure) in Benchmarks.All)
{
    if (wanted.Count > 0 && !wanted.Contains(name))
        continue;
    Console.Error.WriteLine($"{name} …");
    await measure(report);
}

report.Print();
return report.Passed ? 0 : 1;
