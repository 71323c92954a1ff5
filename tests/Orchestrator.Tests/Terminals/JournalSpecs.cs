using System.Text;
using Orchestrator.Terminals;

namespace Orchestrator.Tests.Terminals;

public sealed class JournalSpecs : IDisposable
{
    readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void Lines_come_whole_and_once_as_the_file_grows()
    {
        using var journal = new Journal(path, 0, JournalLimits.Plain);
        Assert.Empty(journal.Read().Lines);
        Append("one\ntw");
        Assert.Equal(["one"], Texts(journal.Read()));
        Assert.Equal(4, journal.Offset);
        Assert.Empty(journal.Read().Lines);
        Append("o\r\n\nthree\n");
        var batch = journal.Read();
        Assert.Equal(["two", "", "three"], Texts(batch));
        Assert.Equal([9L, 10, 16], batch.Lines.Select(line => line.EndOffset));
        Assert.Equal(16, batch.Offset);
        Assert.Equal(journal.Length, batch.Offset);
        Assert.False(batch.More);
    }

    [Fact]
    public void Half_a_line_is_handed_out_only_when_nobody_writes_any_more()
    {
        Append("{\"type\":\"sta");
        using var journal = new Journal(path, 0, JournalLimits.Plain);
        Assert.Empty(journal.Read().Lines);
        var line = Assert.Single(journal.Read(final: true).Lines);
        Assert.Equal(new("{\"type\":\"sta", 12, Truncated: false, Complete: false), line);
        Assert.Empty(journal.Read(final: true).Lines);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_replaced_and_do_not_shift_offsets()
    {
        Append([0xff, 0xfe, (byte)'a', (byte)'\n', 0xc3, (byte)'\n', 0, (byte)'\n']);
        using var journal = new Journal(path, 0, JournalLimits.Plain);
        var batch = journal.Read();
        Assert.Equal(["\uFFFD\uFFFDa", "\uFFFD", "\0"], Texts(batch));
        Assert.Equal([4L, 6, 8], batch.Lines.Select(line => line.EndOffset));
    }

    [Fact]
    public void A_line_of_50_megabytes_is_kept_up_to_its_limit_without_holding_it()
    {
        Append("before\n");
        for (var i = 0; i < 50; i++)
            Append(new string('x', 1 << 20));
        Append("\nafter\n");
        using var journal = new Journal(path, 0, JournalLimits.Plain);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var lines = ReadAll(journal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20, "the line was held in memory");
        Assert.Equal(["before", new string('x', 64 << 10), "after"], lines.Select(line => line.Text));
        Assert.Equal([false, true, false], lines.Select(line => line.Truncated));
        Assert.Equal(7L + (50 << 20) + 1, lines[1].EndOffset);
    }

    [Fact]
    public void A_protocol_line_of_16_megabytes_is_kept_whole_and_one_byte_more_is_not()
    {
        const int limit = 16 << 20;
        Append(new string('a', limit) + "\r\n" + new string('b', limit + 1) + "\n");
        using var journal = new Journal(path, 0, JournalLimits.Protocol);
        var lines = ReadAll(journal);
        Assert.Equal([limit, limit], lines.Select(line => line.Text.Length));
        Assert.Equal([false, true], lines.Select(line => line.Truncated));
    }

    [Fact]
    public void A_truncated_line_does_not_end_inside_a_character()
    {
        Append("aé💡b\n");
        foreach (var (limit, text) in new[] { (2, "a"), (3, "aé"), (4, "aé"), (5, "aé"), (6, "aé"), (7, "aé💡"), (8, "aé💡b") })
        {
            using var journal = new Journal(path, 0, new(limit));
            var line = Assert.Single(journal.Read().Lines);
            Assert.Equal((text, limit < 8), (line.Text, line.Truncated));
        }
    }

    [Fact]
    public void A_batch_is_bounded_by_lines_and_by_bytes()
    {
        Append(string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i}\n")));
        using var journal = new Journal(path, 0, JournalLimits.Plain);
        var batch = journal.Read();
        Assert.Equal(2000, batch.Lines.Count);
        Assert.True(batch.More);
        Assert.Equal(3000, ReadAll(journal).Count);

        using var narrow = new Journal(path, 0, JournalLimits.Plain with { BatchBytes = 100 });
        Assert.InRange(narrow.Read().Offset, 100, 110);
    }

    [Fact]
    public void A_reader_that_starts_again_from_any_offset_gets_the_rest_exactly()
    {
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
            Append(new string((char)('a' + i % 26), random.Next(0, i % 50 == 0 ? 9000 : 60)) + (i % 3 == 0 ? "\r\n" : "\n"));
        Append("half");
        var limits = new JournalLimits(200, BatchLines: 7, BatchBytes: 500);
        using var whole = new Journal(path, 0, limits);
        var all = ReadAll(whole, final: true);
        Assert.Equal(301, all.Count);
        for (var from = 0; from < all.Count; from += 13)
        {
            using var again = new Journal(path, from == 0 ? 0 : all[from - 1].EndOffset, limits);
            Assert.Equal(all.Skip(from), ReadAll(again, final: true));
        }
    }

    [Fact]
    public void Growth_in_pieces_of_any_size_gives_the_same_lines()
    {
        var random = new Random(11);
        var text = string.Concat(Enumerable.Range(0, 400).Select(i => new string('é', random.Next(0, 40)) + (i % 2 == 0 ? "\n" : "\r\n")));
        var bytes = Encoding.UTF8.GetBytes(text);
        using var journal = new Journal(path, 0, new(30));
        var seen = new List<JournalLine>();
        for (var at = 0; at < bytes.Length;)
        {
            var piece = Math.Min(random.Next(1, 50), bytes.Length - at);
            Append(bytes[at..(at + piece)]);
            at += piece;
            seen.AddRange(ReadAll(journal));
        }
        using var atOnce = new Journal(path, 0, new(30));
        Assert.Equal(ReadAll(atOnce), seen);
        Assert.Equal(400, seen.Count);
    }

    [Fact]
    public async Task A_cut_gives_the_disk_back_and_offsets_stay()
    {
        var line = new string('x', 99) + "\n";
        Append(string.Concat(Enumerable.Repeat(line, 80_000)));
        Append("the end\n");
        var length = new FileInfo(path).Length;
        var used = await DiskUse();

        var cut = JournalCut.Enforce(path, 1 << 20, 1 << 20, null)!.Value;
        Assert.Equal(length, new FileInfo(path).Length);
        Assert.InRange(cut.Length, length - (2 << 20) - 8192, length - (2 << 20));
        Assert.True(await DiskUse() is not { } now || now < used - (5 << 20), $"disk use stayed near {used}");
        Assert.Equal(cut, JournalCut.Enforce(path, 1 << 20, 1 << 20, cut));

        using var journal = new Journal(path, 0, JournalLimits.Plain);
        Assert.Equal(cut, journal.Cut);
        var lines = ReadAll(journal);
        Assert.Equal("the end", lines[^1].Text);
        Assert.Equal(length, lines[^1].EndOffset);
        var broken = Assert.Single(lines, one => one.Truncated);
        Assert.Equal((cut.End + 99) / 100 * 100, broken.EndOffset);
        Assert.All(lines, one => Assert.DoesNotContain('\0', one.Text));
        Assert.InRange(lines.Count, 20_900, 21_100);

        Append(string.Concat(Enumerable.Repeat(line, 10_000)));
        var further = JournalCut.Enforce(path, 1 << 20, 1 << 20, cut)!.Value;
        Assert.Equal(cut.Start, further.Start);
        Assert.InRange(further.End, cut.End + 900_000, cut.End + 1_100_000);
    }

    [Fact]
    public void A_reader_overtaken_by_a_cut_goes_on_behind_it()
    {
        Append(string.Concat(Enumerable.Range(0, 100_000).Select(i => $"line {i}\n")));
        using var journal = new Journal(path, 0, JournalLimits.Plain with { BatchLines = 10 });
        journal.Read();
        journal.Cut = JournalCut.Enforce(path, 8192, 8192, null);
        var lines = ReadAll(journal);
        Assert.Equal("line 10", lines[0].Text);
        Assert.Equal("line 99999", lines[^1].Text);
        Assert.All(lines, one => Assert.DoesNotContain('\0', one.Text));
        Assert.True(lines.Count(one => one.Truncated) <= 1, "one line at most is broken by the cut");
    }

    [Fact]
    public void A_small_journal_is_not_cut()
    {
        Append(new string('x', 100_000));
        Assert.Null(JournalCut.Enforce(path, 1 << 20, 1 << 20, null));
    }

    static List<JournalLine> ReadAll(Journal journal, bool final = false)
    {
        var lines = new List<JournalLine>();
        while (true)
        {
            var batch = journal.Read(final);
            lines.AddRange(batch.Lines);
            Assert.Equal(lines.Count == 0 ? journal.Offset : lines[^1].EndOffset, batch.Offset);
            if (!batch.More)
                return lines;
        }
    }

    static string[] Texts(JournalBatch batch) => [.. batch.Lines.Select(line => line.Text)];

    void Append(string text) => Append(Encoding.UTF8.GetBytes(text));

    void Append(byte[] bytes)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        file.Write(bytes);
    }

    /// <summary>Bytes on the disk; null where du is missing.</summary>
    async Task<long?> DiskUse()
    {
        var order = new ShortOrder { Argv = ["du", "-k", path], Folder = "/" };
        if (Executable.Find("du", Environment.GetEnvironmentVariable("PATH"), "/") is null)
            return null;
        var result = await ShortProcess.Run(order, TestContext.Current.CancellationToken);
        return long.Parse(result.Stdout.Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture) * 1024;
    }
}
