using System.Text.Json.Nodes;
using Orchestrator.Agents;
using Orchestrator.Gates;
using Orchestrator.Items;
using Orchestrator.Profiles;
using Orchestrator.Routing;
using Orchestrator.Runs;
using Orchestrator.Sessions;
using Orchestrator.Store;
using Orchestrator.Templates;
using Orchestrator.Workspaces;

namespace Orchestrator.Reviews;

/// <summary>
/// One review from wanted to over. What reads files and runs git is done first; what follows from it is one transaction, which looks once
/// more whether it is still wanted. A daemon that dies in between does the first part again.
/// </summary>
/// <param name="policyOf">How closely a project's work is reviewed.</param>
/// <param name="templates">The user's own; a repository's do not count, for nobody says how his own work is looked at.</param>
sealed class Reviewer(ReviewStore reviews, ReviewFlow flow, ReviewCopies copies, Admission admission, SessionStore sessions, RunStore runs,
    Func<string?, ReviewPolicy> policyOf, TemplateShelf templates, string checksFolder)
{
    /// <summary>How often a reviewer whose answer cannot be read is asked again.</summary>
    const int MostRepeats = 1;

    static readonly RunOverrides ReadOnly = new(null, ConfigKeys.Word(Sandbox.ReadOnly));

    readonly Database store = reviews.Store;

    /// <summary>What a review is about.</summary>
    sealed record Subject(Round Round, Item Item, Run Author, Workspace Workspace);

    /// <summary>Queues the reviewer's run, in a copy of the work.</summary>
    public async Task Begin(Review review, CancellationToken stop)
    {
        if (store.Read(db => Find(db, review)) is not { } subject)
        {
            await Overtaken(review);
            return;
        }
        var folder = subject.Workspace.Start;
        string? common = null, print;
        string prompt;
        try
        {
            prompt = Prompt(subject);
            print = await copies.Print(subject.Workspace, stop);
            if (subject.Round.Commit is { } commit && subject.Workspace.Common is { } repository)
            {
                common = repository;
                await copies.Make(repository, review.Id, commit, stop);
                folder = Path.Combine(copies.Of(review.Id), Path.GetRelativePath(subject.Workspace.Path, subject.Workspace.Start));
                folder = Directory.Exists(folder) ? Path.GetFullPath(folder) : copies.Of(review.Id);
            }
        }
        catch (Exception e) when (e is Fault or IOException or UnauthorizedAccessException)
        {
            await store.Write(transaction => GiveUp(transaction, review, e.Message, common));
            return;
        }
        Checkpoint.Reach(Checkpoint.ReviewPlaced);
        var chosen = Choose(subject.Item, review.Slot);
        await store.Write(transaction =>
        {
            if (Find(transaction.Db, review) is { } still)
                Queue(transaction, still, review, new Place(folder, common, print), chosen, prompt);
            else
                Settle(transaction, review);
        });
        Checkpoint.Reach(Checkpoint.ReviewBegun);
    }

    /// <summary>Its profile: the one that is named for reviewers of that number, else what routing says.</summary>
    Func<Chosen> Choose(Item item, int slot)
    {
        var named = policyOf(item.Project).ProfileOf(slot);
        var chosen = admission.Choose(new RouteAsk
        {
            Requested = named,
            Phase = Phases.Review,
            Kind = item.Kind,
            Labels = item.Labels,
            Project = item.Project,
        });
        return named is null ? chosen : () => chosen() with { Why = $"reviews.profiles names it for reviewer {slot}" };
    }

    /// <summary>Where a reviewer works.</summary>
    /// <param name="Folder">Where it starts.</param>
    /// <param name="Common">The repository that knows its copy; null when it has none.</param>
    /// <param name="Print">What the author's workspace looks like.</param>
    sealed record Place(string Folder, string? Common, string? Print);

    void Queue(WriteTransaction transaction, Subject subject, Review review, Place place, Func<Chosen> chosen, string prompt)
    {
        Chosen taken;
        try
        {
            taken = chosen();
        }
        catch (Fault fault)
        {
            GiveUp(transaction, review, fault.Message, place.Common);
            return;
        }
        var title = $"Review {subject.Round.No}.{review.Slot}: {subject.Item.Title}";
        title = title.Length <= SessionRules.TitleLimit ? title : title[..SessionRules.TitleLimit];
        var session = sessions.Create(transaction, new NewSession(title, subject.Item.Project, null, place.Folder, null), "daemon");
        var run = admission.Queue(transaction, session, () => taken, new RunWish(prompt, "review")
        {
            ItemId = subject.Item.Id,
            OutputSchema = ReviewReading.Schema,
            Overrides = taken.Profile.Sandbox == Sandbox.ReadOnly ? null : ReadOnly,
            // What its provider is to blame for is tried again by itself; what it answers is judged here.
            Retry = RetryMode.Provider,
            AskNobody = true,
        }, "daemon");
        sessions.AddMessage(transaction, session.Id, "user", prompt, "daemon", run.Id);
        ReviewStore.KeepPrint(transaction, subject.Round.Id, place.Print);
        reviews.Advance(transaction, review, ReviewStep.Begin, new ReviewChange
        {
            RunId = run.Id, Profile = run.Profile, Common = place.Common,
        });
    }

    string Prompt(Subject subject)
    {
        // A round that a person wanted is about the check of the one before.
        var (check, earlier, isSecurity) = store.Read(db => (RoundRows.OfItem(db, subject.Item.Id)
                .LastOrDefault(one => one.CheckId is not null && one.RunId == subject.Round.RunId)?.CheckId is { } id
                ? CheckRows.Find(db, id) : null,
            FindingRows.OfItem(db, subject.Item.Id).Where(one => one.State == FindingState.Sent).ToList(),
            db.Text("select care from items where id = @id", ("@id", subject.Item.Id)) == "security-sensitive"));
        var diff = check is null ? "" : Diff(Path.Combine(checksFolder, check.Id, "diff.patch"));
        var brief = new ReviewBrief(subject.Item, subject.Round, check?.Order.Base, check?.Summary, diff, earlier, isSecurity);
        return templates.Own(Phases.Review) is { } own ? ReviewText.Order(brief, own) : ReviewText.Order(brief);
    }

    static string Diff(string path)
    {
        if (new FileInfo(path) is not { Exists: true, LinkTarget: null, Length: > 0 })
            return "";
        using var reader = new StreamReader(path);
        var text = new char[ReviewText.DiffLength];
        var length = reader.ReadBlock(text, 0, text.Length);
        return new string(text, 0, length).Replace("\0", "", StringComparison.Ordinal)
            + (reader.Peek() < 0 ? "" : "\n(There is more; the rest is in the repository.)");
    }

    /// <summary>Looks at what the reviewer's run came to.</summary>
    public async Task Judge(Review review, CancellationToken stop)
    {
        var (subject, run) = store.Read(db => (Find(db, review), Last(db, review.RunId!)));
        if (run.Id != review.RunId)
            await store.Write(transaction => ReviewStore.FollowRun(transaction, review.Id, run.Id));
        if (run.EndedAt is null)
            return;
        if (subject is null)
        {
            await Overtaken(review);
            return;
        }
        var (read, problem) = ReadOf(run, [copies.Of(review.Id), subject.Workspace.Path]);
        var mayRepeat = problem is not null && read is null && IsUnreadable(run) && review.Repeats < MostRepeats;
        IReadOnlyList<string> changed = review.Common is { } common && subject.Round.Commit is { } commit
            ? await copies.Changed(common, review.Id, commit, stop) : [];
        var touched = subject.Round.WorkPrint is { } before && await copies.Print(subject.Workspace, stop) != before;
        await store.Write(transaction =>
        {
            if (Find(transaction.Db, review) is not { } still || RoundRows.FindReview(transaction.Db, review.Id)!.RunId != run.Id)
                Settle(transaction, review);
            else if (read is not null)
                Give(transaction, still, review, read, changed, touched);
            else if (mayRepeat)
                Repeat(transaction, still, review, run, problem!);
            else
                GiveUp(transaction, review, problem!, null, touched);
        });
        Checkpoint.Reach(Checkpoint.ReviewGiven);
    }

    static Run Last(Connection db, string id)
    {
        var run = RunRows.Get(db, id);
        while (run.NextRunId is { } next)
            run = RunRows.Get(db, next);
        return run;
    }

    /// <summary>Its answer was there and could not be read, or was not there; the agent itself did well.</summary>
    static bool IsUnreadable(Run run) =>
        run.Status == RunStatus.Succeeded || run.Reason is EndReason.InvalidResult or EndReason.NoResult;

    static (ReadReview? Read, string? Problem) ReadOf(Run run, IReadOnlyList<string> folders)
    {
        if (run.Status == RunStatus.Succeeded)
            return ReviewReading.Read(run.Result?.Json, folders);
        var said = run.Error?.Message is { Length: > 0 } message ? $": {ReviewReading.Text(message, 1000)}" : ".";
        return (null, $"Run {run.Id} ended {RunLifecycle.Word(run.Status)}{(run.Reason is { } reason ? $" ({reason})" : "")}{said}");
    }

    void Give(WriteTransaction transaction, Subject subject, Review review, ReadReview read, IReadOnlyList<string> changed, bool touched)
    {
        var given = reviews.Advance(transaction, review, ReviewStep.Give, new ReviewChange
        {
            Verdict = read.Verdict,
            Summary = read.Summary,
            ChangedFiles = changed,
            Touched = touched,
            Data = new JsonObject { ["findings"] = read.Findings.Count, ["left_out"] = read.LeftOut },
        });
        if (given is null)
            return;
        foreach (var said in read.Findings)
            ReviewStore.Say(transaction, new Finding
            {
                Id = Ids.New(),
                ItemId = subject.Item.Id,
                RunId = subject.Author.Id,
                RoundId = subject.Round.Id,
                ReviewId = review.Id,
                Project = subject.Item.Project,
                SaidBy = given.Profile ?? "review",
                Severity = said.Severity,
                File = said.File,
                Line = said.Line,
                EndLine = said.EndLine,
                Title = said.Title,
                Detail = said.Detail,
                Suggestion = said.Suggestion,
                State = FindingState.Open,
                CreatedAt = Times.From(transaction.Now),
            });
        flow.Settle(transaction, subject.Round.Id);
    }

    void Repeat(WriteTransaction transaction, Subject subject, Review review, Run run, string problem)
    {
        // One that remembers its conversation need not be told the whole again.
        var remembers = SessionStore.Thread(transaction.Db, run.SessionId, run.Agent) is not null;
        var prompt = remembers ? ReviewText.AskAgain(problem) : $"{ReviewText.AskAgain(problem)}\n{run.Prompt}";
        var next = runs.Insert(transaction, NewRun.Like(run, prompt) with
        {
            Trigger = "review",
            ItemId = subject.Item.Id,
            Title = run.Title,
        }, "daemon");
        sessions.AddMessage(transaction, run.SessionId, "user", prompt, "daemon", next.Id);
        reviews.Advance(transaction, review, ReviewStep.Repeat, new ReviewChange { RunId = next.Id, Problem = problem });
    }

    void GiveUp(WriteTransaction transaction, Review review, string problem, string? common, bool touched = false)
    {
        reviews.Advance(transaction, review, ReviewStep.GiveUp, new ReviewChange { Problem = problem, Common = common, Touched = touched });
        flow.Settle(transaction, review.RoundId);
    }

    Task Overtaken(Review review) => store.Write(transaction => Settle(transaction, review));

    /// <summary>Its round, or its item, went on without it.</summary>
    void Settle(WriteTransaction transaction, Review review)
    {
        var round = RoundRows.Get(transaction.Db, review.RoundId);
        if (RoundLifecycle.IsFinal(round.State))
            flow.CallOff(transaction, round, "daemon");
        else
            flow.Drop(transaction, round, "The item went on without it.");
    }

    /// <summary>Null when nobody wants it any more.</summary>
    static Subject? Find(Connection db, Review review)
    {
        if (RoundRows.Find(db, review.RoundId) is not { State: RoundState.Reviewing } round
            || RoundRows.FindReview(db, review.Id) is not { State: ReviewState.Wanted or ReviewState.Running }
            || ItemRows.Find(db, round.ItemId) is not { State: ItemStatus.Review } item || item.RunId != round.RunId
            || RunRows.Find(db, round.RunId ?? "") is not { Workspace: { } place } author
            || WorkspaceStore.Find(db, place.Id) is not { } workspace)
            return null;
        return new Subject(round, item, author, workspace);
    }
}
