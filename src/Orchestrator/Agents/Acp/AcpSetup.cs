using System.Text.Json;
using Orchestrator.Profiles;

namespace Orchestrator.Agents.Acp;

/// <summary>From <c>initialize</c> to the first prompt: login, conversation, settings.</summary>
static class AcpSetup
{
    /// <summary>Names of modes by what they allow, best first. Of an agent with none of them the mode stays as it is.</summary>
    static readonly Dictionary<Sandbox, string[]> Modes = new()
    {
        [Sandbox.ReadOnly] = ["read-only", "readonly", "plan"],
        [Sandbox.WorkspaceWrite] = ["autoEdit", "acceptEdits"],
        [Sandbox.FullAccess] = ["yolo", "bypassPermissions", "agent-full-access", "full-access"],
    };

    /// <summary>Models named in a refusal.</summary>
    const int MostNamed = 8;

    // {"id":1,"result":{"protocolVersion":1,"agentCapabilities":{"loadSession":true,"sessionCapabilities":{"resume":{}},…},
    //   "authMethods":[{"id":"gemini-api-key","name":"Gemini API key",…}],"agentInfo":{"name":"gemini-cli","version":"0.61.0"}}}
    public static Reading Initialized(Transcript soFar, Talk talk, JsonElement line)
    {
        if (line.Field("error") is { ValueKind: JsonValueKind.Object } error)
            return JsonLines.Silent(AcpFailures.OfSession(soFar, talk, error));
        var result = line.Field("result");
        if (result.Whole("protocolVersion") != AcpCalls.Version)
            return JsonLines.Silent(AcpFailures.Failed(soFar, EndReason.AgentError,
                $"The agent speaks version {result.Field("protocolVersion").Json()} of the Agent Client Protocol; spoken here is version "
                + $"{AcpCalls.Version}."));
        var can = result.Field("agentCapabilities");
        var plan = (talk.Plan ?? new AcpPlan()) with
        {
            ResumeCall = can.Field("sessionCapabilities").Field("resume").ValueKind == JsonValueKind.Object ? "session/resume"
                : can.IsTrue("loadSession") ? "session/load" : null,
            Logins = Logins(result),
        };
        var now = soFar with { Talk = talk with { Plan = plan } };
        return plan.AuthMethod is { } method
            ? new Reading(now, []) { Send = [AcpCalls.Authenticate(method)] }
            : Begin(now, now.Talk);
    }

    public static Reading Authenticated(Transcript soFar, Talk talk, JsonElement line) =>
        line.Field("error") is { ValueKind: JsonValueKind.Object } error
            ? JsonLines.Silent(AcpFailures.OfSession(soFar, talk, error) with { FailureReason = EndReason.AuthRequired })
            : Begin(soFar, talk);

    static Reading Begin(Transcript soFar, Talk talk)
    {
        var plan = talk.Plan!;
        return plan.Resume is not null && plan.ResumeCall is null
            ? JsonLines.Silent(AcpFailures.Failed(soFar, EndReason.ThreadNotFound,
                "This agent cannot go on with an earlier conversation: it offers neither session/load nor session/resume. Start a new "
                + "session to go on."))
            : new Reading(soFar, []) { Send = [AcpCalls.Session(plan, talk.Folder, plan.Resume is null ? null : plan.ResumeCall)] };
    }

    // {"id":3,"result":{"sessionId":"7f…","modes":{"availableModes":[{"id":"autoEdit",…}],"currentModeId":"default"},
    //   "models":{"availableModels":[{"modelId":"gemini-2.5-pro",…}],"currentModelId":"auto"},"configOptions":[{"id":"model",…}]}}
    public static Reading Begun(Transcript soFar, Talk talk, JsonElement line)
    {
        if (line.Field("error") is { ValueKind: JsonValueKind.Object } error)
            return JsonLines.Silent(AcpFailures.OfSession(soFar, talk, error));
        var plan = talk.Plan ?? new AcpPlan();
        var result = line.Field("result");
        var id = plan.Resume ?? result.Text("sessionId");
        if (id is not { Length: > 0 })
            return JsonLines.Silent(AcpFailures.Failed(soFar, EndReason.AgentError, "The agent began a conversation without an id."));
        var settings = new List<AcpSetting>();
        var signals = new List<Signal>();
        if (Mode(plan.Sandbox, result, plan.Resume is not null) is { } mode)
            settings.Add(mode);
        if (plan.Model is { } model)
        {
            var (setting, why) = Model(model, result);
            if (setting is null)
                return JsonLines.Silent(AcpFailures.Failed(soFar, EndReason.BadRequest, why!));
            settings.Add(setting);
        }
        if (plan.Effort is { } effort)
        {
            if (Option(result, "thought_level", effort) is { } setting)
                settings.Add(setting with { What = "effort" });
            else
                signals.Add(new Warned("effort_not_offered", $"The agent does not offer the effort '{effort}': it stays with its own."));
        }
        var begun = soFar with
        {
            UnsavedThreadId = plan.KeptOnceAnswered ? id : null,
            ThreadId = plan.KeptOnceAnswered ? soFar.ThreadId : id,
            Model = plan.Model ?? soFar.Model ?? CurrentModel(result),
            Talk = talk with { Plan = plan with { Settings = settings } },
        };
        var next = Next(begun, begun.Talk);
        return next with { Signals = signals };
    }

