using Orchestrator.Gates;

namespace Orchestrator.Tests.Gates;

public class ConflictMarksSpecs
{
    [Theory]
    [InlineData("+<<<<<<< HEAD\n+a\n+=======\n+b\n+>>>>>>> main", "a.txt")]
    [InlineData("+<<<<<<< HEAD\n a\n+>>>>>>> main\n+<<<<<<< HEAD\n+>>>>>>> main", "a.txt")]
    [InlineData("+<<<<<<< HEAD\n+never closed", "")]
    [InlineData("+Title\n+=======\n+>>>>>>> quoted", "")]
    [InlineData("-<<<<<<< HEAD\n->>>>>>> main\n <<<<<<< HEAD\n >>>>>>> main", "")]
    [InlineData("+<<<<<<<<<< HEAD\n+>>>>>>>>>> main", "")]
    public void Only_a_file_that_got_both_markers_has_a_conflict(string hunk, string found)
    {
        var diff = $"diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n{hunk}\ndiff --git a/b b/b\n+>>>>>>> x\n+++ b/b";
        Assert.Equal(found, string.Join(',', ConflictMarks.Left(diff.Split('\n'))));
    }
}
