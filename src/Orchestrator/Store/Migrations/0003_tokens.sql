-- Who may come in besides the local token. Only hashes (SHA-256, hex) are kept; scopes are words separated by blanks.
create table tokens (
  id           text not null primary key,
  name         text not null,
  kind         text not null,
  hash         text not null unique,
  scopes       text not null,
  created_at   bigint not null,
  created_by   text not null,
  expires_at   bigint,
  last_used_at bigint,
  revoked_at   bigint
);
create index tokens_name on tokens (name);
