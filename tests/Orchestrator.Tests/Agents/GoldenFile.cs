using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Tests.Agents;

/// <summary>Files that say what an adapter makes of a capture. A wanted change: run with UPDATE_GOLDEN=1 and read the diff.</summary>
static class GoldenFile
{
    public static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    /// <summary>Fails unless the file says just this.</summary>
    public static void Says(string path, string actual)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"{path} is missing; run once with UPDATE_GOLDEN=1 and read it.");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
