using Orchestrator.Agents;
using Orchestrator.Profiles;

namespace Orchestrator.Daemon;

/// <summary>What a look at a file found.</summary>
enum Look
{
    /// <summary>It is as it was.</summary>
    Same,
    /// <summary>It says something else now, and that holds.</summary>
    Changed,
    /// <summary>It says something that cannot hold; what held before still does.</summary>
    Broken,
}

/// <summary>A configuration file that is read again when it has changed; while an edit is broken, its last good content holds.</summary>
/// <param name="path">The file; it need not be there.</param>
/// <param name="build">What holds with it. Throws <see cref="Fault"/> when nothing can.</param>
sealed class LiveFile(string path, Func<ConfigFile, InForce> build)
{
    (DateTime At, long Length)? stamp;
    (DateTime At, long Length)? emptied;
    bool read;
    InForce? holds;

    public string Path => path;

    /// <summary>Why the file as it stands now does not hold; null when it does.</summary>
    public Fault? Problem { get; private set; }

    /// <summary>What holds: the last good content. Throws the file's own mistakes when there never was any.</summary>
    public InForce Holds => holds ?? throw Problem!;

    /// <summary>Looks whether it changed since the last look; one question to the file system when it did not.</summary>
    public Look See()
    {
        var now = StampOf(path);
        if (read && now == stamp)
            return Look.Same;
        // Many editors empty a file before they write it: what is empty counts when the next look finds it so too.
        if (now is { Length: 0 } && stamp is { Length: > 0 } && now != emptied)
        {
            emptied = now;
            return Look.Same;
        }

        (read, stamp) = (true, now);
        return Build();
    }

    /// <summary>Builds again because something it stands on has changed.</summary>
    public Look Build()
    {
        try
        {
            holds = build(AgentConfig.Read(path));
            Problem = null;
            return Look.Changed;
        }
        catch (Fault fault)
        {
            Problem = fault;
            return Look.Broken;
        }
    }

    // A file may be a link into somebody's collection of settings: what counts is what it leads to.
    static (DateTime At, long Length)? StampOf(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
            file = target;
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : null;
    }
}
