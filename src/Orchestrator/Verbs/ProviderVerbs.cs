using System.CommandLine;
using Orchestrator.Cli;
using Orchestrator.Client;
using Orchestrator.Providers;

namespace Orchestrator.Verbs;

/// <summary><c>provider …</c>: whom no run asks for now, and the end of it.</summary>
static class ProviderVerbs
{
    public static Command Provider() => Verb.Group("provider", "Providers that are left alone for a while.",
        Verb.Do("list", "Those that are left alone now: why, until when, and how many runs wait.",
            call => call.Output.Document(call.Api().Providers.List())),
        Verb.Do("clear", "Lift one's cool-down: its runs start at once.",
            call => call.Output.Document(call.Api().Providers.Clear(new LiftCoolDown.Request(call.Need("provider")))),
            Verb.Word("provider", "Its name, as 'provider list' shows it.")));
}
