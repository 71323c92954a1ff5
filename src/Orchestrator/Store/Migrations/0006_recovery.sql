-- What follows when a run ends badly, and providers that want to be left alone.

-- Whose limits the run shares; null for runs of before, which count by their agent.
alter table runs add column provider text;
-- How a run follows the one in retry_of: again, resume, fresh or escalate. Null when somebody asked for it.
alter table runs add column retry_how text;
-- It does not start before this time.
alter table runs add column not_before bigint;
-- 1: it begins a conversation of its own, whatever the session has.
alter table runs add column new_thread integer not null default 0;
-- What decides about the next attempt, as it was when the first one was queued: JSON.
alter table runs add column retry_plan text;
-- 1: it ended before anything at all had happened.
alter table runs add column unstarted integer not null default 0;
create index runs_retry on runs (retry_of) where retry_of is not null;

-- One row per provider that ever refused. until is set while a cool-down is on; no run starts before next_start, which after a cool-down
-- lets them begin one after the other; strikes count refusals in a row that named no time.
create table cool_downs (
  provider   text not null primary key,
  strikes    integer not null,
  struck_at  bigint not null,
  began_at   bigint,
  until      bigint,
  next_start bigint,
  ramp_until bigint,
  reason     text,
  named      integer not null default 0,
  text       text,
  run_id     text
);
