using Orchestrator.Store;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Store;

/// <summary>The schema goes forward only, checked, in transactions, with a copy taken before.</summary>
public class MigrationsSpecs
{
    static readonly Migrations.Step One = new(1, "one", "create table a (x integer not null); insert into a values (1);");
    static readonly Migrations.Step Two = new(2, "two", "alter table a add column y text;");

    [Fact]
    public void What_is_missing_is_applied_once_and_a_copy_is_asked_for_only_when_there_is_content()
    {
        using var store = new TempStore(open: false);
        using var db = Db(store);
        var copies = new List<int>();

        Migrations.Apply(db, [One], 1, copies.Add);
        Assert.Empty(copies);
        Migrations.Apply(db, [One, Two], 2, copies.Add);
        Migrations.Apply(db, [One, Two], 3, copies.Add);

        Assert.Equal([2], copies);
        Assert.Equal([1L, 2], db.Query("select applied_at from schema_migrations order by version", row => row.GetInt64(0)));
        Assert.Equal(1, db.Number("select count(*) from a"));
    }

    [Fact]
    public void A_schema_newer_than_the_program_is_refused_and_left_as_it_is()
    {
        using var store = new TempStore(open: false);
        using var db = Db(store);
        Migrations.Apply(db, [One, Two], 1, _ => { });

        var refusal = Assert.Throws<Fault>(() => Migrations.Apply(db, [One], 2, _ => Assert.Fail("no copy is needed")));

        Assert.Contains("newer than this agentd", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(2, db.Number("select count(*) from schema_migrations"));
    }

    [Fact]
    public void A_text_that_changed_after_it_ran_is_refused()
    {
        using var store = new TempStore(open: false);
        using var db = Db(store);
        Migrations.Apply(db, [One], 1, _ => { });

        var refusal = Assert.Throws<Fault>(() => Migrations.Apply(db, [One with { Sql = One.Sql + " " }, Two], 2, _ => { }));

        Assert.Contains("differs from the one that made this database", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1, db.Number("select count(*) from schema_migrations"));
    }

    [Fact]
    public void A_text_that_fails_half_way_leaves_nothing_of_it()
    {
        using var store = new TempStore(open: false);
        using var db = Db(store);
        Migrations.Apply(db, [One], 1, _ => { });
        var broken = new Migrations.Step(2, "broken",
            "insert into a values (2); create table b (x integer); insert into nowhere values (1);");

        Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => Migrations.Apply(db, [One, broken], 2, _ => { }));

        Assert.Equal(1, db.Number("select count(*) from a"));
        Assert.Equal(0, db.Number("select count(*) from sqlite_master where name = 'b'"));
        Migrations.Apply(db, [One, Two], 3, _ => { });
    }

    [Fact]
    public async Task A_copy_is_whole_is_made_once_and_does_not_stumble_over_half_a_one()
    {
        using var store = new TempStore();
        await store.Append(text: "kept");
        store.Close();
        var copy = store.Path + ".before-0002";
        await File.WriteAllTextAsync(copy + ".tmp", "half a copy", TestContext.Current.CancellationToken);
        using var db = Db(store);

        Database.Backup(db, store.Path, 2);
        db.Script("delete from events");
        Database.Backup(db, store.Path, 2);

        using var copied = new Connection(copy, readOnly: true);
        Assert.Equal(1, copied.Number("select count(*) from events"));
        Assert.Equal("ok", copied.Text("pragma integrity_check"));
        Assert.False(File.Exists(copy + ".tmp"));
    }

    [Theory]
    [InlineData("insert into schema_migrations values (9999, 'later', 'x', 0)", "newer than this agentd")]
    [InlineData("update schema_migrations set checksum = 'x'", "differs from the one that made this database")]
    [InlineData("delete from events where seq = 2", "its counter says 2")]
    public async Task A_database_that_is_not_as_this_program_made_it_is_refused_and_not_touched(string harm, string why)
    {
        using var store = new TempStore();
        await store.Append();
        await store.Append();
        store.Close();
        using (var db = Db(store))
            db.Script(harm);
        var before = await File.ReadAllBytesAsync(store.Path, TestContext.Current.CancellationToken);

        var refusal = Assert.Throws<Fault>(store.Open);

        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(store.Path, TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFiles(store.Folder, "*.before-*"));
    }

    static Connection Db(TempStore store)
    {
        NativeSqlite.Load();
        return new Connection(store.Path, readOnly: false);
    }
}
