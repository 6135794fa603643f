-- Why: the audit log is asked by who and by what, and the clocks look every few
-- seconds for what has become due; neither may read everything.
create index event_code on land.event (code, id);
create index event_actor on land.event (actor, id);
create index round_listing on land.round (list_from) where outcome = '';
