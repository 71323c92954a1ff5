-- Families of sessions, what a run waits for, and the requests it asks.

-- Null root: the session is the first of its family. Depth 0 likewise.
alter table sessions add column root_session_id text;
alter table sessions add column depth integer not null default 0;
create index sessions_parent on sessions (parent_session_id) where parent_session_id is not null;
create index sessions_root on sessions (root_session_id) where root_session_id is not null;
create index sessions_parent_run on sessions (parent_run_id) where parent_run_id is not null;

-- While waiting_since is set, the run's clocks stand still; waited_us is what came together before.
alter table runs add column waiting_for text;
alter table runs add column waiting_since bigint;
alter table runs add column waited_us bigint not null default 0;
-- What the agent itself reported as the outcome, before its end.
alter table runs add column outcome text;

-- Why a message was dropped; and whether its coming starts a run in the session (on_child: run).
alter table messages add column note text;
alter table messages add column wakes integer not null default 0;
create index messages_run on messages (run_id) where run_id is not null;
create index messages_wakes on messages (created_no) where wakes = 1;

create table requests (
  id            text not null primary key,
  created_no    bigint not null unique,
  kind          text not null,
  run_id        text not null references runs (id),
  session_id    text not null references sessions (id),
  to_session_id text,
  text          text not null,
  options       text not null,
  detail        text,
  risk          text,
  state         text not null,
  answer        text,
  answered_by   text,
  rule          text,
  message_id    text,
  on_expiry     text not null,
  expires_at    bigint,
  created_at    bigint not null,
  answered_at   bigint,
  picked_up_at  bigint
);
create index requests_open on requests (run_id, created_no) where state = 'open';
create index requests_state on requests (state, created_no);
create index requests_expiry on requests (expires_at) where state = 'open' and expires_at is not null;
