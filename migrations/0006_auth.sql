-- Why: accounts and sessions. Passwords are argon2id strings and session tokens
-- are kept as their SHA-256, so that a copy of these tables opens nothing.
create table auth.user (
    id         bigint generated always as identity primary key,
    login      text collate "C" not null constraint user_login_key unique,
    name       text not null default '',
    role       text not null,
    hash       text not null,
    disabled   boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint user_login_form check (login ~ '^[a-z0-9][a-z0-9._@-]{0,63}$'),
    constraint user_role_known check (role in ('viewer', 'field', 'planner', 'trading', 'leader', 'supervisor', 'admin'))
);

create table auth.session (
    token_hash bytea primary key,
    data       bytea not null,
    expiry     timestamptz not null,
    constraint session_hash_length check (length(token_hash) = 32)
);
create index session_expiry on auth.session (expiry);

grant select, insert, update on auth.user to tengdi_app;
grant select, insert, update, delete on auth.session to tengdi_app;
