namespace Orchestrator.Terminals;

/// <summary>
/// Our own terminal, given to us key by key: no echo, no line editing, no signals from keys, and line ends have to be written as CR LF.
/// Disposing gives it back as it was.
/// </summary>
sealed unsafe class RawTerminal : IDisposable
{
    // Larger than struct termios anywhere (60 bytes on Linux, 72 on macOS); the C library alone looks inside.
    const int SettingsBytes = 256;
    const int Input = 0, Output = 1, Now = 0;

    readonly byte[] before = new byte[SettingsBytes];
    readonly Lock gate = new();
    bool given;

    RawTerminal()
    {
    }

    /// <summary>Takes the terminal of standard input; null when it is none.</summary>
    public static RawTerminal? Take()
    {
        var terminal = new RawTerminal();
        var raw = stackalloc byte[SettingsBytes];
        fixed (byte* settings = terminal.before)
        {
            if (Native.TerminalGet(Input, settings) != 0)
                return null;
            new Span<byte>(settings, SettingsBytes).CopyTo(new Span<byte>(raw, SettingsBytes));
        }

        Native.TerminalMakeRaw(raw);
        return Native.TerminalSet(Input, Now, raw) == 0 ? terminal : null;
    }

    /// <summary>Reads keys as they come; 0 or less when the terminal is gone. Not by the runtime's own stream: that one reads whole lines
    /// and echoes them itself.</summary>
    public static int Read(Span<byte> keys) => Native.Read(Input, keys);

    /// <summary>Columns of the terminal standard output is; null when it is none, or does not say.</summary>
    public static int? Columns()
    {
        // struct winsize: rows, columns, and two of no interest, 16 bits each.
        var size = stackalloc ushort[4];
        var answered = OperatingSystem.IsMacOS()
            ? Native.DeviceControlOnApple(Output, 0x40087468, 0, 0, 0, 0, 0, 0, size)
            : Native.DeviceControl(Output, 0x5413, size);
        return answered == 0 && size[1] > 0 ? size[1] : null;
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (given)
                return;
            given = true;
            fixed (byte* settings = before)
                _ = Native.TerminalSet(Input, Now, settings);
        }
    }
}
