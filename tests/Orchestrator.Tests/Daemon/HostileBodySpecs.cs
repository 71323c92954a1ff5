using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Http;
using Orchestrator.Tests.Docs;
using Orchestrator.Tests.Support;
using Orchestrator.Tests.Tidy;

namespace Orchestrator.Tests.Daemon;

/// <summary>Bad bodies on every route that takes one: always a refusal with a code, and the daemon works on.</summary>
public class HostileBodySpecs(SharedDaemon shared) : IClassFixture<SharedDaemon>
{
    TestDaemon Daemon => shared.Daemon;

    static readonly HttpOperation[] Commands =
        [.. Surface.Operations(SourceTree.Repository).Where(o => o.Method is "POST" or "PATCH" && RequestOf(o) is not null)];

    // Members of an operation's request record, as they are spelled on the wire.
    static IEnumerable<string> Members(HttpOperation operation) => RequestOf(operation)!.GetProperties(BindingFlags.Public
        | BindingFlags.Instance).Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name));

    /// <summary>Null for one that takes no body.</summary>
    static Type? RequestOf(HttpOperation operation)
    {
        var owner = operation.Name switch
        {
            "TransitionRun" => "CancelRun",
            "SpawnFromSession" => "SpawnSession",
            var name => name,
        };
        return typeof(Call).Assembly.GetTypes().SingleOrDefault(type => type.Name == "Request" && type.DeclaringType?.Name == owner);
    }

    static readonly string[] WrongValues =
    [
        "true", "-1", "0", "1.5", "1e400", "99999999999999999999999999999999", "[]", "{}", "[[[]]]", "null", "\"\"", "\"\\u0000\"",
        "\"\\ud83d\\ude00\"", "\"../../etc/passwd\"", "\"/proc/self/fd/0\"", "\"%s%n\"", "\"'; drop table runs; --\"",
        "{\"$ref\":\"#\"}", "[null,null]", "\"" + new string('a', 100_000) + "\"",
    ];

    public static TheoryData<string, string> BadBodies => new()
    {
        { "no JSON", "hello" },
        { "half of it", """{"role":"user","text":""" },
        { "an array", "[]" },
        { "a string", "\"x\"" },
        { "a number", "7" },
        { "null", "null" },
        { "two documents", "{}{}" },
        { "a trailing comma", """{"role":"user",}""" },
        { "a comment", "{/* x */}" },
        { "single quotes", "{'role':'user'}" },
        { "a bare NUL", "{\"role\":\"\0\"}" },
        { "a control character", "{\"role\":\"\u0001\"}" },
        { "half a surrogate pair", """{"role":"user","text":"\ud800","prompt":"\ud800"}""" },
        { "half a pair in metadata", """{"metadata":{"a":["\udfff"]}}""" },
        { "half a pair in a name", """{"\ud800":1}""" },
        { "half a pair in what nobody reads", """{"unknown":{"x":"\udc00"}}""" },
        { "ten thousand levels", $$"""{"metadata":{{new string('[', 10_000)}}{{new string(']', 10_000)}}}""" },
        { "ten thousand objects", string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000) },
        { "no value", """{"role":}""" },
        { "a word", """{"role":undefined,"prompt":NaN}""" },
    };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task A_body_that_is_no_object_is_refused_on_every_route(string what, string body)
    {
        foreach (var operation in Commands)
            await Send(operation, Encoding.UTF8.GetBytes(body)).Refused(400, "invalid_request").ContinueWith(
                done => Assert.True(done.IsCompletedSuccessfully, $"{what} on {operation.Name}: {done.Exception?.InnerException?.Message}"),
                TaskScheduler.Default);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused_on_every_route()
    {
        byte[][] bodies =
        [
            [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00],
            [.. "{\"text\":\""u8, 0xc3, 0x28, .. "\",\"prompt\":\"x\"}"u8],
            [.. "{\"metadata\":{\"a\":\""u8, 0xed, 0xa0, 0x80, .. "\"}}"u8],
            [.. "{\"unknown\":\""u8, 0xff, .. "\"}"u8],
            [.. "{\""u8, 0x80, .. "\":1}"u8],
            [0x1f, 0x8b, 0x08, 0x00],
            new byte[1000],
        ];
        foreach (var operation in Commands)
            foreach (var body in bodies)
                await Send(operation, body).Refused(400, "invalid_request");
    }

    [Fact]
    public async Task Eleven_megabytes_are_413_with_and_without_a_length()
    {
        var big = new byte[11 * 1024 * 1024];
        Array.Fill(big, (byte)' ');
        big[0] = (byte)'{';
        big[^1] = (byte)'}';
        foreach (var operation in Commands)
            foreach (var chunked in new[] { true, false })
                await Send(operation, big, chunked: chunked).Refused(413, "too_large");
    }

    [Fact]
    public async Task Another_content_type_is_refused()
    {
        foreach (var type in new[] { "text/xml", "image/png", "multipart/form-data; boundary=x", "text/plain" })
            await Send(Commands.Single(o => o.Name == "CreateSession"), "{}"u8.ToArray(), type).Refused(400, "invalid_request");
        string[] understood = ["application/json; charset=utf-8", "application/merge-patch+json", "application/x-www-form-urlencoded"];
        foreach (var type in understood)
        {
            using var answer = await Send(Commands.Single(o => o.Name == "CreateSession"), "{}"u8.ToArray(), type);
            Assert.Equal(201, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_wrong_value_of_any_member_never_meets_a_defect()
    {
        await Prepare();
        foreach (var operation in Commands)
            foreach (var member in Members(operation))
                foreach (var value in WrongValues)
                {
                    var others = new JsonObject { ["role"] = "assistant", ["text"] = "x", ["prompt"] = "x", ["name"] = "p" };
                    foreach (var (name, plausible) in Plausible) others[name] = plausible!.DeepClone();
                    others["path"] = Daemon.Root;
                    others.Remove(member);
                    var body = $$"""{"{{member}}":{{value}},{{others.ToJsonString()[1..]}}""";
                    var id = await Existing(operation);
                    using var answer = await Send(operation, Encoding.UTF8.GetBytes(body), id: id);
                    Assert.True((int)answer.StatusCode < 500, $"{operation.Name} with {member}={value}: {(int)answer.StatusCode}");
                }

        // The last of two members of one name counts, as everywhere.
        using var twice = await Send(Commands.Single(o => o.Name == "CreateSession"), """{"title":7,"title":"b"}"""u8.ToArray());
        Assert.True((int)twice.StatusCode is 201 or 400);
        await Daemon.Get("/events?limit=500");
        Assert.Equal("ok", (string?)(await Daemon.Get("/daemon/status"))["daemon_health"]);
        Assert.DoesNotContain("defect", Daemon.Said, StringComparison.Ordinal);
    }

    async Task<HttpResponseMessage> Send(HttpOperation operation, byte[] body, string? type = "application/json", bool chunked = false,
        string? id = null)
    {
        var path = operation.Pattern.Replace("{id}", id ?? await Existing(operation), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), path) { Content = new ByteArrayContent(body) };
        if (type is not null)
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        request.Headers.TransferEncodingChunked = chunked;
        return await Daemon.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Members that let other operations come as far as the wrong one.</summary>
    static readonly JsonObject Plausible = new()
    {
        ["task"] = "x", ["request_kind"] = "status", ["decision"] = "answer", ["goal_met"] = true, ["summary"] = "x",
    };

    readonly Dictionary<string, string> objects = [];

    /// <summary>One object of each kind that a path may name: an ended run, its session, a message and a request below it.</summary>
    async Task Prepare()
    {
        if (objects.Count > 0)
            return;
        var gate = Daemon.Gate();
        var parent = await Daemon.IdleParent();
        var child = await Daemon.Spawn(parent, $"wait-file {gate}");
        objects["messages"] = (string)Daemon.List($"/sessions/{child["session_id"]}/messages", "messages")[0]["id"]!;
        objects["requests"] = (string)(await Daemon.Ask(child, "x?"))["id"]!;
        objects["runs"] = (string)parent["id"]!;
        objects["sessions"] = (string)parent["session_id"]!;
    }

    async Task<string> Existing(HttpOperation operation)
    {
        if (!operation.Pattern.Contains("{id}", StringComparison.Ordinal))
            return "";
        await Prepare();
        return objects.GetValueOrDefault(operation.Pattern.Split('/')[1], "0123456789abcdef");
    }

    [Fact]
    public async Task A_body_where_none_is_wanted_changes_nothing()
    {
        foreach (var operation in Surface.Operations(SourceTree.Repository).Where(o => o.Method != "GET" && o.Name != "StopDaemon"
            && RequestOf(o) is null))
            foreach (var body in BadBodies.Select(row => row.Data.Item2))
            {
                using var answer = await Send(operation, Encoding.UTF8.GetBytes(body), id: "0123456789abcdef");
                Assert.True((int)answer.StatusCode < 500, $"{operation.Name}: {(int)answer.StatusCode}");
            }

        Assert.Equal("ok", (string?)(await Daemon.Get("/daemon/status"))["daemon_health"]);
    }
}
