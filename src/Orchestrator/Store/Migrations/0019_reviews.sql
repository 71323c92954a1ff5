-- What is thought of work: a round for each check that passed, in it one review for each reviewer that is a run, and what they and people
-- found. A review's state and its run are written in one transaction: no reviewer is started twice.
alter table items add column reviews integer;

create table review_rounds (
  id             text not null primary key,
  created_no     bigint not null unique,
  item_id        text not null,
  no             integer not null,
  run_id         text,
  session_id     text,
  check_id       text unique,
  project        text,
  source_commit  text,
  wanted         integer not null,
  state          text not null,
  decision       text,
  severity       text,
  summary        text,
  decided_by     text,
  follow_run_id  text,
  work_print     text,
  created_at     bigint not null,
  ended_at       bigint,
  unique (item_id, no)
);
create index review_rounds_open on review_rounds (item_id) where ended_at is null;

create table reviews (
  id             text not null primary key,
  created_no     bigint not null unique,
  round_id       text not null references review_rounds (id),
  item_id        text not null,
  slot           integer not null,
  state          text not null,
  run_id         text,
  profile        text,
  repeats        integer not null,
  common         text,
  verdict        text,
  summary        text,
  problem        text,
  changed_files  text not null,
  touched        integer not null,
  created_at     bigint not null,
  started_at     bigint,
  ended_at       bigint,
  unique (round_id, slot)
);
create index reviews_open on reviews (created_no) where ended_at is null;

-- One remark. A draft is a person's that was not sent; deferred ones are debt. same_as: another one says the same, and more severely.
create table review_findings (
  id             text not null primary key,
  created_no     bigint not null unique,
  item_id        text,
  run_id         text,
  round_id       text,
  review_id      text,
  project        text,
  said_by        text not null,
  severity       text not null,
  file           text,
  line           integer,
  end_line       integer,
  title          text not null,
  detail         text not null,
  suggestion     text,
  state          text not null,
  same_as        text,
  note           text,
  created_at     bigint not null,
  closed_at      bigint,
  closed_by      text
);
create index review_findings_item on review_findings (item_id, created_no);
create index review_findings_run on review_findings (run_id, created_no);
create index review_findings_debt on review_findings (project, created_no) where state = 'deferred';
