-- Files that runs of an item really changed beyond what it declares: they count as claimed while it is at work.
alter table items add column touched text not null default '[]';
