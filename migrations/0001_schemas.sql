-- Why: what is published, what is internal and what concerns persons live in
-- schemas of their own, so that a database role, not a filter, decides who
-- reads what.
create schema land;
create schema priv;
create schema pub;
create schema auth;

revoke all on schema land, priv, pub, auth from public;
grant usage on schema land, priv, pub, auth to tengdi_app;
grant usage on schema pub to tengdi_public;

-- A random 53-bit id: the public sees these and can learn nothing from them;
-- JavaScript and vector tiles hold them exactly.
create function land.random_id() returns bigint
    language sql volatile
    return greatest(1, ('x' || translate(substr(gen_random_uuid()::text, 1, 13), '-', '')
        || substr(gen_random_uuid()::text, 16, 2))::bit(56)::bigint & 9007199254740991);

-- A planning limit with its signs, as geo.Limit writes it.
create function land.limit_text(lo numeric, hi numeric, lo_open boolean, hi_open boolean) returns text
    language sql immutable
    return case
        when lo is not null and hi is not null then
            trim_scale(lo)::text || case when lo_open then ' < x ' else ' ≤ x ' end
            || case when hi_open then '< ' else '≤ ' end || trim_scale(hi)::text
        when lo is not null then 'x ' || case when lo_open then '> ' else '≥ ' end || trim_scale(lo)::text
        when hi is not null then 'x ' || case when hi_open then '< ' else '≤ ' end || trim_scale(hi)::text
    end;

-- How text is compared in search: full-width forms as half-width, brackets of
-- every kind, spaces and hyphens forgiven, case ignored.
create function pub.search_key(t text) returns text
    language sql immutable
    return lower(translate(normalize(coalesce(t, ''), nfkc), '()[]{}〔〕【】〈〉《》「」 -‐–—_#' || chr(9) || chr(10) || chr(13) || chr(31), ''));

-- Areas as people read them, in mu of two decimals, and money in 万元.
create function pub.mu(m2 numeric) returns numeric
    language sql immutable
    return round(m2 * 15 / 10000, 2);

create function pub.wan(fen bigint) returns numeric
    language sql immutable
    return trim_scale(fen::numeric / 1000000);

revoke all on all functions in schema land, pub from public;
grant execute on all functions in schema land to tengdi_app;
grant execute on all functions in schema pub to tengdi_app, tengdi_public;
