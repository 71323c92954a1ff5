-- When a person last moved an item: what came before counts no longer.
alter table items add column moved_at integer not null default 0;

-- Breakers that are open: nothing of the item starts by itself. ends_at: null until somebody moves the item.
create table item_breakers (
  item_id   text   not null,
  kind      text   not null,
  text      text   not null,
  opened_at bigint not null,
  ends_at   bigint,
  primary key (item_id, kind)
);
