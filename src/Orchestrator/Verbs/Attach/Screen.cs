using System.Text;
using Orchestrator.Cli;
using Orchestrator.Terminals;

namespace Orchestrator.Verbs;

/// <summary>
/// Where a live view is written: lines that stay, wrapped to the width of this moment, and below them the line that is being typed,
/// drawn again after every change. Safe to use from several threads.
/// </summary>
sealed class Screen(Surroundings around, bool color, bool isTerminal)
{
    const int PlainWidth = 80;

    /// <summary>Below this width times are left out.</summary>
    const int WidthForTimes = 64;

    readonly Lock gate = new();
    LineEditor? editor;
    bool shown;

    /// <summary>Line ends that work in raw mode too.</summary>
    string NewLine => editor is null ? "\n" : "\r\n";

    /// <summary>From now on a line is typed at the bottom; null ends that.</summary>
    public void Edit(LineEditor? line)
    {
        lock (gate)
        {
            if (editor is not null) Write(Clear() + "\u001b[?2004l");
            editor = line;
            if (line is not null) Write("\u001b[?2004h" + Typing());
        }
    }

    /// <summary>Does something to the typed line and shows it.</summary>
    public T Change<T>(Func<LineEditor, T> change)
    {
        lock (gate)
        {
            var result = change(editor!);
            Redraw();
            return result;
        }
    }

    /// <summary>Draws the typed line again: its width may have changed.</summary>
    public void Redraw()
    {
        lock (gate)
        {
            if (editor is not null) Write(Clear() + Typing());
        }
    }

    /// <summary>Writes lines that stay.</summary>
    public void Print(IEnumerable<ShownLine> lines)
    {
        lock (gate)
        {
            var text = new StringBuilder(Clear());
            var width = isTerminal ? RawTerminal.Columns() ?? PlainWidth : int.MaxValue;
            foreach (var line in lines) Append(text, line, width);
            if (editor is not null) text.Append(Typing());
            Write(text.ToString());
        }
    }

    /// <summary>A remark of the view itself.</summary>
    public void Remark(string text, Tone tone = Tone.Faint) =>
        Print(SafeText.Lines(text).Select(line => new ShownLine(tone, '·', line)));

    void Append(StringBuilder text, ShownLine line, int width)
    {
        var times = width >= WidthForTimes;
        var head = times ? $"{line.At ?? "        "} {line.Mark} " : $"{line.Mark} ";
        var (before, after) = color ? Sgr(line.Tone) : ("", "");
        var rows = width == int.MaxValue ? [line.Text] : SafeText.Wrap(line.Text, width - head.Length - 1);
        foreach (var row in rows)
        {
            text.Append(color && times ? $"\u001b[2m{head[..9]}\u001b[0m{before}{head[9..]}" : before + head);
            text.Append(row).Append(after).Append(NewLine);
            head = new string(' ', head.Length);
        }
    }

    static (string Before, string After) Sgr(Tone tone) => tone switch
    {
        Tone.Faint => ("\u001b[2m", "\u001b[0m"),
        Tone.Said => ("\u001b[1m", "\u001b[0m"),
        Tone.Tool => ("\u001b[36m", "\u001b[0m"),
        Tone.Change => ("\u001b[34m", "\u001b[0m"),
        Tone.Warning => ("\u001b[33m", "\u001b[0m"),
        Tone.Asked => ("\u001b[1;35m", "\u001b[0m"),
        Tone.Good => ("\u001b[32m", "\u001b[0m"),
        Tone.Bad => ("\u001b[1;31m", "\u001b[0m"),
        _ => ("", ""),
    };

    // The typed line takes one row, whatever its length: only then can it be wiped by going to the row's beginning.
    string Clear()
    {
        if (!shown) return "";
        shown = false;
        return "\r\u001b[J";
    }

    string Typing()
    {
        shown = true;
        var room = Math.Max(8, (RawTerminal.Columns() ?? PlainWidth) - 4);
        var text = editor!.Text;
        var (left, right) = (One(text[..editor.Cursor]), One(text[editor.Cursor..]));
        left = SafeText.Tail(left, room);
        var rest = SafeText.Wrap(right, Math.Max(4, room - SafeText.Columns(left))).First();
        if (SafeText.Columns(left) + SafeText.Columns(rest) > room) rest = "";
        var back = SafeText.Columns(rest);
        return $"{(color ? "\u001b[1m>\u001b[0m " : "> ")}{left}{rest}{(back > 0 ? $"\u001b[{back}D" : "")}";
    }

    static string One(string typed) => SafeText.Line(typed.Replace('\n', '⏎'));

    void Write(string text)
    {
        if (text.Length > 0) around.Out.Write(text);
    }
}
