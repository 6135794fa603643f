package migrations

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Roles of the database. They belong to the cluster, not to one database, own
// nothing and cannot log in: the login is a member of both and each pool takes
// one of them.
const (
	AppRole    = "tengdi_app"    // reads and writes; no event is ever changed
	PublicRole = "tengdi_public" // reads schema pub
)

// SetupError says what the server lacks, in words for the person who runs it.
type SetupError struct{ Zh, En string }

func (e *SetupError) Error() string { return e.En }

// prepare makes what a migration cannot: the extension, the roles, the table
// of migrations.
func prepare(ctx context.Context, conn *pgx.Conn) error {
	if err := encoding(ctx, conn); err != nil {
		return err
	}
	if err := extension(ctx, conn); err != nil {
		return err
	}
	for _, role := range []string{AppRole, PublicRole} {
		if err := ensureRole(ctx, conn, role); err != nil {
			return fmt.Errorf("role %s: %w", role, err)
		}
	}
	// Constraints and columns name PostGIS types and functions: they must be
	// found wherever the extension was put.
	if _, err := conn.Exec(ctx, `select set_config('search_path',
		(select n.nspname::text from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'postgis'), false)`); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, `
		create schema if not exists tengdi;
		revoke all on schema tengdi from public;
		grant usage on schema tengdi to `+AppRole+`;
		create table if not exists tengdi.migration (
			number     integer primary key,
			name       text not null,
			sha256     text not null,
			applied_at timestamptz not null default now());
		grant select on tengdi.migration to `+AppRole, pgx.QueryExecModeSimpleProtocol)
	return err
}

func encoding(ctx context.Context, conn *pgx.Conn) error {
	var enc string
	if err := conn.QueryRow(ctx, `show server_encoding`).Scan(&enc); err != nil {
		return err
	}
	if enc != "UTF8" {
		return &SetupError{
			En: fmt.Sprintf("the database must have the encoding UTF8, it has %s", enc),
			Zh: fmt.Sprintf("数据库编码必须为 UTF8，现为 %s", enc),
		}
	}
	return nil
}

func extension(ctx context.Context, conn *pgx.Conn) error {
	var have, available bool
	err := conn.QueryRow(ctx, `
		select exists (select from pg_extension where extname = 'postgis'),
			exists (select from pg_available_extensions where name = 'postgis')`).Scan(&have, &available)
	if err != nil || have {
		return err
	}
	if !available {
		return &SetupError{
			En: "PostGIS is not installed on this database server (Debian: apt install postgresql-postgis)",
			Zh: "该数据库服务器未安装 PostGIS（Debian：apt install postgresql-postgis）",
		}
	}
	_, err = conn.Exec(ctx, `create extension if not exists postgis schema public`)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42501" { // insufficient_privilege
		return &SetupError{
			En: "the database has no PostGIS yet and this login may not add it: have a superuser run CREATE EXTENSION postgis",
			Zh: "数据库尚未启用 PostGIS，且此登录无权启用：请由超级用户执行 CREATE EXTENSION postgis",
		}
	}
	return err
}

// ensureRole makes the role unless it is there, and makes the login a member
// that may take it. Servers of other databases of the cluster may do the same
// at the same moment; whoever is second finds it done.
func ensureRole(ctx context.Context, conn *pgx.Conn, role string) error {
	_, err := conn.Exec(ctx, `
		do $$
		begin
			if not exists (select from pg_roles where rolname = '`+role+`') then
				create role `+role+` nologin nosuperuser nocreatedb nocreaterole noinherit;
			end if;
		exception when duplicate_object or unique_violation then
			null;
		end $$`)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42501" {
		return &SetupError{
			En: fmt.Sprintf("the database role %s is missing and this login may not make it: have a superuser run CREATE ROLE %s NOLOGIN; GRANT %s TO the login", role, role, role),
			Zh: fmt.Sprintf("缺少数据库角色 %s，且此登录无权创建：请由超级用户执行 CREATE ROLE %s NOLOGIN，并将 %s 授予该登录", role, role, role),
		}
	}
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `
		do $$
		begin
			if not (select rolsuper from pg_roles where rolname = current_user) and not exists (
				select from pg_auth_members m
				join pg_roles r on r.oid = m.roleid
				join pg_roles u on u.oid = m.member
				where r.rolname = '`+role+`' and u.rolname = current_user and not m.admin_option) then
				execute format('grant `+role+` to %I', current_user);
			end if;
		exception when unique_violation then
			null;
		end $$`)
	return err
}

// closePublic takes from PUBLIC, and so from tengdi_public, what PostgreSQL
// and PostGIS give to everybody and a reader of published rows does not need:
// temporary tables (they carry functions) and the planner's estimates, which
// tell about rows and extents of tables one may not read. Grants on a database
// do not travel with CREATE DATABASE ... TEMPLATE, therefore this runs each
// time; it changes nothing when nothing is to be changed.
func closePublic(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `
		do $$
		declare f regprocedure;
		begin
			if has_database_privilege('`+PublicRole+`', current_database(), 'TEMP') or not has_database_privilege('`+AppRole+`', current_database(), 'TEMP') then
				execute format('revoke temporary on database %I from public', current_database());
				execute format('grant temporary on database %I to `+AppRole+`', current_database());
			end if;
			for f in
				select p.oid from pg_proc p
				where p.proname = 'st_estimatedextent' and has_function_privilege('`+PublicRole+`', p.oid, 'EXECUTE')
					and pg_has_role(p.proowner, 'USAGE')
			loop
				execute format('revoke execute on function %s from public', f);
			end loop;
		end $$`)
	return err
}
