// A scripted model server on loopback, good enough for the real CLIs to run whole turns against it: Codex (POST …/responses), Claude Code
// (HEAD /, POST /v1/messages), Gemini (POST …:streamGenerateContent), OpenCode and others of its kind (POST …/chat/completions).
//
//   fake-model [--port N] [--script FILE]      prints "listening http://127.0.0.1:PORT"; port 0 (the default) takes a free one
//   fake-model … --until-stdin-closes          ends when its stdin ends, so it never outlives the test that started it
//
// What to answer comes from the prompt, when one of the user's texts has lines with "fake: STEP; STEP; …", else from the
// script: JSON, see ScriptBook.Read. Places in a script are kept per conversation; after its last step the answer is "done",
// or an example of the JSON schema the CLI asked for.
//
// Steps. One answer is made of all joined steps (marked ~, or any step with + before it) and the first step that is not.
//   text TEXT              says TEXT and ends the turn (\n is a line break)      say TEXT ~     says TEXT before the next step
//   think TEXT ~           reasoning                                             shell COMMAND  calls the CLI's shell tool
//   write PATH TEXT        makes a file: apply_patch (Codex), a write tool       patch TEXT     apply_patch / git apply
//   malformed NAME TEXT    a tool call whose arguments are TEXT (chat)           garbage ~      events that cannot be read (chat)
//   json JSON              structured output as the CLI wants it                 tool NAME JSON any tool call
//   In any step {{name}} stands for the last value of a member of that name in what the CLI sent, such as {{run_id}} of a tool's result.
//   usage input=N cached=N cachewrite=N output=N reasoning=N ~                   token counts of this answer; input counts all
//   500 [xN|always] [retry=SECONDS]    refuses with any 4xx or 5xx status        quota, context the typical refusals for these
//   limit in=SECONDS     an account that is used up, with the time it is free again as that API names it
//   cut [TEXT]             says TEXT, then breaks the connection                 fail [TEXT]    an error event in the stream
//   hang [NAME] ~          waits for POST /__release?name=NAME or for the client to go away
// Example: fake: think hm; shell echo hi > a.txt; +write b.txt x; shell ls; 500 x2; text done
//
//   POST /__script JSON    a new script from its beginning      GET  /__requests[?bodies=true]   what was asked and answered
//   GET  /__requests/wait?count=N    the same, once so many were seen
//   POST /__release?name=N lets answers hanging at N go on      POST /__reset                    forgets script, gates, requests

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.FakeModel;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{Value("--port") ?? "0"}");
var app = builder.Build();
// Quotes stay quotes, so that a result inside a text is found.
var plain = new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
var (book, seen, gates) = (new ScriptBook(), new SeenRequests(), new Gates());
if (Value("--script") is { } file) book.Load(ScriptBook.Read(JsonNode.Parse(File.ReadAllText(file))!));

app.MapPost("/v1/messages", http => Answer(http, "messages"));
app.MapPost("{**path}", http => Answer(http, Api(http.Request.Path.Value!)));
app.MapPost("/v1/messages/count_tokens", () => Results.Json(new JsonObject { ["input_tokens"] = 100 }));
app.MapPost("/__script", async (HttpRequest request) => book.Load(ScriptBook.Read((await Body(request))!)));
app.MapPost("/__release", (string? name) => gates.Release(name ?? ""));
app.MapPost("/__reset", () =>
{
    book.Load([]);
    gates.Reset();
    seen.Clear();
});
app.MapGet("/__requests", (bool? bodies) => Results.Text(seen.ToJson(bodies ?? false), "application/json"));
app.MapGet("/__requests/wait", async (int count, CancellationToken gone) =>
{
    await seen.WaitFor(count, gone);
    return Results.Text(seen.ToJson(bodies: false), "application/json");
});
app.MapFallback((HttpContext http) =>
{
    seen.Add(http.Request, null, null, []);
    if (!HttpMethods.IsHead(http.Request.Method)) http.Response.StatusCode = 404;
});

await app.StartAsync();
Console.WriteLine($"listening {app.Urls.Single()}");
if (args.Contains("--until-stdin-closes"))
    _ = Console.OpenStandardInput().CopyToAsync(Stream.Null).ContinueWith(_ => app.Lifetime.StopApplication(), TaskScheduler.Default);
await app.WaitForShutdownAsync();
return 0;

async Task Answer(HttpContext http, string? api)
{
    var body = await Body(http.Request);
    if (body is null || api is null)
    {
        seen.Add(http.Request, null, body, []);
        http.Response.StatusCode = 404;
        return;
    }

    var ask = api switch
    {
        "messages" => Ask.OfMessages(body, Header(http, "x-claude-code-session-id")),
        "generate" => Ask.OfGenerate(body, http.Request.Path.Value!),
        "chat" => Ask.OfChat(body, Header(http, "x-session-id") ?? Header(http, "session-id")),
        _ => Ask.OfResponses(body, Header(http, "session-id")),
    };
    IReadOnlyList<Step> steps;
    try
    {
        steps = [.. book.Take(ask).Select(step => step.Filled(body.ToJsonString(plain)))];
    }
    catch (FormatException error)
    {
        // A typing error in a test's script: said in the answer, so that it is seen in what the CLI reports.
        steps = [new Step("400", error.Message, false)];
    }

    seen.Add(http.Request, ask, body, steps);
    if (steps[0].Status is not null)
    {
        await Refusal.Send(http, ask, steps[0]);
        return;
    }

    AnswerStream answer = api switch
    {
        "messages" => new MessagesStream(http, ask, Usage.Of(steps), streams: (bool?)body["stream"] ?? false),
        "generate" => new GenerateStream(http, ask, Usage.Of(steps)),
        "chat" => new ChatStream(http, ask, Usage.Of(steps)),
        _ => new ResponsesStream(http, ask, Usage.Of(steps)),
    };
    try
    {
        await answer.Play(steps, gates);
    }
    catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
    {
        // The CLI was stopped in the middle of an answer: nobody is left to tell.
    }
}

static string? Api(string path) => path switch
{
    _ when path.EndsWith("/responses", StringComparison.Ordinal) => "responses",
    _ when path.EndsWith("/chat/completions", StringComparison.Ordinal) => "chat",
    _ when path.EndsWith(":streamGenerateContent", StringComparison.Ordinal) => "generate",
    _ => null,
};

static string? Header(HttpContext http, string name) => http.Request.Headers.TryGetValue(name, out var value) ? value.ToString() : null;

static async Task<JsonNode?> Body(HttpRequest request) =>
    request.ContentLength == 0 ? null : await JsonNode.ParseAsync(request.Body);

string? Value(string option) => Array.IndexOf(args, option) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
