-- How a plan goes: mode llm asks a controller where there is a choice; by_hand admits nothing by itself; write_back is the tasks.md whose
-- boxes the daemon keeps up to date, written_back that they are as they stay.
alter table plans add column mode text not null default 'deterministic';
alter table plans add column by_hand integer not null default 0;
alter table plans add column write_back text;
alter table plans add column written_back integer not null default 0;

-- What somebody said of who does a unit; where nobody said anything, rules say it each time anew.
create table plan_assignments (
  plan_id    text   not null references plans (id),
  foreign_id text   not null,
  said       text   not null,
  chosen_by  text   not null,
  why        text,
  changed_at bigint not null,
  primary key (plan_id, foreign_id)
);

-- What the manage profile is asked about a plan. about: ids it is about. answer: what holds, by it or by the rules.
create table plan_consults (
  id         text    not null primary key,
  number     bigint  not null unique,
  plan_id    text    not null references plans (id),
  kind       text    not null,
  about      text    not null,
  state      text    not null,
  run_id     text,
  repeats    integer not null default 0,
  answer     text,
  problem    text,
  late_at    bigint  not null,
  created_by text    not null,
  created_at bigint  not null,
  ended_at   bigint
);
create index plan_consults_asked on plan_consults (number) where state = 'asked';
create index plan_consults_of_plan on plan_consults (plan_id, kind, number);
