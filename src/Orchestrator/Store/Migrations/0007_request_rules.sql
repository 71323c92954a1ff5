-- Rules for requests that people made, by hand or by an answer. Those of files stay in their files. Null fits all; removed ones are kept,
-- because requests name the rule that answered them.
create table request_rules (
  id         text not null primary key,
  created_no bigint not null unique,
  action     text not null,
  kind       text,
  tool       text,
  command    text,
  exact      text,
  path       text,
  profile    text,
  project    text,
  run_id     text,
  note       text,
  request_id text,
  created_at bigint not null,
  created_by text not null,
  removed_at bigint,
  removed_by text
);
create index request_rules_live on request_rules (run_id, created_no) where removed_at is null;
