using Orchestrator.Verbs;

namespace Orchestrator.Tests.Verbs;

/// <summary>The text of parallel tasks as orders, and their layers.</summary>
public class TaskTextSpecs
{
    static string Block(string headers, string? body) =>
        $"---TASK---\n{headers}\n{(body is null ? "" : $"---CONTENT---\n{body}\n")}";

    [Fact]
    public void Blocks_become_orders_with_all_that_their_headers_say()
    {
        var (tasks, remarks) = TaskText.Read(
            Block("id: api\nworkdir: services/api\nbackend: one\ntarget_window: w\nnote: ignored", "Add it.\n\nA line: no header.")
            + Block("id: ui\r\nworkdir: /srv", "Call it.")
            + Block("id: more\nsession_id: abc\ndependencies: api, ui", "The rest."), "/home/me", "given");
        Assert.Empty(remarks);
        Assert.Equal(
            [("api", "/home/me/services/api", "one", null, true, 1), ("ui", "/srv", "given", null, false, 2),
                ("more", "/home/me", "given", "abc", false, 3)],
            tasks.Select(task => (task.Id, task.Folder, task.Backend, task.Session, task.Windowed, task.Block)));
        Assert.Equal("Add it.\n\nA line: no header.", tasks[0].Prompt);
        Assert.Equal(["api", "ui"], tasks[2].DependsOn);
    }

    [Fact]
    public void A_long_task_reaches_its_agent_whole()
    {
        var body = new string('x', 300_000);
        Assert.Equal(body, TaskText.Read(Block("id: a", body), "/", null).Tasks[0].Prompt);
    }

    public static readonly TheoryData<string, string[]> Bad = new()
    {
        { "", ["is empty"] },
        { "just words", ["---TASK---"] },
        { "---TASK---\nid: a\nwords", ["Block 1 (id a)", "---CONTENT---"] },
        { Block("id: a", "x") + Block("workdir: .", "y"), ["Block 2", "no id"] },
        { Block("id: a", ""), ["Block 1 (id a)", "no text"] },
        { Block("id: a\nsession_id:", "x"), ["Block 1 (id a)", "empty session_id"] },
        { Block("id: a", "x") + Block("id: a", "y"), ["Block 2: ", "have the id a"] },
        { Block("id: a", "x") + Block("id: b\ndependencies: zz", "y"), ["Block 2: b depends on zz"] },
        { Block("id: a\ndependencies: b", "x") + Block("id: b\ndependencies: a", "y"), ["Block 1: ", "a -> b -> a"] },
        { Block("id: a\ndependencies: a", "x"), ["Block 1: ", "a -> a"] },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_mistake_refuses_the_whole_text_and_is_named_with_block_and_id(string text, string[] says)
    {
        var fault = Assert.Throws<Fault>(() => TaskText.Read(text, "/", null));
        Assert.All(says, part => Assert.Contains(part, fault.Message, StringComparison.Ordinal));
        Assert.Equal("Nothing was started.", fault.Hint);
    }

    [Fact]
    public void All_mistakes_are_told_at_once()
    {
        var fault = Assert.Throws<Fault>(() => TaskText.Read(Block("workdir: .", "x") + Block("id: b", null), "/", null));
        Assert.Equal(2, fault.Message.Split('\n').Length);
    }

    static TaskOrder Task(string id, string[] on, string[]? after = null) =>
        new() { Id = id, Prompt = "x", Folder = "/", DependsOn = on, After = after ?? [] };

    [Fact]
    public void A_task_stands_in_the_first_layer_behind_all_it_waits_for()
    {
        var layers = TaskLayers.Of([Task("d", ["b", "c"]), Task("a", []), Task("b", ["a"]), Task("c", []), Task("e", [], ["c"])]);
        Assert.Equal(["a c", "b e", "d"], layers.Select(layer => string.Join(' ', layer.Select(task => task.Id))));
    }

    [Fact]
    public void Two_tasks_that_say_they_write_one_file_are_put_in_order()
    {
        var (tasks, remarks) = TaskText.Read(Block("id: a\nwrites: x.cs", "1") + Block("id: b\nwrites: x.cs", "2"), "/", null);
        Assert.Equal(2, TaskLayers.Of(tasks).Count);
        Assert.Empty(tasks[1].DependsOn);
        Assert.Contains("b was put after a", Assert.Single(remarks), StringComparison.Ordinal);
    }
}
