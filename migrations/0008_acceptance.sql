-- Why: a step back from cleared takes back the land that the acceptance of the
-- whole area cleared, so that the next acceptance can count it anew. Nothing is
-- deleted: such a row ends, and figures, maps and checks read those that have
-- not ended. A row of a part accepted earlier is not final and stays.
alter table land.cleared_land
    add column final    boolean not null default false,
    add column ended_at timestamptz,
    add constraint cleared_land_end_final check (ended_at is null or final);
