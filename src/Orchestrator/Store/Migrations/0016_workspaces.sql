-- The range of ports a worktree has while it stands; when its setup was done; who wants it removed, and since when, while its teardown
-- runs.
alter table workspaces add column ports_from bigint;
alter table workspaces add column ports_count bigint;
alter table workspaces add column set_up_at bigint;
alter table workspaces add column removal_at bigint;
alter table workspaces add column removal_actor text;

-- Commands of the project's setup and teardown, each held like a run, its output in the folder of its id. batch: what they were run for;
-- a command that succeeded is not run again for the same. run_id: the run that waits for it, or null. fence: greater with each daemon that
-- holds it.
create table workspace_commands (
  id           text not null primary key,
  workspace_id text not null references workspaces (id),
  batch        text not null,
  run_id       text,
  kind         text not null,
  step         bigint not null,
  argv         text not null,
  project_folder text not null,
  fence        bigint not null default 0,
  status       text not null,
  exit_code    bigint,
  problem      text,
  limit_us     bigint not null,
  started_at   bigint not null,
  ended_at     bigint
);
create index workspace_commands_workspace on workspace_commands (workspace_id);
create index workspace_commands_open on workspace_commands (id) where ended_at is null;
