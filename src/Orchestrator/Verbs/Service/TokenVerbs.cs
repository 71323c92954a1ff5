using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Terminals;
using Orchestrator.Tokens;

namespace Orchestrator.Verbs;

/// <summary>Who may come in: <c>token …</c>, and <c>open</c>, which lets a browser in.</summary>
static class TokenVerbs
{
    public static Command Token() => Verb.Group("token", "Tokens for programs and people elsewhere.",
        Verb.Do("create", "Make a token; its secret is shown this once.", Create,
            Verb.Word("name", "A name; events caused with the token carry it."),
            Verb.Text("--scopes", "read, operate, approve, admin; several with commas.", "LIST"),
            Verb.Text("--expires-in", "How long it counts: 30d, 12h, 90m, or seconds. Without it: until revoked.", "TIME")),
        Verb.Do("list", "List tokens and when they were last used.", call => call.Output.Document(call.Api().Tokens.List())),
        Verb.Do("revoke", "End a token; what is open with it is cut.", Revoke,
            Verb.Word("token", "Its id, any unique beginning of it, or its name."),
            Verb.Text("--reason", "A note for the event.", "TEXT")));

    public static Command Open() => Verb.Do("open", "Open the board in a browser by a one-time link.", OpenBoard,
        Verb.Flag("--print", "Only print the link; it works once, for two minutes."));

    static int Create(Invocation call)
    {
        var scopes = (call.Text("--scopes") ?? throw Invocation.Usage("--scopes is missing.", "For example --scopes read,operate."))
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        long? seconds = call.Text("--expires-in") is { } time ? Seconds(time) : null;
        var answer = call.Api().Tokens.Create(new CreateToken.Request(call.Need("name"), scopes, seconds, null));
        var printed = call.Output.Document(answer);
        call.Output.Remark("The secret is not shown again. Programs send it as 'Authorization: Bearer …'.");
        return printed;
    }

    static int Revoke(Invocation call) => call.Output.Document(
        call.Api().Tokens.Revoke(call.Need("token"), new RevokeToken.Request(call.Text("--reason"))));

    /// <summary>"30d", "12h", "90m", "3600" or "3600s" in seconds.</summary>
    public static long Seconds(string text)
    {
        long unit = text.Length == 0 ? 0 : text[^1] switch { 'd' => 86_400, 'h' => 3_600, 'm' => 60, 's' => 1, _ => 0 };
        var number = unit == 0 ? text : text[..^1];
        if (long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and < 1_000_000_000)
            return count * Math.Max(unit, 1);
        throw Invocation.Usage($"--expires-in takes a time like 30d, 12h, 90m or a number of seconds, not '{text}'.");
    }

    static int OpenBoard(Invocation call)
    {
        var answer = call.Api().Tokens.OpenLink();
        var url = answer.Text("url") ?? throw new Fault(FaultCode.Internal, "The daemon gave no link.");
        if (!call.Flag("--print") && Browser.Open(url, call.Around.Variable, call.Around.Folder))
        {
            call.Output.Remark("The board opens in the browser.");
            return ExitCodes.Ok;
        }
        if (call.Output.WantsJson) return call.Output.Document(answer);
        call.Output.Line(url);
        return ExitCodes.Ok;
    }
}
