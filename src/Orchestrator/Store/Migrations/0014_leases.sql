-- Who holds an item, and until when; null for a lease that ends only by an answer. One open lease for each item.
create table item_leases (
  id         text    not null primary key,
  item_id    text    not null references items (id),
  fence      integer not null,
  agent_id   text    not null,
  mode       text    not null,
  workspace  text,
  artifacts  text,
  length_us  integer,
  taken_at   integer not null,
  expires_at integer,
  ended_at   integer,
  ended_how  text,
  report     text
) strict;
create unique index item_leases_open on item_leases (item_id) where ended_at is null;
create index item_leases_item on item_leases (item_id, fence);
create index item_leases_expiry on item_leases (expires_at) where ended_at is null and expires_at is not null;

-- Outside workers as they last told of themselves.
create table queue_workers (
  agent_id text    not null primary key,
  status   text    not null,
  seen_at  integer not null
) strict;
