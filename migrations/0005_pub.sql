-- Why: the published projection. It holds published rows and columns only and
-- is written in the transaction that changes them. The public role reads these
-- tables and nothing else; ids, revision and changes are the public's own, so
-- that nothing can be told from them about what is not published.
create table pub.revision (
    id       integer primary key default 1 constraint pub_revision_single check (id = 1),
    revision bigint not null
);
insert into pub.revision (revision) values (0);

create table pub.change (
    revision bigint not null,
    layer    text not null,
    id       bigint not null,
    status   text not null default '',
    gone     boolean not null default false,
    constraint pub_change_pkey primary key (revision, layer, id)
);

create table pub.area (
    public_id    bigint primary key,
    code         text collate "C" not null constraint pub_area_code_key unique,
    name         text not null,
    status       text not null,
    street       text not null,
    board        text not null,
    plan_m2      numeric(16, 4) not null,
    cleared_m2   numeric(16, 4) not null,
    parcels_sold integer not null,
    parcels_open integer not null,
    decided_on   date,
    geom         geometry(MultiPolygon, 4326) not null,
    search       text generated always as (pub.search_key(code) || chr(10) || pub.search_key(name)) stored,
    version      integer not null default 1,
    updated_at   timestamptz not null
);
create index pub_area_geom on pub.area using gist (geom);

create table pub.cleared_land (
    public_id   bigint primary key,
    area        text not null,
    cleared_on  date not null,
    official_m2 numeric(16, 4) not null,
    geom        geometry(MultiPolygon, 4326) not null
);
create index pub_cleared_land_geom on pub.cleared_land using gist (geom);

create table pub.parcel (
    public_id     bigint primary key,
    code          text collate "C" not null constraint pub_parcel_code_key unique,
    name          text not null,
    status        text not null,
    area          text,
    area_name     text,
    street        text not null,
    address       text not null,
    land_use      text not null,
    use_class     text not null,
    years         integer,
    official_m2   numeric(16, 4) not null,
    mu_basis      text not null,
    survey_m2     numeric(16, 4),
    area_m2       double precision not null,
    far           text,
    density       text,
    green         text,
    height        text,
    notice_no     text,
    mode          text,
    start_fen     bigint,
    deposit_fen   bigint,
    step_fen      bigint,
    notice_on     date,
    list_from     date,
    list_to       date,
    deal_fen      bigint,
    sold_on       date,
    buyer         text,
    failed_rounds integer not null,
    geom          geometry(MultiPolygon, 4326) not null,
    search        text generated always as (pub.search_key(code) || chr(10) || pub.search_key(name) || chr(10)
        || pub.search_key(address) || chr(10) || pub.search_key(notice_no)) stored,
    version       integer not null default 1,
    updated_at    timestamptz not null
);
create index pub_parcel_geom on pub.parcel using gist (geom);

create table pub.round (
    parcel      bigint not null constraint pub_round_parcel_fkey references pub.parcel on delete cascade,
    no          integer not null,
    notice_no   text not null,
    mode        text not null,
    start_fen   bigint not null,
    deposit_fen bigint not null,
    step_fen    bigint not null,
    notice_on   date,
    list_from   date,
    list_to     date,
    deal_fen    bigint not null,
    sold_on     date,
    buyer       text not null,
    outcome     text not null,
    constraint pub_round_pkey primary key (parcel, no)
);

create table pub.project (
    public_id  bigint primary key,
    code       text collate "C" not null constraint pub_project_code_key unique,
    name       text not null,
    status     text not null,
    industry   text not null,
    board      text not null,
    amount_fen bigint not null,
    area       text,
    parcel     text,
    stage_on   date,
    geom       geometry(Point, 4326),
    search     text generated always as (pub.search_key(code) || chr(10) || pub.search_key(name)) stored,
    version    integer not null default 1,
    updated_at timestamptz not null
);
create index pub_project_geom on pub.project using gist (geom);

create table pub.event (
    collection text not null,
    public_id  bigint not null,
    no         integer not null,
    from_state text not null,
    to_state   text not null,
    happened   timestamptz not null,
    recorded   timestamptz not null,
    constraint pub_event_pkey primary key (collection, public_id, no)
);

grant select, insert, update, delete on pub.area, pub.cleared_land, pub.parcel, pub.round, pub.project, pub.event to tengdi_app;
grant select, update on pub.revision to tengdi_app;
grant select, insert on pub.change to tengdi_app;
grant select on pub.revision, pub.change, pub.area, pub.cleared_land, pub.parcel, pub.round, pub.project, pub.event to tengdi_public;
