using System.Net;
using Orchestrator.Daemon;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Daemon;

/// <summary>Limits of requests and of guesses, by a clock of our own and once through a real daemon.</summary>
public class TurnstileSpecs
{
    static readonly IPAddress There = IPAddress.Parse("192.0.2.7");

    readonly ManualClock clock = new();

    [Fact]
    public void A_token_may_ask_so_often_in_a_minute_and_then_again()
    {
        var turnstile = new Turnstile(() => new DoorLimits(3, null), clock);
        for (var i = 0; i < 3; i++)
            turnstile.Pass("a");
        clock.Advance(TimeSpan.FromSeconds(20));
        var refused = Assert.Throws<Fault>(() => turnstile.Pass("a"));
        Assert.Equal((FaultCode.RateLimited, 40), (refused.Code, refused.RetryAfterSeconds));
        turnstile.Pass("b");
        clock.Advance(TimeSpan.FromSeconds(40));
        turnstile.Pass("a");
    }

    [Fact]
    public void An_address_that_guesses_is_shut_out_for_the_rest_of_the_minute()
    {
        var turnstile = Turnstile.For(IPAddress.Any, () => default, clock);
        for (var i = 0; i < Turnstile.DefaultBadTokens; i++)
        {
            turnstile.CheckAddress(There);
            turnstile.Fail(There);
        }

        Assert.Equal(FaultCode.RateLimited, Assert.Throws<Fault>(() => turnstile.CheckAddress(There)).Code);
        turnstile.CheckAddress(IPAddress.Parse("192.0.2.8"));
        clock.Advance(TimeSpan.FromMinutes(1));
        turnstile.CheckAddress(There);
    }

    [Fact]
    public void On_loopback_nobody_counts_unless_told_to()
    {
        var turnstile = Turnstile.For(IPAddress.Loopback, () => default, clock);
        for (var i = 0; i < 5000; i++)
        {
            turnstile.Pass("a");
            turnstile.Fail(There);
        }

        turnstile.CheckAddress(There);
    }

    [Fact]
    public async Task A_configured_daemon_answers_429_with_a_time_to_come_back()
    {
        await using var daemon = TestDaemon.Prepare();
        await File.AppendAllTextAsync(Path.Combine(daemon.Data, "config.yaml"),
            "\nlimits: {requests_per_minute: 30, bad_tokens_per_minute: 3}\n", TestContext.Current.CancellationToken);
        await daemon.Start();
        for (var i = 0; i < 30; i++)
            await daemon.Get("/sessions");
        using (var answer = await daemon.Send(HttpMethod.Get, "/sessions"))
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        var problem = await daemon.Send(HttpMethod.Get, "/sessions").Refused(429, "rate_limited");
        Assert.True((bool)problem["retryable"]!);
        await daemon.Get("/health");

        using var guesser = new HttpClient { BaseAddress = new Uri(daemon.Url) };
        guesser.DefaultRequestHeaders.Add("Authorization", "Bearer not-the-token");
        for (var i = 0; i < 3; i++)
            await guesser.GetAsync("/sessions", TestContext.Current.CancellationToken).Refused(401, "unauthorized");
        await guesser.GetAsync("/sessions", TestContext.Current.CancellationToken).Refused(429, "rate_limited");
    }
}
