using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Tests.Docs;

namespace Orchestrator.Tests.Client;

/// <summary>
/// The typed client and the OpenAPI document say the same. Every method is called with every argument given, and what it puts on the
/// wire is looked up in the document.
/// </summary>
public partial class ClientContractSpecs
{
    const string OfFirstQueue = "the words of the first queue for what a route below /items does";

    /// <summary>Operations that no command asks for.</summary>
    static readonly Dictionary<string, string> WithoutMethod = new()
    {
        ["enterByLink"] = "a door for browsers",
        ["front"] = "a page for browsers",
        ["frontApp"] = "a page for browsers",
        ["frontAssets"] = "a file for browsers",
        ["frontFavicon"] = "a file for browsers",
        ["showTimeline"] = "for the drawing in the browser; commands list events",
        ["showRunTimeline"] = "for the drawing in the browser; commands list events",
        ["listCards"] = "for the board in the browser; commands list items",
        ["healthLive"] = "for programs that watch the daemon; commands ask health",
        ["healthReady"] = "for programs that watch the daemon; commands ask health",
        ["showDoctor"] = "the doctor command looks at the machine itself",
        ["callDoctor"] = "the doctor command looks at the machine itself",
        ["showQueue"] = "for the board: commands list items and ask why",
        ["openApi"] = "for programs that are not ours",
        ["listProfiles"] = "the configuration holds the same list",
        ["workerHeartbeat"] = "for outside workers, which are programs",
        ["showWish"] = "the wait with no time shows the same",
        ["downloadPlan"] = "for programs; a command sends the file that is there, so that what people wrote in it stays",
        ["queueAdd"] = OfFirstQueue,
        ["queueList"] = OfFirstQueue,
        ["queueStats"] = OfFirstQueue,
        ["queueShow"] = OfFirstQueue,
        ["queueReady"] = OfFirstQueue,
        ["queueClaim"] = OfFirstQueue,
        ["queueHeartbeat"] = OfFirstQueue,
        ["queueComplete"] = OfFirstQueue,
        ["queueRelease"] = OfFirstQueue,
        ["queueFail"] = OfFirstQueue,
    };

    /// <summary>Operations with two methods, because they have two kinds of answer.</summary>
    static readonly Dictionary<string, string> WithTwoMethods = new()
    {
        ["runDiff"] = "bytes of a unified diff, or a document of files",
    };

    static readonly JsonObject Document = RouteTable.OpenApi();

    public static TheoryData<string> Methods => [.. AllMethods.Select(m => $"{m.Group.Name}.{m.Method.Name}")];

