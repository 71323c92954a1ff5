-- Work on its way to a branch of its repository. Those of one repository go one after the other, by created_no. What is needed to go on
-- after a crash is here: integrated was verified (check_id) on top of expected, and the branch moves from expected to it or not at all.
create table deliveries (
  id               text not null primary key,
  created_no       bigint not null unique,
  run_id           text not null,
  item_id          text,
  session_id       text not null,
  project          text,
  common           text not null,
  start            text not null,
  source_branch    text,
  source_commit    text not null,
  target           text not null,
  strategy         text not null,
  verify           integer not null,
  update_checkout  integer not null,
  message          text,
  requested_by     text not null,
  state            text not null,
  attempts         integer not null,
  expected         text,
  integrated       text,
  check_id         text,
  verdict          text,
  reason           text,
  error            text,
  conflict         text,
  handed_to        text,
  created_at       bigint not null,
  started_at       bigint,
  ended_at         bigint
);
create index deliveries_open on deliveries (created_no) where ended_at is null;
create index deliveries_run on deliveries (run_id, created_no);
