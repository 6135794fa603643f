-- Why: the district's memory. The revision row is locked by each write, so
-- that revisions and event numbers have no gap and run in the order of commit;
-- events are chained by hash and nobody is granted to change them.
create table land.revision (
    id         integer primary key default 1 constraint revision_single check (id = 1),
    revision   bigint not null,
    event_id   bigint not null,
    event_hash bytea not null
);
insert into land.revision (revision, event_id, event_hash)
values (0, 0, decode(repeat('00', 32), 'hex'));

-- data is json, not jsonb: the hash covers its bytes, which jsonb would not keep.
create table land.event (
    id         bigint primary key,
    revision   bigint not null,
    entity     text not null,
    entity_id  bigint not null,
    code       text not null,
    verb       text not null,
    from_state text not null default '',
    to_state   text not null default '',
    happened   timestamptz not null,
    recorded   timestamptz not null,
    actor      text not null,
    role       text not null,
    reason     text not null default '',
    source     text not null,
    data       json,
    hash       bytea not null,
    constraint event_entity_known check (entity in ('area', 'building', 'household', 'parcel', 'problem', 'project', 'district')),
    constraint event_verb_known check (verb in ('created', 'moved', 'corrected', 'ended')),
    constraint event_hash_length check (length(hash) = 32)
);
create index event_entity on land.event (entity, entity_id, id);

create table land.change (
    revision bigint not null,
    layer    text not null,
    id       bigint not null,
    status   text not null default '',
    gone     boolean not null default false,
    constraint change_pkey primary key (revision, layer, id)
);

grant select, update on land.revision to tengdi_app;
grant select, insert on land.event, land.change to tengdi_app;
