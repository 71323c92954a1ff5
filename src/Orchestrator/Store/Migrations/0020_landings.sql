-- Accepted work of an item on its way to its branch by itself: wanted, delivering (delivery_id says which), or handing (what did not fit
-- is being given back to its agent). The row goes when the item is done or a person must look.
create table item_landings (
  item_id      text not null primary key,
  run_id       text not null,
  stage        text not null,
  delivery_id  text,
  reason       text,
  wanted_at    bigint not null
);
create index item_landings_delivery on item_landings (delivery_id) where delivery_id is not null;
