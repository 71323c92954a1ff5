-- Agents that are spoken with while they run. The word of the protocol, null for the agent's plain one.
alter table runs add column protocol text;

-- What somebody wants of a run at work: kind is answer, message or stop. taken_at: its agent's input holds it, or it came to nothing.
create table run_commands (
  no         bigint not null primary key,
  run_id     text not null references runs (id),
  kind       text not null,
  data       text not null,
  message_id text,
  request_id text,
  created_at bigint not null,
  taken_at   bigint
);
create index run_commands_open on run_commands (run_id, no) where taken_at is null;

-- All lines for an agent's standard input, where they begin in it and how long they are, in bytes. Stored with what they follow from, and
-- then written: what of them is missing in the file is written by whoever comes next.
create table run_lines (
  run_id  text not null references runs (id),
  no      integer not null,
  start   bigint not null,
  bytes   bigint not null,
  line    text not null,
  at      bigint not null,
  primary key (run_id, no)
);

-- The agent's own id of the question, where it asks in its protocol.
alter table requests add column agent_ask_id text;
