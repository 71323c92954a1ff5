using System.Text;

namespace Orchestrator.AgentLoop;

/// <summary>What every run tells the model first. Pure.</summary>
static class SystemPrompt
{
    /// <summary>Longest part of a project's own instructions that is passed on, in characters.</summary>
    public const int LongestInstructions = 32 * 1024;

    /// <summary>The prompt.</summary>
    /// <param name="workspace">Folder the model works in.</param>
    /// <param name="canChange">Whether it has tools that write and run.</param>
    /// <param name="instructions">The project's AGENTS.md; null when there is none.</param>
    /// <param name="schema">What the last answer must match; null for plain text.</param>
    public static string Of(string workspace, bool canChange, string? instructions, string? schema)
    {
        var prompt = new StringBuilder($"""
            You are a coding agent. You work alone in the folder {workspace}; nobody answers questions while you work.
            Look before you change: find the files that matter with list_files and search, and read what you are about to edit.
            Paths are relative to the folder. Nothing outside it is yours.

            """);
        prompt.Append(canChange
            ? """
                Change only what the task needs. Prefer edit_file for existing files.
                Use run to build and test, and say so when you could not.
                Do not commit, push or switch branches unless the task says so.

                """
            : "You may look only: nothing can be written and no command be run.\n");
        prompt.Append("When a tool fails, read its message and try another way; do not repeat a call that failed.\n"
            + "When the task is done, answer without calling a tool: what you did, what you checked, what is left, in a few sentences.\n");
        if (schema is not null)
            prompt.Append($"That last answer must be one JSON object, without any other text, that matches this JSON Schema:\n{schema}\n");
        if (!string.IsNullOrWhiteSpace(instructions))
            prompt.Append($"\nThe project's own instructions (AGENTS.md):\n{Bounded(instructions.Trim())}\n");
        return prompt.ToString();
    }

    static string Bounded(string text) =>
        text.Length <= LongestInstructions ? text : text[..LongestInstructions] + "\n[cut; read AGENTS.md for the rest]";
}
