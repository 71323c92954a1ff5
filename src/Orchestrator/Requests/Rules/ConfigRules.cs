using System.Globalization;
using Orchestrator.Profiles;

namespace Orchestrator.Requests;

/// <summary>The rules a configuration file holds under <c>request_rules</c>.</summary>
static class ConfigRules
{
    // request_rules:
    //   - {action: allow, command: "git status*"}
    //   - {action: answer, question: "Continue with the next step? *", reply: "yes", project: demo}
    //   - {action: deny, path: "migrations/**", note: "Migrations are written by hand."}
    /// <summary>Its rules, in order. Throws <see cref="Fault"/> naming file, line and key of the first mistake.</summary>
    /// <param name="file">The file.</param>
    /// <param name="prefix">What their ids begin with.</param>
    public static IReadOnlyList<RequestRule> Of(ConfigFile file, string prefix) =>
        [.. file.RequestRules.Select((keys, index) => Rule(file, keys, prefix, index))];

    static RequestRule Rule(ConfigFile file, ConfigGroup keys, string prefix, int index)
    {
        var origin = $"{file.File}:{keys.Line.ToString(CultureInfo.InvariantCulture)}";
        var rule = new RequestRule
        {
            Id = $"{prefix}:{(index + 1).ToString(CultureInfo.InvariantCulture)}",
            Origin = origin,
            Action = keys.Get<string>("action") ?? "",
            Command = keys.Get<string>("command"),
            Exact = keys.Get<string>("exact"),
            Path = keys.Get<string>("path"),
            Tool = keys.Get<string>("tool"),
            Kind = keys.Get<string>("kind"),
            Profile = keys.Get<string>("profile"),
            Project = keys.Get<string>("project"),
            Question = keys.Get<string>("question"),
            Reply = keys.Get<string>("reply"),
            Note = keys.Get<string>("note"),
        };
        return rule.Wrong() is { } wrong
            ? throw new Fault(FaultCode.InvalidRequest,
                $"{origin}: request_rules[{index.ToString(CultureInfo.InvariantCulture)}].{wrong.Field}: {wrong.Problem}")
            : rule;
    }
}
