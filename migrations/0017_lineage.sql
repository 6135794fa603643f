-- Why: a server keeps its map in a file, so that the next start need not read
-- everything. The file is only good for the database that it was read from, up to
-- the revision that it has. Another database has the same revision numbers, and so
-- has a restored backup that was written to since. Therefore each revision gets a
-- random mark when it is made: a server that knows a revision with its mark knows
-- that all up to it is as it was.
create table land.lineage (
    revision bigint primary key,
    mark     uuid not null
);
insert into land.lineage (revision, mark)
select revision, gen_random_uuid() from land.revision;

create table pub.lineage (
    revision bigint primary key,
    mark     uuid not null
);
insert into pub.lineage (revision, mark)
select revision, gen_random_uuid() from pub.revision;

create function land.mark_revision() returns trigger
    language plpgsql security definer
    set search_path from current
as $$
begin
    insert into land.lineage (revision, mark)
    values (new.revision, gen_random_uuid())
    on conflict (revision) do update set mark = excluded.mark;
    return null;
end $$;
revoke all on function land.mark_revision() from public;
create trigger revision_marked
    after update on land.revision
    for each row when (new.revision is distinct from old.revision)
    execute function land.mark_revision();

create function pub.mark_revision() returns trigger
    language plpgsql security definer
    set search_path from current
as $$
begin
    insert into pub.lineage (revision, mark)
    values (new.revision, gen_random_uuid())
    on conflict (revision) do update set mark = excluded.mark;
    return null;
end $$;
revoke all on function pub.mark_revision() from public;
create trigger pub_revision_marked
    after update on pub.revision
    for each row when (new.revision is distinct from old.revision)
    execute function pub.mark_revision();

grant select on land.lineage to tengdi_app;
grant select on pub.lineage to tengdi_app, tengdi_public;

-- The marks reach back as far as the changes do.
create or replace function land.prune_changes(keep bigint) returns bigint
    language plpgsql security definer
    set search_path from current
as $$
declare
    most constant integer := 20000;
    gone bigint;
    total bigint;
begin
    if keep is null or keep < 1000 then
        raise exception 'at least 1000 revisions are kept, not %', keep using errcode = '22023';
    end if;
    delete from land.change
    where ctid = any (array(
        select c.ctid from land.change c
        where c.revision <= (select r.revision from land.revision r) - keep
        order by c.revision
        limit most));
    get diagnostics total = row_count;
    delete from pub.change
    where ctid = any (array(
        select c.ctid from pub.change c
        where c.revision <= (select r.revision from pub.revision r) - keep
        order by c.revision
        limit most));
    get diagnostics gone = row_count;
    total := total + gone;
    delete from land.lineage
    where ctid = any (array(
        select l.ctid from land.lineage l
        where l.revision <= (select r.revision from land.revision r) - keep
        order by l.revision
        limit most));
    get diagnostics gone = row_count;
    total := total + gone;
    delete from pub.lineage
    where ctid = any (array(
        select l.ctid from pub.lineage l
        where l.revision <= (select r.revision from pub.revision r) - keep
        order by l.revision
        limit most));
    get diagnostics gone = row_count;
    return total + gone;
end $$;
