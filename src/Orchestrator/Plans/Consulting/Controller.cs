using Orchestrator.Profiles;
using Orchestrator.Routing;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;

namespace Orchestrator.Plans;

/// <summary>Asks the manage profile about a plan: question, session and run are one. Where no run can be started, the rules decide at
/// once, and that is told.</summary>
sealed class Controller(ConsultStore consults, PlanNeeds needs)
{
    static readonly RunOverrides ReadOnly = new(null, ConfigKeys.Word(Sandbox.ReadOnly));

    /// <summary>Who is asked. It reads files, so never on the writing thread; refused only when it is used.</summary>
    public Func<Chosen> Choose(string? project) => needs.Admission.Choose(new RouteAsk { Phase = Phases.Manage, Project = project });

    /// <summary>Asks what a pass found to be asked. True when something was.</summary>
    public bool Follow(WriteTransaction transaction, string planId, PlanMoves moves, Func<Chosen> chosen)
    {
        if (moves.Choose.Count + moves.Consult.Count == 0)
            return false;
        var plan = PlanRows.Get(transaction.Db, planId);
        var units = PlanRows.Items(transaction.Db, planId).ToDictionary(unit => unit.ItemId);
        if (moves.Choose.Count > 0)
            Ask(transaction, plan, new Question(ConsultKinds.Order, moves.Choose,
                ConsultText.Order(plan, [.. moves.Choose.Select(id => units[id])], moves.Free)), chosen, PlanStore.Actor);
        foreach (var id in moves.Consult)
            if (plan.Decisions.FirstOrDefault(one => one.ItemId == id) is { } decision && units.TryGetValue(id, out var unit))
                Ask(transaction, plan, new Question(ConsultKinds.Decide, [id], ConsultText.Decide(plan, unit, decision.Text)), chosen,
                    PlanStore.Actor);
        return true;
    }

    /// <summary>What is asked.</summary>
    /// <param name="About">Ids of items; none for all of the plan's.</param>
    public sealed record Question(string Kind, IReadOnlyList<string> About, string Prompt);

    /// <summary>Queues the run that is asked.</summary>
    /// <exception cref="Fault">Nobody can be asked who does what.</exception>
    public Consult Ask(WriteTransaction transaction, Plan plan, Question question, Func<Chosen> chosen, string actor)
    {
        Chosen taken;
        try
        {
            taken = chosen();
        }
        catch (Fault refusal) when (question.Kind != ConsultKinds.Assign)
        {
            var nobody = consults.Insert(transaction, plan.Id, question.Kind, question.About, null, actor);
            return consults.End(transaction, nobody, ByRules(nobody), refusal.Message)!;
        }

        var title = $"{question.Kind}: {plan.Title}";
        title = title.Length <= 100 ? title : title[..(char.IsHighSurrogate(title[98]) ? 98 : 99)] + "…";
        // Who assigns looks at the project's files; the others need nothing of them, and a worktree takes its time.
        var session = needs.Sessions.Create(transaction, new NewSession(title, question.Kind == ConsultKinds.Assign ? plan.Project : null,
            null, null, null), actor);
        var run = needs.Admission.Queue(transaction, session, () => taken, new RunWish(question.Prompt, "plan")
        {
            OutputSchema = ConsultText.SchemaOf(question.Kind),
            Overrides = taken.Profile.Sandbox == Sandbox.ReadOnly ? null : ReadOnly,
            Retry = RetryMode.Provider,
            AskNobody = true,
        }, actor);
        needs.Sessions.AddMessage(transaction, session.Id, "user", question.Prompt, actor, run.Id);
        return consults.Insert(transaction, plan.Id, question.Kind, question.About, run.Id, actor);
    }

    /// <summary>What holds where no answer can be used; null where the rules say it elsewhere.</summary>
    public static IReadOnlyList<string>? ByRules(Consult consult) => consult.Kind switch
    {
        ConsultKinds.Order => consult.About,
        ConsultKinds.Decide => [ConsultReply.Person],
        _ => null,
    };
}
