-- Whether a run gets on, as it was found by looking at its processes: {"status", "health"}; null while nothing speaks against it.
alter table runs add column health text;

-- What was done about runs that did nothing. A step stands here before it is done. episode: the time of the run's last output.
create table healing_steps (
  no       bigint not null primary key,
  run_id   text   not null references runs (id),
  episode  bigint not null,
  step     text   not null,
  why      text   not null,
  at       bigint not null,
  done_at  bigint,
  next_run text
);
insert into counters (name, value) values ('healing_no', 0);
create unique index healing_steps_once on healing_steps (run_id, episode, step);

-- Rules that answer questions.
alter table request_rules add column question text;
alter table request_rules add column reply text;

-- How often a plan's state is told, and when it was told last; null for the setting, and for never.
alter table plans add column heartbeat_us bigint;
alter table plans add column told_at bigint;
