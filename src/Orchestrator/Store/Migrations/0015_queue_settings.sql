-- What is paused: a project, or everything under the empty name.
create table queue_pauses (
  project text    not null primary key,
  by_whom text    not null,
  note    text,
  since   integer not null
) strict;

-- What was said of a project's queue by command; null leaves it to config.yaml.
create table queue_projects (
  project      text    not null primary key,
  title        text    not null,
  description  text    not null,
  max_parallel integer,
  auto_run     integer,
  is_active    integer not null,
  created_at   integer not null
) strict;
