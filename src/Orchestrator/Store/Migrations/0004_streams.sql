-- A watcher of a rare type must not read a million common events to find three: types are read in order of seq, and merged.
create index events_type on events (type, seq);
create index events_item on events (item_id, seq) where item_id is not null;
