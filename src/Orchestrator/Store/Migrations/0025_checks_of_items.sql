-- Checks of an item's work, also of work that no run did.
create index checks_item on checks (item_id, created_no);
