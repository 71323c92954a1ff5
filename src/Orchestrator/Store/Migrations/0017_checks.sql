-- The daemon's own checks of work, each with what is needed to do it, so that a restart or an edit of the configuration changes nothing.
-- kind: worktree, shared, folder or own as of the workspace, or integrated: the tree a delivery is about to put on its branch.
create table checks (
  id                  text not null primary key,
  created_no          bigint not null unique,
  run_id              text,
  item_id             text,
  delivery_id         text,
  session_id          text,
  workspace_id        text,
  kind                text not null,
  path                text not null,
  start               text not null,
  common              text,
  base                text,
  branch              text,
  commands            text not null,
  time_limit_us       bigint not null,
  problem             text,
  expects_changes     integer not null,
  writes              text,
  allow_removed_tests integer not null,
  criteria            text not null,
  requested_by        text not null,
  state               text not null,
  fence               bigint not null,
  checked_commit      text,
  verdict             text,
  summary             text,
  created_at          bigint not null,
  started_at          bigint,
  ended_at            bigint
);
create index checks_open on checks (created_no) where ended_at is null;
create index checks_run on checks (run_id, created_no);

-- What a check saw. folder: below the data folder's checks, where a command's output is.
create table check_evidence (
  check_id   text not null references checks (id),
  no         bigint not null,
  kind       text not null,
  outcome    text not null,
  command    text,
  exit_code  integer,
  folder     text,
  tail       text,
  text       text not null,
  criterion  text,
  started_at bigint,
  ended_at   bigint,
  primary key (check_id, no)
);
