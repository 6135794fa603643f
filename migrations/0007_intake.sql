-- Why: an import asks PostGIS to bring each shape into longitude and latitude;
-- one shape that its CRS cannot have must not end the whole import.
create function land.to_degrees(g geometry) returns geometry
    language plpgsql immutable
    set search_path from current
as $$
begin
    return st_transform(g, 4326);
exception when others then
    return null;
end $$;
revoke all on function land.to_degrees(geometry) from public;
grant execute on function land.to_degrees(geometry) to tengdi_app;
