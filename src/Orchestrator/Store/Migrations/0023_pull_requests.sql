-- The pull request of a delivery to GitHub. repository is null until its name is known, number until it is open. pushed is the commit that
-- we put on its branch. feedback is what GitHub says against it, told which remarks its agent has had, seen the last look's print.
create table pull_requests (
  delivery_id  text not null primary key references deliveries (id),
  repository   text,
  branch       text,
  base         text,
  number       bigint,
  url          text,
  pushed       text,
  pr_state     text,
  draft        integer not null,
  mergeable    integer,
  checks       text not null default '[]',
  feedback     text,
  told         text,
  seen         text,
  failures     integer not null default 0,
  trouble      text,
  quiet        integer not null default 0,
  look_at      bigint not null,
  looked_at    bigint
);
create index pull_requests_branch on pull_requests (repository, branch);
create index deliveries_to_github on deliveries (created_no) where ended_at is null and strategy = 'pull_request';

-- The issue that an item comes from: owner/name#12, or #12 of its project's own repository.
alter table items add column issue text;
