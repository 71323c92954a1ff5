using System.CommandLine;

namespace Orchestrator.Cli;

/// <summary>
/// Builds commands: every verb is a name, a sentence, its options and a function from <see cref="Invocation"/> to exit code.
/// </summary>
static class Verb
{
    /// <summary>A command that does something.</summary>
    public static Command Do(string name, string description, Func<Invocation, int> body, params Symbol[] symbols)
    {
        var command = With(new Command(name, description), symbols);
        command.SetAction(parsed => CommandLine.Run(parsed, body));
        return command;
    }

    /// <summary>The same for one that also prints in formats of other programs (<c>--format NAME</c>).</summary>
    public static Command Do(string name, string description, string[] formats, Func<Invocation, int> body, params Symbol[] symbols)
    {
        var command = With(new SpeakingCommand(name, $"{description} --format also takes {string.Join(", ", formats)}.", formats), symbols);
        command.SetAction(parsed => CommandLine.Run(parsed, body));
        return command;
    }

    static Command With(Command command, Symbol[] symbols)
    {
        foreach (var symbol in symbols)
        {
            if (symbol is Option option) command.Add(option);
            else command.Add((Argument)symbol);
        }
        return command;
    }

    /// <summary>A command that waits for processes.</summary>
    public static Command DoAsync(string name, string description, Func<Invocation, Task<int>> body, params Symbol[] symbols)
    {
        var command = With(new Command(name, description), symbols);
        command.SetAction((parsed, _) => CommandLine.RunAsync(parsed, body));
        return command;
    }

    /// <summary>A command that only holds others.</summary>
    public static Command Group(string name, string description, params Command[] verbs)
    {
        var group = new Command(name, description);
        foreach (var verb in verbs) group.Add(verb);
        return group;
    }

    /// <summary>An option with a text value, named with its dashes.</summary>
    public static Option<string> Text(string name, string description, string value, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = value };

    /// <summary>An option with a text value that may be given several times.</summary>
    public static Option<string[]> Texts(string name, string description, string value) =>
        new(name) { Description = description, HelpName = value, Arity = ArgumentArity.OneOrMore };

    /// <summary>An option without a value.</summary>
    public static Option<string> Flag(string name, string description, params string[] aliases) =>
        // Not Option<bool>: code for value types in another library is compiled at every start, and this is on every path.
        new(name, aliases) { Description = description, Arity = ArgumentArity.Zero };

    /// <summary>A positional word that must be there.</summary>
    public static Argument<string> Word(string name, string description) => new(name) { Description = description };

    /// <summary>A positional word that may be missing.</summary>
    public static Argument<string> Maybe(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.ZeroOrOne };

    /// <summary>Any number of positional words.</summary>
    public static Argument<string[]> Words(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.ZeroOrMore };

    /// <summary>The two places where an id may stand; read it with <see cref="Invocation.Id"/>.</summary>
    public static Symbol[] Id(string kind) =>
    [
        Maybe(kind, $"Id of the {kind}; any unique beginning of it."),
        Text($"--{kind}-id", $"The same as the positional {kind}.", "ID"),
    ];
}

/// <summary>A command that knows formats of other programs besides text and json.</summary>
sealed class SpeakingCommand(string name, string description, IReadOnlyList<string> formats) : Command(name, description)
{
    public IReadOnlyList<string> Formats => formats;
}