    /// <summary>The reply to the first of the settings.</summary>
    public static Reading WasSet(Transcript soFar, Talk talk, JsonElement line)
    {
        var plan = talk.Plan!;
        var setting = plan.Settings[0];
        var now = soFar with { Talk = talk with { Plan = plan with { Settings = [.. plan.Settings.Skip(1)] } } };
        if (line.Field("error") is not { ValueKind: JsonValueKind.Object } error)
            return Next(now, now.Talk);
        var (_, text) = AcpFailures.Of(error);
        var words = $"The agent did not take the {setting.What} '{setting.Value}': {text}";
        // What limits it, and what costs, is not left to chance.
        if (setting.What == "model" || (setting.What == "mode" && plan.Sandbox == Sandbox.ReadOnly && plan.Resume is null))
            return JsonLines.Silent(AcpFailures.Failed(now, EndReason.BadRequest, words));
        return Next(now, now.Talk) with { Signals = [new Warned($"{setting.What}_not_set", words)] };
    }

    /// <summary>Sends the next setting, or the first prompt when all are made.</summary>
    static Reading Next(Transcript soFar, Talk talk)
    {
        var plan = talk.Plan!;
        var session = AcpTalk.SessionOf(soFar);
        var (id, counted) = AcpCalls.Next(talk);
        if (plan.Settings.Count > 0)
            return new Reading(soFar with { Talk = counted }, []) { Send = [AcpCalls.Set(id, session, plan.Settings[0])] };
        return new Reading(soFar with { Talk = counted with { Turn = AcpCalls.Text(id), Plan = plan with { Prompt = null } } }, [])
        {
            Send = [AcpCalls.Prompt(id, session, plan.Prompt ?? "")],
        };
    }

    /// <summary>The mode that fits; a conversation that is gone on with is told its mode again, for its reply ends the replay.</summary>
    static AcpSetting? Mode(Sandbox sandbox, JsonElement result, bool again)
    {
        var modes = result.Field("modes");
        var offered = modes.Items("availableModes").Select(mode => mode.Text("id")).OfType<string>().ToList();
        var current = modes.Text("currentModeId");
        if (Modes[sandbox].FirstOrDefault(offered.Contains) is { } wanted)
            return wanted != current || again ? new("mode", wanted, "session/set_mode") : null;
        var options = Modes[sandbox].Select(name => Option(result, "mode", name));
        if (offered.Count == 0 && options.FirstOrDefault(each => each is not null) is { } found)
            return found;
        return again && current is not null ? new("mode", current, "session/set_mode") : null;
    }

    static (AcpSetting? Setting, string? Why) Model(string model, JsonElement result)
    {
        var offered = result.Field("models").Items("availableModels").Select(each => each.Text("modelId")).OfType<string>().ToList();
        if (Option(result, "model", model) is { } option)
            return (option, null);
        if (offered.Contains(model))
            return (new("model", model, "session/set_model"), null);
        offered.AddRange(Values(result, "model"));
        return (null, offered.Count == 0
            ? $"The agent does not let its model be chosen in its protocol: remove 'model: {model}' from the profile, or say it in the "
                + "agent's own words in 'args' or 'env'."
            : $"The agent has no model '{model}'. It offers {string.Join(", ", offered.Distinct().Take(MostNamed))}"
                + $"{(offered.Count > MostNamed ? ", …" : "")}.");
    }

    // {"id":"effort","name":"Effort","category":"thought_level","type":"select","currentValue":"default","options":[{"value":"low",…}]}
    static AcpSetting? Option(JsonElement result, string category, string value)
    {
        foreach (var option in result.Items("configOptions").Where(each => each.Text("category") == category))
            if (option.Text("id") is { } id && option.Items("options").Any(each => each.Text("value") == value))
                return new(category, value, "session/set_config_option", id);
        return null;
    }

    static IEnumerable<string> Values(JsonElement result, string category) =>
        from option in result.Items("configOptions")
        where option.Text("category") == category
        from each in option.Items("options")
        where each.Text("value") is not null
        select each.Text("value");

    static string? CurrentModel(JsonElement result) => result.Field("models").Text("currentModelId")
        ?? result.Items("configOptions").Where(each => each.Text("category") == "model")
            .Select(each => each.Text("currentValue")).FirstOrDefault();

    static string? Logins(JsonElement result)
    {
        var words = result.Items("authMethods").Where(method => method.Text("id") is not null)
            .Select(method => $"{method.Text("id")} ({method.Text("description") ?? method.Text("name")})").Take(MostNamed).ToList();
        return words.Count == 0 ? null : ClippedText.Clip(string.Join(", ", words), 1000);
    }
}
