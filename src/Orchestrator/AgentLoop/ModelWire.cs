using System.Globalization;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Agents.OpenAi;

namespace Orchestrator.AgentLoop;

/// <summary>
/// Asks the endpoint and reads its streamed answer. A refusal that may pass is met by asking again, twice at most; a stream that broke
/// too, for nothing has been done yet with half an answer.
/// </summary>
sealed class ModelWire(HttpClient http, Endpoint endpoint, LoopLimits limits, TimeProvider clock, Action<string> print)
{
    const int MostRetries = 2;

    /// <summary>Longest wait an endpoint is granted; after that the daemon decides what becomes of the run.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    /// <summary>How often a word is given while an answer comes: the daemon measures silence.</summary>
    static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(10);

    const int MostRefusalBytes = 64 * 1024;

    readonly HashSet<Extra> without = [];

    /// <summary>One client for the whole run. Redirects are not followed: the key and the prompt are for this endpoint alone.</summary>
    public static HttpClient Client() => new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>The whole answer.</summary>
    /// <param name="body">Makes the body without what the endpoint has refused.</param>
    /// <param name="thread">The conversation's id, for servers that keep a cache per conversation.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="LoopFailure">There is no answer to be had.</exception>
    public async Task<ModelAnswer> Ask(Func<IReadOnlySet<Extra>, JsonObject> body, string thread, CancellationToken stop)
    {
        for (var retries = 0; ;)
        {
            var asked = body(without);
            var (answer, refusal) = await Once(asked, thread, stop);
            if (answer is not null)
                return answer;
            if (refusal!.Reason == EndReason.BadRequest && ModelRequest.Refused(refusal.Text, asked) is { } extra && without.Add(extra))
            {
                Warn("endpoint_limit", $"The endpoint does not take {ModelRequest.MemberOf(extra)}; going on without. {refusal.Text}");
                continue;
            }
            if (!refusal.Again || retries == MostRetries)
                throw new LoopFailure(refusal.Reason, refusal.Text, refusal.After);
            var wait = refusal.After ?? TimeSpan.FromSeconds(1 << retries);
            if (wait > LongestWait)
                throw new LoopFailure(refusal.Reason, $"{refusal.Text} It asks to be left alone for {Seconds(wait)} s.", wait);
            Warn("retry", $"{refusal.Text} Asking again in {Seconds(wait)} s (retry {++retries} of {MostRetries}).");
            await Task.Delay(wait, clock, stop);
        }
    }

    async Task<(ModelAnswer? Answer, ModelRefusal? Refusal)> Once(JsonObject body, string thread, CancellationToken stop)
    {
        using var silence = new CancellationTokenSource(limits.Silence, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, silence.Token);
        try
        {
            using var request = Request(body, thread);
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            await using var stream = await answer.Content.ReadAsStreamAsync(either.Token);
            var status = (int)answer.StatusCode;
            if (status != 200)
                return (null, ModelRefusal.OfStatus(status, await Beginning(stream, either.Token), endpoint, After(answer.Headers)));
            var type = answer.Content.Headers.ContentType?.MediaType;
            if (type is "text/html")
                return (null, ModelRefusal.OfStatus(404, "", endpoint));
            var pieces = new AnswerPieces();
            await using var bounded = new BoundedBody(stream, limits.AnswerBytes);
            if (type is "application/json")
                pieces.Add(await new StreamReader(bounded, Encoding.UTF8).ReadToEndAsync(either.Token));
            else
                await Read(bounded, pieces, silence, either.Token);
            return Judge(pieces);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (null, ModelRefusal.Unreachable($"{endpoint.Chat.Host} said nothing for {Seconds(limits.Silence)} s."));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return (null, ModelRefusal.Unreachable($"The connection to {endpoint.Chat.Authority} failed: {e.GetBaseException().Message}"));
        }
    }

    async Task Read(Stream stream, AnswerPieces pieces, CancellationTokenSource silence, CancellationToken stop)
    {
        var said = clock.GetTimestamp();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(stop))
        {
            silence.CancelAfter(limits.Silence);
            if (clock.GetElapsedTime(said) > SignOfLife)
            {
                print(LoopProtocol.Alive());
                said = clock.GetTimestamp();
            }
            if (pieces.Add(item.Data))
                return;
        }
    }

    static (ModelAnswer?, ModelRefusal?) Judge(AnswerPieces pieces)
    {
        if (pieces.Error is { } error)
            return (null, ModelRefusal.InStream(error, pieces.ErrorStatus));
        if (pieces.Whole)
            return (pieces.Answer(), null);
        var unreadable = pieces.Unreadable == 0 ? "" : $" {pieces.Unreadable} of its events were no JSON.";
        return (null, ModelRefusal.Unreachable($"The answer broke off before its end.{unreadable}"));
    }

    HttpRequestMessage Request(JsonObject body, string thread)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Chat)
        {
            Content = new StringContent(body.ToJsonString(Json.PlainOptions), Encoding.UTF8, "application/json"),
        };
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.UserAgent.ParseAdd("agentctl");
        request.Headers.TryAddWithoutValidation("session-id", thread);
        if (endpoint.Key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", endpoint.Key);
        return request;
    }

    TimeSpan? After(HttpResponseHeaders headers) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > clock.GetUtcNow() => date - clock.GetUtcNow(),
        _ => null,
    };

    static async Task<string> Beginning(Stream stream, CancellationToken stop)
    {
        var bytes = new byte[MostRefusalBytes];
        var count = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, stop);
        return Encoding.UTF8.GetString(bytes, 0, count);
    }

    void Warn(string code, string text) => print(LoopProtocol.Says(new Warned(code, text)));

    static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
