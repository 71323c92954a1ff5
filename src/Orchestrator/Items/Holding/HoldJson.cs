using System.Text.Json.Serialization;

namespace Orchestrator.Items;

/// <summary>JSON of leases, the scheduler and projects: members in snake_case unless they name another word themselves.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(LeaseView))]
[JsonSerializable(typeof(ClaimItem.Request), TypeInfoPropertyName = "ClaimItemRequest")]
[JsonSerializable(typeof(ReportWork.Request), TypeInfoPropertyName = "ReportWorkRequest")]
[JsonSerializable(typeof(QueueProjects.Request), TypeInfoPropertyName = "QueueProjectsRequest")]
[JsonSerializable(typeof(ProjectProgress))]
[JsonSerializable(typeof(IReadOnlyList<ProjectProgress>))]
[JsonSerializable(typeof(PauseQueue.Request), TypeInfoPropertyName = "PauseQueueRequest")]
[JsonSerializable(typeof(IReadOnlyList<WhyNot>))]
[JsonSerializable(typeof(QueueProjects.ReadyRequest), TypeInfoPropertyName = "ReadyProjectRequest")]
[JsonSerializable(typeof(CheckWork.Finding), TypeInfoPropertyName = "CheckFinding")]
sealed partial class HoldJson : JsonSerializerContext;

/// <summary>JSON of workers and executions in the words of the first queue: members in camelCase.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(UtcTime)])]
[JsonSerializable(typeof(Workers.Request), TypeInfoPropertyName = "WorkersRequest")]
[JsonSerializable(typeof(WorkerView))]
[JsonSerializable(typeof(IReadOnlyList<WorkerView>))]
[JsonSerializable(typeof(RunItem.Request), TypeInfoPropertyName = "RunItemRequest")]
[JsonSerializable(typeof(RunItem.NextRequest), TypeInfoPropertyName = "RunNextRequest")]
[JsonSerializable(typeof(Execution))]
[JsonSerializable(typeof(IReadOnlyList<Execution>))]
sealed partial class ExecutorJson : JsonSerializerContext;
