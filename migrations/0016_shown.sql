-- Why: the map of a past day shows the public what was published on that day. For
-- that the projection also needs the creation of a thing that was published from
-- the start, and the move by which a thing stepped back out of what is published:
-- without the state that it came into. The public's history lists moves as before.
alter table pub.event
    add column verb text not null default 'moved',
    add constraint event_verb_known check (verb in ('created', 'moved', 'hidden'));
alter table pub.event alter column verb drop default;

delete from pub.event;
with shown (entity, collection, states) as (values
    ('area', 'areas', array['planned', 'surveying', 'consulting', 'decided', 'signing', 'vacating', 'demolishing',
        'cleared', 'handed_over', 'closed', 'suspended', 'cancelled']),
    ('parcel', 'parcels', array['announced', 'listed', 'bidding', 'sold', 'contracted', 'paid', 'handed_over',
        'started', 'completed', 'failed', 'suspended', 'withdrawn']),
    ('project', 'projects', array['strategic', 'signed', 'landed', 'started', 'operating'])),
things as (
    select 'area' as entity, a.id, p.public_id from land.area a join pub.area p using (public_id)
    union all
    select 'parcel', a.id, p.public_id from land.parcel a join pub.parcel p using (public_id)
    union all
    select 'project', a.id, p.public_id from land.project a join pub.project p using (public_id))
insert into pub.event (collection, public_id, no, verb, from_state, to_state, happened, recorded)
select
    s.collection, x.public_id,
    row_number() over (partition by s.collection, x.public_id order by e.id),
    case when e.to_state = any (s.states) then e.verb else 'hidden' end,
    case when e.from_state = any (s.states) then e.from_state else '' end,
    case when e.to_state = any (s.states) then e.to_state else '' end,
    e.happened, e.recorded
from things x
join shown s using (entity)
join land.event e on e.entity = x.entity and e.entity_id = x.id
where e.verb in ('created', 'moved') and e.to_state = any (s.states)
    or e.verb = 'moved' and e.from_state = any (s.states);

-- The days of the published moves are those of the district's zone.
create function pub.zone() returns text
    language sql stable security definer
    set search_path from current
    return coalesce((select d.zone from land.district d), 'Asia/Shanghai');
revoke all on function pub.zone() from public;
grant execute on function pub.zone() to tengdi_app, tengdi_public;
