-- The newest items that have ended: the board shows so many of them and no more, however many there are.
create index items_ended on items (updated_at desc, number desc) where status in ('done', 'canceled', 'skipped');
