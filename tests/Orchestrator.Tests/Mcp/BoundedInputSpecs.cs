using System.Text;
using Orchestrator.Mcp;

namespace Orchestrator.Tests.Mcp;

/// <summary>Lines pass as they are, however they are cut on the way; a line that is too long is replaced.</summary>
public class BoundedInputSpecs
{
    const int Limit = 10_000;

    [Theory]
    [InlineData("one\ntwo\n\nthree", 1)]
    [InlineData("one\ntwo\n\nthree", 3)]
    [InlineData("one\ntwo\n\nthree\n", 1000)]
    [InlineData("", 10)]
    [InlineData("ü€😀\n", 1)]
    public async Task What_fits_passes_unchanged(string text, int step) => Assert.Equal((text, 0), await Read(text, step));

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":7,"method":"x","params":{"a":"BIG"}}""", "7")]
    [InlineData("""{"id":"a-7","method":"x","params":{"a":"BIG"}}""", "\"a-7\"")]
    [InlineData("""{"method":"tools/call","params":{"a":"BIG"},"jsonrpc":"2.0","id":12}""", "12")]
    [InlineData("""{"method":"tools/call","params":{"id":3,"a":"BIG"},"id":13,"jsonrpc":"2.0"}""", "13")]
    [InlineData("""{"method":"tools/call","params":{"id":3,"a":"BIG"}}""", null)]
    [InlineData("BIG", null)]
    public async Task A_line_too_long_leaves_its_id_behind_and_the_next_one_passes(string line, string? id)
    {
        var big = line.Replace("BIG", new string('x', 5 * Limit), StringComparison.Ordinal);
        foreach (var step in new[] { 1000, 1024 * 1024 })
        {
            var (text, remarks) = await Read($"before\n{big}\nafter\n", step);
            Assert.Equal($"before\n{(id is null ? "" : $"{{\"jsonrpc\":\"2.0\",\"id\":{id},")}\nafter\n", text);
            Assert.Equal(1, remarks);
        }
    }

    static async Task<(string Text, int Remarks)> Read(string text, int step)
    {
        var (remarks, ends) = (0, 0);
        var bytes = Encoding.UTF8.GetBytes(text);
        // Somebody may have read a part of it before.
        var read = Math.Min(step / 2, bytes.Length);
        await using var input = new BoundedInput(
            bytes[..read], new Steps(bytes[read..], step), _ => remarks++, () => Task.FromResult(ends++), Limit);
        using var reader = new StreamReader(input, Encoding.UTF8);
        var all = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.True(ends > 0, "the end was not told");
        return (all, remarks);
    }

    /// <summary>A stream that gives at most so many bytes at once.</summary>
    sealed class Steps(byte[] bytes, int step) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken stop = default) =>
            base.ReadAsync(buffer[..Math.Min(step, buffer.Length)], stop);
    }
}
