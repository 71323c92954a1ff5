using System.Text;
using Orchestrator.Cli;

namespace Orchestrator.Tests.Cli;

public class AnswerSpecs
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and the next answer", "hello")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nto the end", "to the end")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: x\r\n\r\n", "hello")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", "ok")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", "")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 2\n\nok", "ok")]
    public void A_body_is_read_however_it_is_framed_and_however_it_arrives(string wire, string body)
    {
        foreach (var piece in (int[])[1, 2, 7, 100_000])
        {
            using var answer = Answer.Read(new Drip(wire, piece), Stream.Null);
            Assert.Equal(body, Encoding.UTF8.GetString(answer.ReadToEnd()));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhel\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n\r\n")]
    public void An_answer_that_is_cut_or_is_no_HTTP_is_an_error_and_never_a_short_body(string wire) =>
        Assert.Throws<IOException>(() =>
        {
            using var answer = Answer.Read(new Drip(wire, 3), Stream.Null);
            answer.ReadToEnd();
        });

    [Fact]
    public void A_head_without_end_is_refused_before_it_fills_memory() =>
        Assert.Throws<IOException>(() => Answer.Read(new Drip("HTTP/1.1 200 " + new string('x', 100_000), 1000), Stream.Null));

    /// <summary>Gives a text in pieces of a size, as a slow connection would.</summary>
    sealed class Drip(string text, int piece) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, piece));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, piece)]);
    }
}
