-- How far each rule of notifications has come. cursor: what is up to there needs no telling any more. tries: of the event behind it;
-- failures: without a success between them. skipped and gave_up count what was never told.
create table notification_rules (
  name         text not null primary key,
  cursor       bigint not null,
  tries        bigint not null,
  failures     bigint not null,
  sent         bigint not null,
  gave_up      bigint not null,
  skipped      bigint not null,
  last_error   text,
  last_sent_at bigint,
  retry_at     bigint
);

-- The session that a lead's token reaches, with all below it; null for tokens with scopes.
alter table tokens add column session_id text;
