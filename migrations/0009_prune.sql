-- Why: the change feeds grow with every write and nobody reads their far past.
-- The program may not delete from them; this function may, and only what is more
-- than `keep` revisions old, a bounded number of rows at a time. A follower that
-- asks for more than is kept reads everything again.
create function land.prune_changes(keep bigint) returns bigint
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
    return total + gone;
end $$;
revoke all on function land.prune_changes(bigint) from public;
grant execute on function land.prune_changes(bigint) to tengdi_app;
