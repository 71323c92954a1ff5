-- A run's own title (null: its session's), and what of its profile was changed for it: {"model", "sandbox"}.
alter table runs add column title text;
alter table runs add column overrides text;

-- What a run may use, as its profile said when it was queued and as people raised it since; null for no limit. Money in micro-dollars.
alter table runs add column limit_turns bigint;
alter table runs add column limit_tokens bigint;
alter table runs add column limit_micros bigint;
-- Set while its processes are held still because somebody was asked about a limit.
alter table runs add column paused_at bigint;

-- What a run used on a day (of the daemon's own time zone), model by model: a run that goes on over midnight has two rows.
-- micros is the cost as far as anybody knows it, estimated the part of it that a price table gave; unpriced are tokens without a price.
create table run_usage (
  run_id     text not null references runs (id),
  day        text not null,
  session_id text not null,
  project    text not null,
  profile    text not null,
  agent      text not null,
  model      text not null,
  input      bigint not null,
  cached     bigint not null,
  output     bigint not null,
  micros     bigint not null,
  estimated  bigint not null,
  unpriced   bigint not null,
  primary key (run_id, day)
);
create index run_usage_session on run_usage (session_id, day);
create index run_usage_day on run_usage (day);

-- The same summed up, kept in step with the rows above in the same transaction.
create table usage_days (
  day       text not null,
  project   text not null,
  profile   text not null,
  agent     text not null,
  model     text not null,
  runs      bigint not null,
  input     bigint not null,
  cached    bigint not null,
  output    bigint not null,
  micros    bigint not null,
  estimated bigint not null,
  unpriced  bigint not null,
  primary key (day, project, profile, agent, model)
);

-- A limit per day that was met: until its day is over, or a person raises it, runs of the project (empty: all) stay queued.
create table spending_holds (
  day     text not null,
  project text not null,
  unit    text not null,
  amount  bigint not null,
  used    bigint not null,
  at      bigint not null,
  primary key (day, project, unit)
);

-- What people added to a limit for one day.
create table spending_raises (
  no      bigint not null primary key,
  day     text not null,
  project text not null,
  unit    text not null,
  amount  bigint not null,
  actor   text not null,
  at      bigint not null
);
create index spending_raises_day on spending_raises (day, project, unit);

-- Runs from before: what they used, on the day they ended.
insert into run_usage (run_id, day, session_id, project, profile, agent, model, input, cached, output, micros, estimated, unpriced)
  select r.id, date(coalesce(r.ended_at, r.created_at) / 1000000, 'unixepoch', 'localtime'), r.session_id, coalesce(s.project, ''),
         r.profile, r.agent, coalesce(r.model, ''), json_extract(r.usage, '$.input_tokens'),
         json_extract(r.usage, '$.cached_input_tokens'), json_extract(r.usage, '$.output_tokens'),
         cast(round(coalesce(json_extract(r.usage, '$.cost_usd'), 0) * 1000000) as integer), 0,
         case when json_extract(r.usage, '$.cost_usd') is null then json_extract(r.usage, '$.input_tokens')
           + json_extract(r.usage, '$.cached_input_tokens') + json_extract(r.usage, '$.output_tokens') else 0 end
  from runs r join sessions s on s.id = r.session_id where r.usage is not null;
insert into usage_days (day, project, profile, agent, model, runs, input, cached, output, micros, estimated, unpriced)
  select day, project, profile, agent, model, count(*), sum(input), sum(cached), sum(output), sum(micros), sum(estimated), sum(unpriced)
  from run_usage group by day, project, profile, agent, model;
