-- Why: a buyer asks how far it is to the station and to school. They are points or
-- buildings of the quiet base map, public and without land data like the rest.
alter table land.reference drop constraint reference_kind_known;
alter table land.reference add constraint reference_kind_known
    check (kind in ('water', 'green', 'road', 'rail', 'outline', 'station', 'school'));
