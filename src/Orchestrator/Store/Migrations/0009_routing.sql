-- Why a run has its profile, in one line; and that profile as it was then, as JSON without its variables.
alter table runs add column profile_why text;
alter table runs add column profile_settings text;
