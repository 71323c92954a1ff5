-- Work items, what they wait for, who holds them. Order comes from number; rank is fixed when an item is made (docs/adr/0010).
create table items (
  id                text    not null primary key,
  number            integer not null unique,
  title             text    not null,
  description       text    not null,
  criteria          text    not null,
  status            text    not null,
  priority          integer not null,
  complexity        text    not null,
  project           text    not null,
  plan_id           text,
  phase             text,
  phase_no          integer not null,
  parent_id         text    references items (id),
  kind              text,
  labels            text    not null,
  writes            text    not null,
  reads             text    not null,
  profile           text,
  criticality       text    not null,
  assignee          text,
  due_date          text,
  output            text,
  repo_output       text,
  delivery          text,
  artifacts         text    not null,
  report            text,
  created_by        text    not null,
  created_at        integer not null,
  updated_at        integer not null,
  rank              integer not null,
  open_dependencies integer not null default 0,
  steps             integer not null default 0,
  attempts          integer not null default 0,
  idle_runs         integer not null default 0,
  not_before        integer,
  unchecked         integer not null default 0,
  run_id            text,
  agent_id          text,
  lease_id          text,
  fence             integer not null default 0
) strict;
create index items_status on items (status, number);
create index items_project on items (project, number);
create index items_parent on items (parent_id) where parent_id is not null;
create index items_at_work on items (project, number) where status = 'in_flight' and steps = 0;
-- Each project's ready items in the order in which they would start.
create index items_next on items (project, rank desc, number) where status = 'ready' and open_dependencies = 0 and steps = 0;

-- item_id cannot start before on_id is done.
create table item_dependencies (
  item_id text not null references items (id),
  on_id   text not null references items (id),
  primary key (item_id, on_id)
) strict, without rowid;
create index item_dependents on item_dependencies (on_id, item_id);

-- Why a blocked item is blocked; it has at least one while it is.
create table item_causes (
  item_id text    not null references items (id),
  kind    text    not null,
  ref     text    not null,
  text    text    not null,
  since   integer not null,
  primary key (item_id, kind, ref)
) strict, without rowid;

create index runs_item on runs (item_id) where item_id is not null;
insert into counters (name, value) values ('item_no', 0);
