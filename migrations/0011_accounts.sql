-- Why: accounts that can be trusted with auctions. A second factor, tokens for
-- programs, sign-on by the city's identity provider, devices that a person has
-- signed in from before, and the answers that a repeated request gets again.
alter table auth.user
    add column totp_secret   text not null default '',
    add column totp_on       timestamptz,
    add column totp_step     bigint not null default 0,
    add column recovery      text[] not null default '{}',
    add column password_on   timestamptz not null default now(),
    add column version       integer not null default 1;

create table auth.token (
    id         bigint generated always as identity primary key,
    login      text collate "C" not null constraint token_login_fkey references auth.user (login),
    name       text not null,
    hash       bytea not null constraint token_hash_key unique,
    scope      text[] not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at    timestamptz,
    ended_at   timestamptz,
    constraint token_hash_length check (length(hash) = 32),
    constraint token_name_length check (length(name) between 1 and 100),
    constraint token_expires_order check (expires_at > created_at)
);
create index token_login on auth.token (login);

create table auth.identity (
    issuer     text not null,
    subject    text not null,
    login      text collate "C" not null constraint identity_login_fkey references auth.user (login),
    created_at timestamptz not null default now(),
    used_at    timestamptz not null default now(),
    constraint identity_pkey primary key (issuer, subject)
);

create table auth.device (
    hash    bytea primary key,
    login   text collate "C" not null constraint device_login_fkey references auth.user (login),
    used_at timestamptz not null default now(),
    constraint device_hash_length check (length(hash) = 32)
);
create index device_login on auth.device (login);

create table auth.answer (
    login  text collate "C" not null,
    key    text not null,
    digest bytea not null,
    events jsonb not null,
    at     timestamptz not null default clock_timestamp(),
    constraint answer_pkey primary key (login, key),
    constraint answer_key_length check (length(key) between 1 and 200)
);
create index answer_at on auth.answer (at);

grant select, insert, update on auth.token, auth.identity to tengdi_app;
grant select, insert, update, delete on auth.device, auth.answer to tengdi_app;
