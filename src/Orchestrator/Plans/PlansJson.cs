using System.Text.Json.Serialization;

namespace Orchestrator.Plans;

/// <summary>JSON of plans: members in snake_case, enumerations by name.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true,
    Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(PlanDraft))]
[JsonSerializable(typeof(PhaseDraft))]
[JsonSerializable(typeof(ItemDraft))]
[JsonSerializable(typeof(ImportFinding))]
[JsonSerializable(typeof(IReadOnlyList<ImportFinding>))]
[JsonSerializable(typeof(Plan))]
[JsonSerializable(typeof(IReadOnlyList<Plan>))]
[JsonSerializable(typeof(IReadOnlyList<PlanEntry>))]
[JsonSerializable(typeof(PlanDecision))]
[JsonSerializable(typeof(IReadOnlyList<PlanDecision>))]
[JsonSerializable(typeof(PlanGraph))]
[JsonSerializable(typeof(IReadOnlyList<PlanRound>))]
[JsonSerializable(typeof(ImportPlan.Request), TypeInfoPropertyName = "ImportPlanRequest")]
[JsonSerializable(typeof(ImportIssues.Request), TypeInfoPropertyName = "ImportIssuesRequest")]
[JsonSerializable(typeof(Wish))]
[JsonSerializable(typeof(IReadOnlyList<Wish>))]
[JsonSerializable(typeof(MakeWish.Request), TypeInfoPropertyName = "MakeWishRequest")]
[JsonSerializable(typeof(RetryWish.Request), TypeInfoPropertyName = "RetryWishRequest")]
[JsonSerializable(typeof(Consult))]
[JsonSerializable(typeof(IReadOnlyList<Consult>))]
[JsonSerializable(typeof(Assigning.UnitAssignment))]
[JsonSerializable(typeof(AssignPlan.Request), TypeInfoPropertyName = "AssignPlanRequest")]
[JsonSerializable(typeof(DispatchPlan.Request), TypeInfoPropertyName = "DispatchPlanRequest")]
[JsonSerializable(typeof(MovePlan.Request), TypeInfoPropertyName = "MovePlanRequest")]
[JsonSerializable(typeof(DecidePlan.Request), TypeInfoPropertyName = "DecidePlanRequest")]
[JsonSerializable(typeof(ExportPlan.Request), TypeInfoPropertyName = "ExportPlanRequest")]
sealed partial class PlansJson : JsonSerializerContext;
