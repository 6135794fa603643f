-- Why: a page of a list notes up to 500 readings, and nothing is taken out of
-- this record, so that it grew with every look at the same page. What somebody
-- reads of a household is now noted once a day, with the time of the first
-- reading. The day is that of the district; readings noted before have none and
-- stay as they are.
alter table priv.access add column day date;
alter table priv.access add constraint access_once unique (login, code, what, day);
