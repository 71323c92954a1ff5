-- How closely work is looked at, as its plan's assignment says: standard, complex or security-sensitive. Null outside of plans.
alter table items add column care text;
