using Orchestrator.Http;
using Orchestrator.Tests.Support;
using Orchestrator.Tokens;
using Orchestrator.Verbs;

namespace Orchestrator.Tests.Tokens;

public class OpenLinksSpecs
{
    static readonly Principal Local = new("local", Principal.Everything);

    readonly ManualClock clock = new();

    [Fact]
    public void A_link_is_taken_once_and_within_two_minutes()
    {
        var links = new OpenLinks(clock);
        var (code, _) = links.Make(Local);
        Assert.Null(links.Take(code + "x"));
        Assert.Equal(("local", 4), links.Take(code) is { } link ? (link.Maker, link.Scopes.Count) : default);
        Assert.Null(links.Take(code));

        var (late, until) = links.Make(Local);
        Assert.Equal(clock.GetUtcNow().AddMinutes(2), until);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(links.Take(late));
    }

    [Fact]
    public void Links_nobody_opens_are_bounded_and_forgotten()
    {
        var links = new OpenLinks(clock);
        for (var i = 0; i < 1000; i++)
            links.Make(Local);
        Assert.Equal(FaultCode.RateLimited, Assert.Throws<Fault>(() => links.Make(Local)).Code);
        clock.Advance(TimeSpan.FromMinutes(2));
        links.Make(Local);
    }

    [Theory]
    [InlineData("30d", 2_592_000)]
    [InlineData("12h", 43_200)]
    [InlineData("90m", 5_400)]
    [InlineData("3600", 3_600)]
    [InlineData("3600s", 3_600)]
    public void A_time_is_read_as_people_write_it(string text, long seconds) => Assert.Equal(seconds, TokenVerbs.Seconds(text));

    [Theory]
    [InlineData("")]
    [InlineData("d")]
    [InlineData("0")]
    [InlineData("-1d")]
    [InlineData("1.5h")]
    [InlineData("1w")]
    [InlineData("99999999999999999999")]
    public void Another_time_is_a_wrong_command_line(string text) => Assert.Throws<Fault>(() => TokenVerbs.Seconds(text));
}
