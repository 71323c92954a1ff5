using Orchestrator.Templates;

namespace Orchestrator.Tests.Templates;

public class PromptTemplateSpecs
{
    const string NoValue = "Template 't' (built in), line 2: {{task}} has no value; give --var task=TEXT or --var task=@FILE.";

    [Theory]
    [InlineData("Do {{task}}.", "task=it", "Do it.\n")]
    [InlineData("{{ task }} and {{task}}", "task=x", "x and x\n")]
    [InlineData("{{task}}", "task={{other}} $& \\1", "{{other}} $& \\1\n")]
    [InlineData("write \\{{x}} {{task}}", "task=a", "write {{x}} a\n")]
    [InlineData("# A\n{{task}}\n\n# B\n{{more?}}\n\n# C\nend", "task=t", "# A\nt\n\n# C\nend\n")]
    [InlineData("# A\n{{task}}\n\n# B\n{{more?}}\n\n# C\nend", "task=t|more=m", "# A\nt\n\n# B\nm\n\n# C\nend\n")]
    [InlineData("{{task}} {{more?}}", "task=t", "t \n")]
    [InlineData("plain\r\ntext", "", "plain\ntext\n")]
    public void Values_are_put_in_as_they_are(string text, string values, string prompt) =>
        Assert.Equal(prompt, PromptTemplate.Parse("t", "built in", text).Fill(Values(values)));

    [Theory]
    [InlineData("a\n{{task}}", "", NoValue)]
    [InlineData("a\n{{task}}", "task= ", NoValue)]
    [InlineData("{{task}}", "tsak=x", "Template 't' (built in): there is no name 'tsak'; did you mean 'task'?")]
    [InlineData("a\nb {{Bad Name}}", "",
        "Template 't' (built in), line 2: '{{Bad Name}}' holds no name in its {{ }}: a name is small letters, digits and _, with ? "
        + "behind it when it may be left out. Write \\{{ for the signs themselves.")]
    public void What_does_not_fit_is_refused_with_template_name_and_line(string text, string values, string message) =>
        Assert.Equal(message, Assert.Throws<Fault>(() => PromptTemplate.Parse("t", "built in", text).Fill(Values(values))).Message);

    [Theory]
    [InlineData("{{")]
    [InlineData("{{}}")]
    [InlineData("{{a??}}")]
    [InlineData("${{ secrets.KEY }}")]
    [InlineData("{{1a}}")]
    public void What_only_looks_like_a_name_is_refused(string text) =>
        Assert.Equal(FaultCode.Unprocessable, Assert.Throws<Fault>(() => PromptTemplate.Parse("t", "x", text)).Code);

    [Fact]
    public void The_refusal_says_what_is_known() => Assert.Equal("It asks for: task, context (may be left out).",
        Assert.Throws<Fault>(() => PromptTemplate.Parse("t", "x", "{{task}} {{context?}}").Fill(Values("other=1"))).Hint);

    [Fact]
    public void The_built_in_templates_ask_for_task_and_acceptance_and_end_with_the_strict_answer()
    {
        var all = new TemplateShelf(null, "/nowhere").All();
        Assert.Equal(["deep", "review", "spark"], all.Select(one => one.Name));
        Assert.All(all, one =>
        {
            Assert.Equal("built in", one.Origin);
            Assert.Equal(["task", "context", "acceptance"], one.Names.Select(name => name.Name));
            var prompt = one.Fill(Values("task=Fix it|acceptance=It works"));
            Assert.Contains("Fix it", prompt, StringComparison.Ordinal);
            Assert.DoesNotContain("# Context", prompt, StringComparison.Ordinal);
            Assert.Contains("{\"goal_met\": true or false, \"summary\"", prompt, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_projects_template_counts_before_ones_own_before_the_built_in_and_a_copy_counts_for_nothing()
    {
        var root = Directory.CreateTempSubdirectory("templates-").FullName;
        try
        {
            var (project, data) = (Path.Combine(root, "project"), Path.Combine(root, "data"));
            var (theirs, mine) = (TemplateShelf.OfProject(project), TemplateShelf.OfData(data));
            Directory.CreateDirectory(theirs);
            Directory.CreateDirectory(mine);
            File.WriteAllText(Path.Combine(mine, "spark.md"), TemplateShelf.CopyMark + "\nchanged");
            File.WriteAllText(Path.Combine(mine, "deep.md"), "mine {{task}}");
            File.WriteAllText(Path.Combine(mine, "review.md"), "mine");
            File.WriteAllText(Path.Combine(theirs, "review.md"), "theirs");
            File.WriteAllText(Path.Combine(theirs, "release.md"), "{{version}}");
            var shelf = new TemplateShelf(project, data);
            Assert.Equal("built in", shelf.Of("spark").Origin);
            Assert.Equal(Path.Combine(mine, "deep.md"), shelf.Of("deep").Origin);
            Assert.Equal(Path.Combine(theirs, "review.md"), shelf.Of("review").Origin);
            Assert.Equal(["deep", "release", "review", "spark"], shelf.All().Select(one => one.Name));
            Assert.Contains("did you mean 'release'", Assert.Throws<Fault>(() => shelf.Of("relaese")).Message, StringComparison.Ordinal);
            Assert.Throws<Fault>(() => shelf.Of("../../deep"));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    static Dictionary<string, string> Values(string text) => text.Split('|', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
}
