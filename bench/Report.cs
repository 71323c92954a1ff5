using System.Globalization;

namespace Orchestrator.Bench;

/// <summary>Collects figures and prints them as one table.</summary>
sealed class Report
{
    readonly List<string[]> rows = [];

    /// <summary>False when a ratio was missed. Absolute figures are goals and never fail a run: they depend on the machine.</summary>
    public bool Passed { get; private set; } = true;

    /// <summary>An absolute figure with its goal; below is good unless <paramref name="above"/>.</summary>
    public void Figure(string what, double value, string unit, double goal, bool above = false)
    {
        var met = above ? value >= goal : value <= goal;
        rows.Add([what, Text(value) + " " + unit, (above ? "≥ " : "≤ ") + Text(goal) + " " + unit, met ? "met" : "NOT MET"]);
    }

    /// <summary>A figure without a goal: the limit others are compared with.</summary>
    public void Limit(string what, double value, string unit) => rows.Add([what, Text(value) + " " + unit, "", "limit"]);

    /// <summary>Measured over limit, both of the same run; missing it fails the benchmark.</summary>
    public void Ratio(string what, double measured, double limit, double bound, bool below = false)
    {
        var ratio = measured / limit;
        var met = below ? ratio <= bound : ratio >= bound;
        Passed &= met;
        rows.Add([what, Text(ratio), (below ? "≤ " : "≥ ") + Text(bound), met ? "ok" : "MISSED"]);
    }

    /// <summary>What cannot be measured here, and how to get what is missing.</summary>
    public void Skipped(string what, string why) => rows.Add([what, "-", "", "skipped: " + why]);

    public void Print()
    {
        var widths = Enumerable.Range(0, 4).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            Console.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>The value below which this share of the samples lies.</summary>
    public static double Percentile(IEnumerable<double> samples, double share)
    {
        var sorted = samples.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    static string Text(double value) =>
        value >= 1000 ? value.ToString("N0", CultureInfo.InvariantCulture) : value.ToString("0.##", CultureInfo.InvariantCulture);
}
