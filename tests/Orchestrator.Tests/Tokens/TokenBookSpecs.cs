using Orchestrator.Http;
using Orchestrator.Store;
using Orchestrator.Tests.Support;
using Orchestrator.Tokens;

namespace Orchestrator.Tests.Tokens;

public class TokenBookSpecs
{
    readonly ManualClock clock = new();
    readonly TokenBook book;

    public TokenBookSpecs() => book = new TokenBook(clock);

    [Fact]
    public void A_token_counts_until_it_expires_and_then_cuts_what_is_open()
    {
        book.Add(Token("a", clock.GetUtcNow().AddHours(1)));
        var inside = book.Find(Secret.Hash("a"))!.Value;
        Assert.Null(inside.Refusal);
        clock.Advance(TimeSpan.FromMinutes(59));
        book.CutExpired();
        Assert.False(inside.Bearer.Gone.IsCancellationRequested);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(DoorRefusal.Expired, book.Find(Secret.Hash("a"))!.Value.Refusal);
        book.CutExpired();
        Assert.True(inside.Bearer.Gone.IsCancellationRequested);
        Assert.Null(book.Find(Secret.Hash("b")));
    }

    [Fact]
    public void Its_use_is_written_once_a_minute_at_most()
    {
        book.Add(Token("a"));
        Assert.Empty(book.TakeUses());
        for (var minute = 0; minute < 3; minute++)
        {
            book.Find(Secret.Hash("a"));
            Assert.Equal(clock.GetUtcNow().Micros(), Assert.Single(book.TakeUses()).At);
            clock.Advance(TimeSpan.FromSeconds(59));
            book.Find(Secret.Hash("a"));
            Assert.Empty(book.TakeUses());
            Assert.Single(book.TakeUses(all: true));
            clock.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Fact]
    public void A_refused_use_is_none()
    {
        book.Add(Token("a") with { RevokedAt = clock.GetUtcNow() });
        Assert.Equal(DoorRefusal.Revoked, book.Find(Secret.Hash("a"))!.Value.Refusal);
        Assert.Empty(book.TakeUses(all: true));
        Assert.False(book.HasNamed);
    }

    Token Token(string secret, DateTimeOffset? until = null) => new()
    {
        Id = "0123456789abcdef",
        Name = "ci",
        Kind = TokenKinds.Named,
        Scopes = ["read"],
        CreatedAt = clock.GetUtcNow(),
        CreatedBy = "local",
        ExpiresAt = until,
        Hash = Secret.Hash(secret),
    };
}
