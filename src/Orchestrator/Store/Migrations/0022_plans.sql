-- Plans: documents that became items in phases. What the source said is kept as JSON, so that an export can give it back.
create table plans (
  id            text   not null primary key,
  number        bigint not null unique,
  title         text   not null,
  source_kind   text   not null,
  source_key    text   not null unique,
  project       text   not null,
  status        text   not null,
  reason        text,
  with_optional integer not null default 0,
  draft         text   not null,
  created_by    text   not null,
  created_at    bigint not null,
  updated_at    bigint not null,
  started_at    bigint,
  ended_at      bigint
);
create index plans_going on plans (id) where status in ('running', 'needs_decision');

-- held: why its items do not start, in words; null when they may.
create table plan_phases (
  plan_id   text    not null references plans (id),
  no        integer not null,
  phase_key text    not null,
  name      text    not null,
  gate      text    not null,
  state     text    not null,
  passed_by text,
  held      text,
  draft     text    not null,
  opened_at bigint,
  done_at   bigint,
  primary key (plan_id, no)
);
create index plan_phases_held on plan_phases (plan_id, no) where held is not null;

-- gone: the source does not name it any more.
create table plan_items (
  plan_id    text    not null references plans (id),
  foreign_id text    not null,
  item_id    text    not null unique,
  place_no   integer not null,
  phase_no   integer not null,
  optional   integer not null,
  gone       integer not null default 0,
  draft      text    not null,
  primary key (plan_id, foreign_id)
);

create table plan_steps (
  item_id    text    not null,
  no         integer not null,
  step_id    text    not null,
  state      text    not null,
  note       text,
  changed_at bigint  not null,
  primary key (item_id, no)
);

create table plan_sources (
  plan_id text    not null references plans (id),
  no      integer not null,
  name    text    not null,
  body    text    not null,
  primary key (plan_id, no)
);

create table plan_findings (
  plan_id text    not null references plans (id),
  no      integer not null,
  finding text    not null,
  primary key (plan_id, no)
);

-- What only a person can say: how a unit goes on, or that a phase does.
create table plan_decisions (
  id         text    not null primary key,
  created_no bigint  not null unique,
  plan_id    text    not null references plans (id),
  kind       text    not null,
  item_id    text,
  phase_no   integer,
  body       text    not null,
  options    text    not null,
  state      text    not null,
  choice     text,
  note       text,
  decided_by text,
  created_at bigint  not null,
  decided_at bigint
);
create index plan_decisions_open on plan_decisions (plan_id, created_no) where state = 'open';

-- Each project's ready items of plans, for projects that do not run by themselves.
create index items_next_planned on items (project, rank desc, number)
  where status = 'ready' and open_dependencies = 0 and steps = 0 and plan_id is not null;
insert into counters (name, value) values ('plan_no', 0);
