using System.Reflection;

namespace Orchestrator.Tests.Tidy;

/// <summary>The analyzer ignores a line of BannedSymbols.txt that names nothing, so a slip there would switch a ban off unseen.</summary>
public class BannedSymbolsSpecs
{
    static readonly string[] Lines =
        SourceTree.Repository.Files.Single(f => f.Path == "BannedSymbols.txt").Lines.Where(l => l.Length > 0).ToArray();

    public static TheoryData<string> Entries => [.. Lines];

    [Theory]
    [MemberData(nameof(Entries))]
    public void Every_banned_symbol_exists_and_names_its_replacement(string entry)
    {
        var (symbol, replacement) = entry.Split(';', 2) is [var s, var r] ? (s, r) : (entry, "");
        Assert.True(replacement.Length > 5, $"{symbol} has no replacement");
        Assert.True(Exists(symbol), $"BannedSymbols.txt: there is no {symbol}");
    }

    [Theory]
    [InlineData("P:System.DateTime.Nowadays")]
    [InlineData("M:System.Threading.Tasks.Task.Delay(System.String)")]
    [InlineData("T:System.Threading.Timers")]
    public void A_symbol_that_does_not_exist_is_noticed(string symbol) => Assert.False(Exists(symbol));

    /// <summary>Documentation ids as compilers write them: kind, full name, parameter types in brackets.</summary>
    static bool Exists(string symbol)
    {
        var name = symbol[2..].Split('(')[0];
        if (symbol[0] == 'T') return TypeOf(name) is not null;
        var (type, member) = (TypeOf(name[..name.LastIndexOf('.')].TrimEnd('.')), name[(name.LastIndexOf('.') + 1)..]);
        var parameters = symbol.Contains('(') ? symbol[(symbol.IndexOf('(') + 1)..^1].Split(',') : [];
        if (symbol[0] == 'P') return type?.GetProperty(member) is not null;
        var methods = type?.GetMembers().OfType<MethodBase>().Where(m => m.Name == member.Replace('#', '.')) ?? [];
        return methods.Any(m => m.GetParameters().Select(p => p.ParameterType.FullName).SequenceEqual(parameters));
    }

    static Type? TypeOf(string name) =>
        AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetType(name)).FirstOrDefault(t => t is not null)
        ?? typeof(object).Assembly.GetType(name);
}
