-- Why a run has its profile, in one line; and that profile as it was then, as JSON without its variables.
alter table runs add column profile_why text;
alter table runs add column profile_settings text;

-- What a person trusted in a project's own file: a hash of its dangerous settings.
create table project_trust (
  path       text not null primary key,
  hash       text not null,
  trusted_by text not null,
  trusted_at bigint not null
);
