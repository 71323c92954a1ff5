using System.Text;
using Orchestrator.Cli;

namespace Orchestrator.Tests.Cli;

public class ServerSentEventsSpecs
{
    static List<Frame> Read(string text) => [.. ServerSentEvents.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)))];

    [Fact]
    public void A_frame_has_its_cursor_and_its_data() =>
        Assert.Equal([new Frame("41", "message", "{\"a\":1}")], Read("id: 41\ndata: {\"a\":1}\n\n"));

    [Fact]
    public void Heartbeats_and_unknown_members_say_nothing() =>
        Assert.Equal([new Frame("1", "message", "x")], Read(": connected\n\nretry: 5\n\nid: 1\ndata: x\nnew: y\n\n: beat\n\n"));

    [Fact]
    public void A_reset_is_told_from_an_event() =>
        Assert.Equal([new Frame("7", "reset", "{}"), new Frame("8", "message", "x")],
            Read("event: reset\nid: 7\ndata: {}\n\nid: 8\ndata: x\n\n"));

    [Fact]
    public void A_frame_cut_off_at_the_end_is_dropped_because_it_comes_again() =>
        Assert.Equal([new Frame("1", "message", "x")], Read("id: 1\ndata: x\n\nid: 2\ndata: y\n"));

    [Fact]
    public void Data_lines_are_joined_and_windows_line_ends_are_taken() =>
        Assert.Equal([new Frame(null, "message", "a\nb")], Read("data: a\r\ndata:b\r\n\r\n"));
}
