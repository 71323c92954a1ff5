using System.Text;

namespace Orchestrator.Agents.Codex;

/// <summary>Codex runs every command of its model by a shell of its own; what the model wrote is that shell's script.</summary>
static class CodexShell
{
    static readonly string[] Shells = ["sh", "bash", "zsh"];

    // /bin/bash -lc 'touch appr.txt'      /bin/bash -lc "echo it's"      /usr/bin/zsh -c ls
    /// <summary>The script of a command as Codex tells it; the command itself when it has another form.</summary>
    public static string Script(string command) =>
        Words(command) is [var shell, "-lc" or "-c", var script] && Shells.Contains(shell[(shell.LastIndexOf('/') + 1)..])
            ? script : command;

    /// <summary>Words with their quotes taken away; null when there is anything but words and quotes.</summary>
    static List<string>? Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (inWord, quote) = (false, '\0');
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (quote == '\'' ? c == '\'' : quote == '"' ? c == '"' : c is '\'' or '"')
                (inWord, quote) = (true, quote == '\0' ? c : '\0');
            else if (quote == '\'')
                word.Append(c);
            else if (c == '\\' && at + 1 < text.Length && (quote == '\0' || text[at + 1] is '$' or '`' or '"' or '\\'))
                (inWord, _) = (true, word.Append(text[++at]));
            else if (quote == '\0' && c == ' ')
            {
                if (inWord)
                    words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
            else if (c is '$' or '`' || (quote == '\0' && ";|&()<>\n\t*?[]{}~#!".Contains(c, StringComparison.Ordinal)))
                return null;
            else
                (inWord, _) = (true, word.Append(c));
        }
        if (inWord)
            words.Add(word.ToString());
        return quote == '\0' ? words : null;
    }
}
