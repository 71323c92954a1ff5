namespace Orchestrator.Plans.Assigning;

/// <summary>How much care a unit needs, in the words of an assignment.</summary>
static class CareWords
{
    public const string Standard = "standard";
    public const string Complex = "complex";
    public const string Security = "security-sensitive";

    public static readonly IReadOnlyList<string> All = [Standard, Complex, Security];

    /// <summary>The criticality of an item; null, which is normal, for the others: complex work gets the reviewers of critical work, and
    /// no person has to accept it.</summary>
    public static string? Criticality(string word) => word == Security ? "high" : null;
}

/// <summary>
/// What sort of work a unit is, and how much care it needs, by its words and its files. Only what is clear counts: work is code, and
/// standard, when nothing says otherwise. Pure.
/// </summary>
static class WorkWords
{
    static readonly HashSet<string> Ui = new(StringComparer.Ordinal)
    {
        "frontend", "ui", "ux", "component", "components", "css", "scss", "tailwind", "page", "pages", "form", "forms", "layout",
            "layouts", "styling",
        "button", "buttons", "modal", "modals", "responsive", "screen", "screens", "react", "vue", "svelte", "html", "widget", "widgets",
            "navbar",
        "sidebar", "theme", "tooltip", "accessibility",
    };

    static readonly HashSet<string> Code = new(StringComparer.Ordinal)
    {
        "backend", "api", "apis", "database", "schema", "migration", "migrations", "endpoint", "endpoints", "service", "services", "server",
        "repository", "middleware", "script", "scripts", "algorithm", "parser", "queue", "cli", "worker", "sql", "lambda", "docker",
            "store",
    };

    // Writing without blanks: these are looked for anywhere.
    static readonly string[] UiParts = ["页面", "组件", "前端", "頁面", "元件", "画面", "コンポーネント", "フロントエンド", "컴포넌트", "화면"];
    static readonly string[] CodeParts = ["接口", "数据库", "后端", "後端", "資料庫", "データベース", "バックエンド", "サーバー", "데이터베이스", "서버"];
    static readonly HashSet<string> Reviews = new(StringComparer.Ordinal) { "review", "audit", "checkpoint" };
    static readonly string[] UiFiles = [".css", ".scss", ".sass", ".less", ".html", ".jsx", ".tsx", ".vue", ".svelte", ".razor", ".xaml",
        ".storyboard"];
    static readonly string[] Secure = ["security", "secure", "auth", "authentication", "authorization", "password", "passwords", "token",
        "tokens",
        "credential", "credentials", "secret", "secrets", "encryption", "encrypt", "encrypted", "oauth", "permission", "permissions"];
    static readonly string[] Complex = ["refactor", "refactoring", "migration", "migrate", "integration", "architecture", "concurrency"];

    /// <summary>One of <see cref="WorkTypes"/>.</summary>
    /// <param name="title">Of the unit.</param>
    /// <param name="steps">Titles of its steps.</param>
    /// <param name="files">What it writes.</param>
    public static string TypeOf(string title, IReadOnlyList<string> steps, IReadOnlyList<string> files)
    {
        if (IsReview(title) || (steps.Count > 0 && steps.All(IsReview)))
            return WorkTypes.Review;
        if (files.Count > 0)
            return files.Count(file => UiFiles.Any(end => file.EndsWith(end, StringComparison.OrdinalIgnoreCase))) * 2 > files.Count
                ? WorkTypes.Ui : WorkTypes.Code;
        var titles = steps.Prepend(title).ToList();
        var ui = titles.Count(one => Has(one, Ui, UiParts));
        return ui * 2 >= titles.Count && ui > titles.Count(one => Has(one, Code, CodeParts)) ? WorkTypes.Ui : WorkTypes.Code;
    }

    /// <summary>One of <see cref="CareWords"/>, by the titles alone: details speak of everything.</summary>
    public static string CareOf(string title, IReadOnlyList<string> steps)
    {
        var words = steps.Prepend(title).SelectMany(Words).ToHashSet(StringComparer.Ordinal);
        return Secure.Any(words.Contains) ? CareWords.Security : Complex.Any(words.Contains) ? CareWords.Complex : CareWords.Standard;
    }

    /// <summary>Tests of properties are somebody's view of work, and they are written all the same.</summary>
    public static bool IsPropertyTest(string title) => title.Contains("property test", StringComparison.OrdinalIgnoreCase)
        || title.Contains("property-based test", StringComparison.OrdinalIgnoreCase);

    static bool IsReview(string title) => IsPropertyTest(title)
        || (Words(title).FirstOrDefault() is { } first && Reviews.Contains(first))
        || Words(title).Take(2).SequenceEqual(["final", "checkpoint"]);

    static bool Has(string text, HashSet<string> words, string[] parts) =>
        Words(text).Any(words.Contains) || parts.Any(part => text.Contains(part, StringComparison.Ordinal));

    static IEnumerable<string> Words(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length && i <= 2000; i++)
        {
            if (i < text.Length && char.IsLetterOrDigit(text[i]))
                start = start < 0 ? i : start;
            else if (start >= 0)
            {
                yield return text[start..i].ToLowerInvariant();
                start = -1;
            }
        }
    }
}
