-- Why: when an identity moves to another account, the sessions that it opened in
-- the one before have to end, and that one may have no password whose change
-- would end them. Sessions of the provider carry this number as it was.
alter table auth.user add column sign_ons integer not null default 0;
