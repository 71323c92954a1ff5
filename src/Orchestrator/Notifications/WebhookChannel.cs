using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Profiles;

namespace Orchestrator.Notifications;

/// <summary>
/// The notice as JSON to an address, signed as the Standard Webhooks specification says (webhook-id, webhook-timestamp,
/// webhook-signature: "v1," and the base64 of HMAC-SHA256 over "id.timestamp.body"). The id is the event's, so a receiver finds repeats.
/// </summary>
/// <param name="rule">The rule.</param>
/// <param name="variable">Looks up one of the daemon's variables: addresses and keys may be there only.</param>
/// <param name="clock">Stamps.</param>
sealed class WebhookChannel(NotificationRule rule, Func<string, string?> variable, TimeProvider clock) : IChannel, IDisposable
{
    // What is posted is for this address alone: a redirect is a refusal.
    readonly HttpClient http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = true })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = 64 * 1024,
    };

    public async Task<string> Send(Notice notice, CancellationToken stop)
    {
        var url = rule.Url ?? NotificationRule.Address(Variable(rule.UrlEnv!))
            ?? throw new ChannelFailure($"the variable {rule.UrlEnv} holds no http or https address");
        var body = notice.Document(rule.Name).ToJsonString(Json.PlainOptions);
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        var id = $"{(notice.Test ? "test" : "event")}_{notice.Event.Seq}_{rule.Name}";
        var at = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", at);
        if (rule.SecretEnv is { } secret) request.Headers.Add("webhook-signature", Signature(Variable(secret), id, at, body));
        foreach (var (name, holder) in rule.HeadersEnv)
            if (!request.Headers.TryAddWithoutValidation(name, Variable(holder)))
                throw new ChannelFailure($"headers_env: '{name}' is no header of a request");
        using var limit = new CancellationTokenSource(rule.Limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var status = (int)answer.StatusCode;
            if (answer.IsSuccessStatusCode) return $"answered {status}";
            throw new ChannelFailure(status is >= 300 and < 400
                ? $"answered {status}: redirects are not followed" : $"answered {status}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new ChannelFailure($"no answer in {rule.Limit.TotalSeconds:0.#} s");
        }
        catch (HttpRequestException e)
        {
            throw new ChannelFailure($"it cannot be reached: {e.Message}");
        }
    }

    /// <summary>The signature's header. A key written as "whsec_" and base64 is those bytes, any other its own letters.</summary>
    public static string Signature(string secret, string id, string at, string body)
    {
        var bytes = new byte[secret.Length];
        var key = secret.StartsWith("whsec_", StringComparison.Ordinal) && Convert.TryFromBase64String(secret[6..], bytes, out var count)
            ? bytes[..count] : Encoding.UTF8.GetBytes(secret);
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{at}.{body}")));
    }

    string Variable(string name) =>
        variable(name) is { Length: > 0 } value ? value : throw new ChannelFailure($"the daemon's variable {name} is not set");

    public void Dispose() => http.Dispose();
}
