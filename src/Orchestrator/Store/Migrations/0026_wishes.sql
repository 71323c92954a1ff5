-- Wishes in plain words: each is planned by a run, whose result becomes a plan.
-- starts: who wished consents to the plan before it is there. repeats: how often a result went back to the planner.
create table wishes (
  id         text    not null primary key,
  number     bigint  not null unique,
  body       text    not null,
  project    text    not null,
  status     text    not null,
  run_id     text    not null,
  plan_id    text,
  starts     integer not null,
  repeats    integer not null default 0,
  problem    text,
  findings   text    not null default '[]',
  created_by text    not null,
  created_at bigint  not null,
  updated_at bigint  not null
);
create index wishes_planning on wishes (number) where status = 'planning';
