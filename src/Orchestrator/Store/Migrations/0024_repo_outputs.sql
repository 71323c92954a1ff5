-- Repositories that items are to come out as. accepted keeps how the item ends when its repository is there; null when it has ended
-- already. made is the repository's name at GitHub once it is ours, artifacts the folder whose content is its first commit.
create table repo_outputs (
  item_id    text not null primary key references items (id),
  accepted   text,
  artifacts  text,
  made       text,
  failures   integer not null default 0,
  look_at    bigint not null
);
