using System.Text.Json.Nodes;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Requests;
using Orchestrator.Runs;

namespace Orchestrator.Verbs;

/// <summary>
/// What a person types beside a run's live view: words for the agent, and commands that begin with a slash. Every change carries a key, so
/// one that is tried again over a restart of the daemon happens once.
/// </summary>
sealed class Talk(Api api, Surroundings around, Screen screen, JsonNode run, Action leave, CancellationToken stop)
{
    const string Help = """
        Text and Enter          goes to the agent: into its running turn where it can hear that, else as its next message
        /answer TEXT            answers the oldest open question; an option by its words or its number
        /approve [ID] [TEXT]    says yes to the oldest open question, or to the one whose id begins so
        /deny [ID] [TEXT]       says no
        /cancel                 stops the run and its children, after you confirmed it
        /detach, Ctrl-D, Ctrl-C leaves; the run goes on
        //TEXT                  sends a text that begins with a slash
        """;

    readonly string id = run.Text("id") ?? "", session = run.Text("session_id") ?? "";
    bool confirming;

    /// <summary>Takes a line; says what came of it. A refusal is told and the view goes on.</summary>
    public void Take(string line)
    {
        try
        {
            if (confirming) Confirm(line.Trim());
            else if (line.StartsWith("//", StringComparison.Ordinal)) Say(line[1..]);
            else if (line.StartsWith('/')) Command(line);
            else if (!string.IsNullOrWhiteSpace(line)) Say(line);
        }
        catch (Fault fault)
        {
            screen.Remark(fault.Hint is null ? fault.Message : $"{fault.Message}\n{fault.Hint}", Tone.Bad);
        }
    }

    void Command(string line)
    {
        var words = line.Split(' ', 2, StringSplitOptions.TrimEntries);
        var rest = words.Length > 1 ? words[1] : "";
        switch (words[0])
        {
            case "/approve": Decide("approve", rest); break;
            case "/deny": Decide("deny", rest); break;
            case "/answer": AnswerOldest(rest); break;
            case "/detach": leave(); break;
            case "/help": screen.Remark(Help); break;
            case "/cancel":
                confirming = true;
                screen.Remark($"Stop run {id} and its children? y and Enter stops them, anything else does not.", Tone.Warning);
                break;
            default: screen.Remark($"There is no {words[0]}; nothing was sent. /help shows what there is.", Tone.Warning); break;
        }
    }

    void Confirm(string line)
    {
        confirming = false;
        if (line is not ("y" or "yes"))
        {
            screen.Remark("Not stopped.");
            return;
        }
        Ask(() => api.Runs.Cancel(id));
        screen.Remark("The run is being stopped.", Tone.Warning);
    }

    /// <summary>Words for the agent. While a question of its is open they may be meant as an answer: that the person decides.</summary>
    void Say(string text)
    {
        if (Open().FirstOrDefault() is { } asked)
        {
            screen.Change(line =>
            {
                line.Fill("/answer " + text);
                return true;
            });
            screen.Remark($"Question {Short(asked)} is open. Enter now answers it with your words; "
                + "/approve and /deny decide it.", Tone.Warning);
            return;
        }
        Invocation.CheckText(text, "The message");
        var (answer, steered) = Send(text);
        var taker = answer.Text("run.id");
        screen.Remark(taker == id && steered
            ? "Sent into the running turn."
            : $"Queued: run {taker} answers it when this one has ended (agentctl run attach {taker}).");
    }

    (JsonNode Answer, bool Steered) Send(string text)
    {
        try
        {
            return (Post(text, "steer"), true);
        }
        catch (Fault fault) when (fault.Code == FaultCode.Unprocessable)
        {
            // This agent hears nothing in mid-turn.
            return (Post(text, "queue"), false);
        }
    }

    JsonNode Post(string text, string mode)
    {
        var request = new PostMessage.Request("user", text, run.Text("profile"), mode, Ids.New());
        return Ask(() => api.Sessions.PostMessage(session, request));
    }

    void Decide(string decision, string rest)
    {
        var open = Open();
        var words = rest.Split(' ', 2, StringSplitOptions.TrimEntries);
        var named = words[0].Length >= 4 && Ids.LooksLikePrefix(words[0])
            ? open.FirstOrDefault(request => request.Text("id")!.StartsWith(words[0], StringComparison.Ordinal)) : null;
        var text = named is null ? rest : words.Length > 1 ? words[1] : "";
        Answer(named ?? open.FirstOrDefault(), new AnswerRequest.Request(decision, text.Length > 0 ? text : null, null, null, Ids.New()));
    }

    void AnswerOldest(string text)
    {
        var open = Open().FirstOrDefault();
        if (text.Length == 0)
        {
            screen.Remark("/answer TEXT: the text is missing.", Tone.Warning);
            return;
        }
        var options = (open?["options"] as JsonArray ?? []).Select(option => option?.ToString() ?? "").ToList();
        var option = options.Contains(text) ? text
            : int.TryParse(text, out var no) && no >= 1 && no <= options.Count ? options[no - 1] : null;
        Answer(open, new AnswerRequest.Request("answer", option is null ? text : null, option, null, Ids.New()));
    }

    void Answer(JsonNode? request, AnswerRequest.Request answer)
    {
        if (request?.Text("id") is not { } asked)
        {
            screen.Remark("This run asks nothing now.", Tone.Warning);
            return;
        }
        Ask(() => api.Requests.Answer(asked, answer));
    }

    /// <summary>The run's open questions, oldest first.</summary>
    List<JsonNode> Open() => [.. Ask(() => api.Requests.List("open", id, null, new Page(100))).Entries("requests").Reverse()];

    static string Short(JsonNode request) => request.Text("id") is { Length: > 8 } whole ? whole[..8] : "";

    JsonNode Ask(Func<JsonNode> ask)
    {
        var patience = new Patience(around.Clock, text => screen.Remark(text, Tone.Warning), stop);
        while (true)
        {
            try
            {
                return ask();
            }
            catch (Fault fault)
            {
                patience.OnFailure(fault);
            }
        }
    }
}
