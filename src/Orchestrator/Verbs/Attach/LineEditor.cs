using System.Text;

namespace Orchestrator.Verbs;

/// <summary>What a key meant.</summary>
enum Typed
{
    /// <summary>The line changed.</summary>
    Edit,
    /// <summary>Enter: <see cref="LineEditor.Taken"/> is the line.</summary>
    Line,
    /// <summary>Ctrl-C, or Ctrl-D on an empty line.</summary>
    Leave,
}

/// <summary>
/// One line of typed text: keys as a terminal in raw mode sends them (UTF-8; xterm's sequences for arrows; bracketed paste) in, the line
/// out. A pasted line end does not send: what is pasted is one message.
/// </summary>
sealed class LineEditor
{
    const byte Escape = 27;

    /// <summary>Most bytes of one line, so that a stuck key costs nothing.</summary>
    const int Most = 256 * 1024;

    readonly List<string> past = [];
    readonly List<byte> sequence = [];
    readonly List<byte> character = [];
    readonly StringBuilder line = new();
    int cursor, back;
    bool pasting;

    /// <summary>The line as it is now.</summary>
    public string Text => line.ToString();

    /// <summary>Where the next character goes, in characters from the beginning.</summary>
    public int Cursor => cursor;

    /// <summary>The line that Enter sent.</summary>
    public string Taken { get; private set; } = "";

    /// <summary>Puts a text into the line, as if it had been typed.</summary>
    public void Fill(string text)
    {
        line.Clear().Append(text);
        cursor = line.Length;
    }

    /// <summary>Takes one byte.</summary>
    public Typed Take(byte key)
    {
        if (sequence.Count > 0) return InSequence(key);
        if (key == Escape)
        {
            sequence.Add(key);
            return Typed.Edit;
        }
        if (key >= 0x80 || character.Count > 0) return InCharacter(key);
        return key switch
        {
            3 => Typed.Leave,
            4 when line.Length == 0 => Typed.Leave,
            13 or 10 when pasting => Insert("\n"),
            13 or 10 => Enter(),
            9 => Insert(" "),
            127 or 8 => Delete(1),
            1 => Move(-cursor),
            5 => Move(line.Length - cursor),
            21 => Delete(cursor),
            23 => Delete(cursor - WordBegin()),
            >= 32 => Insert(((char)key).ToString()),
            _ => Typed.Edit,
        };
    }

    Typed Enter()
    {
        Taken = line.ToString();
        if (Taken.Length > 0 && (past.Count == 0 || past[^1] != Taken)) past.Add(Taken);
        (back, cursor) = (0, 0);
        line.Clear();
        return Typed.Line;
    }

    /// <summary>Bytes of one character, until they are whole; what is no UTF-8 is dropped.</summary>
    Typed InCharacter(byte key)
    {
        character.Add(key);
        var status = Rune.DecodeFromUtf8([.. character], out var rune, out _);
        if (status == System.Buffers.OperationStatus.NeedMoreData) return Typed.Edit;
        character.Clear();
        return status == System.Buffers.OperationStatus.Done ? Insert(rune.ToString()) : Typed.Edit;
    }

    // ESC [ A, ESC [ 3 ~, ESC O H, ESC [ 200 ~; a lone ESC and another key: both are passed over.
    Typed InSequence(byte key)
    {
        sequence.Add(key);
        if (sequence.Count == 2 && key is (byte)'[' or (byte)'O') return Typed.Edit;
        if (sequence.Count > 2 && key is < 0x40 and >= 0x20 && sequence.Count < 16) return Typed.Edit;
        var word = Encoding.Latin1.GetString([.. sequence])[1..];
        sequence.Clear();
        switch (word)
        {
            case "[200~": pasting = true; break;
            case "[201~": pasting = false; break;
            case "[A" or "OA": return Past(1);
            case "[B" or "OB": return Past(-1);
            case "[C" or "OC": return Move(1);
            case "[D" or "OD": return Move(-1);
            case "[H" or "OH" or "[1~": return Move(-cursor);
            case "[F" or "OF" or "[4~": return Move(line.Length - cursor);
            case "[3~" when cursor < line.Length:
                Move(1);
                return Delete(1);
        }
        return Typed.Edit;
    }

    Typed Past(int step)
    {
        back = Math.Clamp(back + step, 0, past.Count);
        Fill(back == 0 ? "" : past[^back]);
        return Typed.Edit;
    }

    Typed Insert(string text)
    {
        if (line.Length >= Most) return Typed.Edit;
        line.Insert(cursor, text);
        cursor += text.Length;
        return Typed.Edit;
    }

    Typed Delete(int characters)
    {
        characters = Math.Min(characters, cursor);
        // Both halves of a character outside the basic plane.
        if (characters == 1 && cursor > 1 && char.IsLowSurrogate(line[cursor - 1])) characters = 2;
        line.Remove(cursor - characters, characters);
        cursor -= characters;
        return Typed.Edit;
    }

    Typed Move(int characters)
    {
        cursor = Math.Clamp(cursor + characters, 0, line.Length);
        if (cursor > 0 && cursor < line.Length && char.IsLowSurrogate(line[cursor])) cursor += characters < 0 ? -1 : 1;
        return Typed.Edit;
    }

    int WordBegin()
    {
        var at = cursor;
        while (at > 0 && line[at - 1] == ' ') at--;
        while (at > 0 && line[at - 1] != ' ') at--;
        return at;
    }
}