    static IEnumerable<(PropertyInfo Group, MethodInfo Method)> AllMethods =>
        from @group in typeof(Api).GetProperties()
        from method in @group.PropertyType.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        select (@group, method);

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_method_asks_for_what_the_document_describes(string name)
    {
        using var wire = new AskedWire();
        var (method, target, body) = await wire.Of(() => Call(wire.Url, name));
        var operation = Described(method, target.AbsolutePath);
        Assert.True(operation is not null, $"{name} asks for {method} {target.AbsolutePath}, which no route serves.");

        var query = target.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(member => member.Split('=')[0])
            .ToList();
        var described = Query(operation, olderNamesToo: true);
        Assert.True(query.All(described.Contains), $"{name} asks with '{target.Query}'; described are: {string.Join(", ", described)}.");
        if (!WithTwoMethods.ContainsKey((string)operation["operationId"]!))
        {
            var missing = Query(operation, olderNamesToo: false).Except(query);
            Assert.True(!missing.Any(), $"{name} cannot ask with: {string.Join(", ", missing)}.");
        }

        if (operation["requestBody"] is { } request && body.Length > 0)
        {
            var members = Find(Reference().Match(request.ToJsonString()).Groups[1].Value)["properties"]!.AsObject().Select(m => m.Key);
            Assert.Equal(members.Order(), JsonNode.Parse(body)!.AsObject().Select(member => member.Key).Order());
        }
        Assert.True(body.Length == 0 || operation["requestBody"] is not null, $"{name} sends a body that is not described: {body}");
        Assert.DoesNotContain("a/b", target.AbsolutePath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_operation_has_its_method()
    {
        using var wire = new AskedWire();
        var asked = new List<string>();
        foreach (var name in AllMethods.Select(m => $"{m.Group.Name}.{m.Method.Name}"))
        {
            var (method, target, _) = await wire.Of(() => Call(wire.Url, name));
            asked.Add((string?)Described(method, target.AbsolutePath)?["operationId"] ?? name);
        }
        foreach (var (path, method, operation) in RouteTable.Operations(Document))
        {
            var id = (string)operation["operationId"]!;
            var expected = WithoutMethod.ContainsKey(id) ? 0 : WithTwoMethods.ContainsKey(id) ? 2 : 1;
            Assert.True(asked.Count(one => one == id) == expected,
                $"{id} ({method} {path}) has {asked.Count(one => one == id)} methods in src/Orchestrator/Client instead of {expected}. "
                + "Write one, or say in this test why no command asks for it.");
        }
        var known = RouteTable.Operations(Document).Select(o => (string)o.Operation["operationId"]!).ToHashSet();
        Assert.All(WithoutMethod.Keys.Concat(WithTwoMethods.Keys), id => Assert.True(known.Contains(id), $"There is no operation {id}."));
    }

    [Fact]
    public async Task What_is_not_said_is_not_sent()
    {
        using var wire = new AskedWire();
        var api = new Api(new Settings { Url = wire.Url, Data = "/" }, TestContext.Current.CancellationToken);
        var (_, target, body) = await wire.Of(() => api.Runs.Start(new Orchestrator.Runs.StartRun.Request(
            null, null, null, null, null, "x", null, null, null, null, JsonElement.Parse("""{"const":null}"""), null)));
        Assert.Equal("/runs", target.PathAndQuery);
        Assert.Equal("""{"prompt":"x","output_schema":{"const":null}}""", body);
    }

    /// <summary>Calls a method with every argument given.</summary>
    static void Call(Uri url, string name)
    {
        var api = new Api(new Settings { Url = url, Data = "/" }, TestContext.Current.CancellationToken);
        var (group, method) = AllMethods.Single(m => $"{m.Group.Name}.{m.Method.Name}" == name);
        var answer = method.Invoke(group.GetValue(api), [.. method.GetParameters().Select(p => Sample(p.ParameterType))]);
        (answer as IDisposable)?.Dispose();
    }

    static object Sample(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) return "a/b";
        if (type == typeof(bool)) return true;
        if (type == typeof(TimeSpan)) return TimeSpan.FromSeconds(2);
        if (type == typeof(JsonElement)) return JsonElement.Parse("{}");
        if (type.IsPrimitive) return Convert.ChangeType(1, type, System.Globalization.CultureInfo.InvariantCulture);
        if (type.IsAssignableFrom(typeof(Dictionary<string, string?>))) return new Dictionary<string, string?> { ["a/b"] = "a/b" };
        if (type.IsAssignableFrom(typeof(List<string>))) return new List<string> { "a/b" };
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var list = Array.CreateInstance(type.GetGenericArguments()[0], 1);
            list.SetValue(Sample(type.GetGenericArguments()[0]), 0);
            return list;
        }
        var made = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First();
        return made.Invoke([.. made.GetParameters().Select(p => Sample(p.ParameterType))]);
    }

    /// <summary>The operation whose path fits best: a written word before a hole.</summary>
    static JsonObject? Described(string method, string path) => RouteTable.Operations(Document)
        .Where(o => o.Method == method && Regex.IsMatch(path, "^" + PathPart().Replace(o.Path, "[^/]+") + "$"))
        .OrderBy(o => o.Path.Count(c => c == '{')).Select(o => o.Operation).FirstOrDefault();

    static List<string> Query(JsonObject operation, bool olderNamesToo) =>
    [
        .. (operation["parameters"] as JsonArray ?? [])
            .Where(p => (string)p!["in"]! == "query" && (olderNamesToo || p["deprecated"] is null)).Select(p => (string)p!["name"]!),
    ];

    static JsonNode Find(string reference) => reference.Split('/').Skip(1).Aggregate((JsonNode)Document, (node, step) => node[step]!);

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex PathPart();

    [GeneratedRegex("\"\\$ref\":\"([^\"]+)\"")]
    private static partial Regex Reference();
}
