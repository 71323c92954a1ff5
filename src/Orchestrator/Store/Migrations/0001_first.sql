-- Times are microseconds since 1970-01-01 UTC. JSON is kept as text. Order comes from numbers, never from ids.

create table counters (
  name  text not null primary key,
  value bigint not null
);
insert into counters (name, value) values ('event_seq', 0), ('event_floor', 0), ('queue_no', 0);

-- Append-only. seq is taken from counters in the inserting transaction: gapless and in commit order.
create table events (
  seq        bigint not null primary key,
  at         bigint not null,
  type       text not null,
  session_id text,
  run_id     text,
  item_id    text,
  plan_id    text,
  actor      text not null,
  data       text not null
);
create index events_session on events (session_id, seq) where session_id is not null;
create index events_run on events (run_id, seq) where run_id is not null;

create table projects (
  name            text not null primary key,
  path            text not null,
  default_profile text,
  isolation       text not null,
  created_at      bigint not null,
  updated_at      bigint not null
);

create table sessions (
  id                text not null primary key,
  created_no        bigint not null unique,
  title             text,
  project           text,
  profile           text,
  workdir           text,
  isolation         text,
  parent_session_id text,
  parent_run_id     text,
  metadata          text,
  archived_at       bigint,
  created_at        bigint not null,
  updated_at        bigint not null
);

-- The agent's own conversation id per session and agent, with the running totals some agents report.
create table agent_threads (
  session_id text not null references sessions (id),
  agent      text not null,
  thread_id  text not null,
  totals     text,
  updated_at bigint not null,
  primary key (session_id, agent)
);

create table messages (
  id         text not null primary key,
  created_no bigint not null unique,
  session_id text not null references sessions (id),
  run_id     text,
  role       text not null,
  text       text not null,
  sender     text not null,
  delivery   text not null,
  created_at bigint not null
);
create index messages_session on messages (session_id, created_no);

create table workspaces (
  id          text not null primary key,
  session_id  text not null references sessions (id),
  project     text,
  kind        text not null,
  path        text not null,
  start       text not null,
  common      text,
  branch      text,
  base        text,
  status      text not null,
  note        text,
  created_at  bigint not null,
  updated_at  bigint not null
);
create index workspaces_session on workspaces (session_id);

create table runs (
  id             text not null primary key,
  queue_no       bigint not null unique,
  session_id     text not null references sessions (id),
  item_id        text,
  parent_run_id  text,
  retry_of       text,
  status         text not null,
  reason         text,
  trigger_kind   text not null,
  profile        text not null,
  agent          text not null,
  model          text,
  attempt        integer not null,
  fence          bigint not null,
  node_id        text,
  worker_id      text,
  prompt         text not null,
  output_schema  text,
  protection     text,
  total_limit_us bigint not null,
  idle_limit_us  bigint not null,
  stop_reason    text,
  stop_actor     text,
  token_hash     text,
  created_at     bigint not null,
  started_at     bigint,
  ended_at       bigint,
  exit_code      integer,
  pid            bigint,
  pid_start      bigint,
  boot_id        text,
  workspace_id   text,
  base           text,
  result         text,
  last_message   text,
  usage          text,
  git_diff_stat  text,
  files_changed  text,
  commits        text,
  snapshot_ref   text,
  error_code     text,
  error_message  text,
  stdout_offset  bigint not null,
  stderr_offset  bigint not null,
  line_events    bigint not null,
  output_cut     text,
  transcript     text,
  last_event_at  bigint
);
-- One session runs one run at a time, oldest first: both questions are answered by this index.
create index runs_open on runs (session_id, queue_no) where ended_at is null;
create index runs_status on runs (status, queue_no) where ended_at is null;
create index runs_session on runs (session_id, queue_no);
create index runs_parent on runs (parent_run_id) where parent_run_id is not null;
create index runs_token on runs (token_hash) where token_hash is not null;

create table idempotency (
  scope      text not null,
  key        text not null,
  body_hash  text not null,
  answer     text not null,
  created_at bigint not null,
  primary key (scope, key)
);
create index idempotency_age on idempotency (created_at);
