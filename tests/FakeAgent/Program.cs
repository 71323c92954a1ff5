// A scripted agent: a real process that does what a script says, also the ugly things agents do.
//
// Where the script comes from (the first that is given):
//   --script FILE        one step per line; empty lines and lines starting with # are skipped
//   --script-text TEXT   the same, given as one argument
//   other arguments      a prompt, when one has lines starting with !: these lines are the steps
//   stdin                a prompt, read to its end: its lines starting with ! are the steps
// A prompt without steps prints "done" and exits 0. Every step is flushed before the next one starts.
//
// Steps. PATH and other single words may be "in quotes"; TEXT is the rest of the line, \n in it is a line break, \\ a backslash.
//   print TEXT           TEXT and a line break on stdout            err TEXT             the same on stderr
//   half TEXT            TEXT without a line break                  raw BASE64           these bytes on stdout (e.g. not UTF-8)
//   lines N [PREFIX]     PREFIX1 .. PREFIXN, one each line, in one go ("line " when no PREFIX is given)
//   long BYTES           one line of that many bytes x              flood BYTES          that many bytes in lines of 100
//   result JSON          JSON on a line                             agentctl JSON        {"agentctl":JSON} on a line
//   env NAME             NAME=value (NAME alone when not set)       cwd                  the current folder
//   args                 one line "arg TEXT" per argument           stdin                echoes stdin (or the prompt read from it)
//   pid                  "pid N"                                    prompt               echoes the prompt without its steps
//   wait-file PATH       blocks until PATH exists                   sleep MS             blocks so long (a slow agent)
//   write PATH TEXT      TEXT and a line break as the whole file    append PATH TEXT     the same at its end
//   touch PATH           creates or re-dates PATH                   remove PATH          deletes the file when it is there
//   git ARGS..           git with these words, its output passed on; a failure ends the script with git's exit code
//   run PROGRAM ARGS..   the same for any program
//   spawn TEXT           spawns a child with this task; prints "spawned RUN"      spawn-as PROFILE TEXT   the same with a profile
//   wait-children        waits for all it spawned, answers what they ask ("yes to …"); prints "child RUN STATUS" for each
//   ask KIND TEXT        asks its parent and waits: prints "answered yes to …"; KIND is an API word, status waits for nothing
//   family DEPTH WIDTH   spawns a whole tree, waits for it; each member asks its parent once
//   close-stdout         the reader sees the end of the stream; the process lives on
//   ignore TERM|INT|HUP|..   really ignored (as by trap ''), inherited by children
//   grandchild SECONDS [setsid]   leaves `sleep SECONDS` behind that holds stdout and stderr; prints "grandchild PID"
//   spin                 burns one core for ever                    hang                 blocks for ever
//   exit N               ends now with that code                    kill-self SIGNAL     dies by that signal (name or number)
// After the last step the exit code is 0. A step that cannot be done is told on stderr and ends the script with 64.

using Orchestrator.FakeAgent;

try
{
    return new Player(Script.From(args)).Play();
}
catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException or IndexOutOfRangeException)
{
    Console.Error.WriteLine($"fake-agent: {error.Message}");
    return 64;
}
