#!/bin/sh
# Makes the roles and the database of MindFlow on a running PostgreSQL 18, or brings existing ones up to date.
#
# The one home of "who may do what" in the database, used by docker-compose.prod.yml, docker-compose.yml and
# scripts/dev alike. Safe to run on every start: it creates what is missing, and sets passwords, time limits and
# grants again, so a changed password file takes effect by running it.
#
#   mindflow_owner  owns the database and the tables; only `origin-api migrate` signs in with it
#   mindflow_app    reads and writes rows, changes no schema; the origin serves with it
#   mindflow_backup reads everything and copies the cluster; made where its password file is named (deploy/backup)
#
# Changes: the server named by PGHOST/PGPORT, as the superuser PGUSER. Nothing outside that server.
#
# Environment:
#   PGHOST PGPORT PGUSER          the server and its superuser (libpq names; PGUSER defaults to postgres)
#   PGPASSWORD                    the superuser's password, or
#   POSTGRES_PASSWORD_FILE        a file with it; neither where the server trusts the connection
#   DATABASE_OWNER_PASSWORD_FILE  a file with the password of mindflow_owner
#   DATABASE_APP_PASSWORD_FILE    a file with the password of mindflow_app
#   DATABASE_BACKUP_PASSWORD_FILE a file with the password of mindflow_backup; unset: that role is left alone
#   DATABASE_NAME                 default mindflow
set -eu

case "${1-}" in
-h | --help)
	sed -n '2,/^set -eu/{/^#/s/^# \{0,1\}//p;}' "$0"
	exit 0
	;;
esac

fail() {
	printf 'roles: %s\n' "$1" >&2
	exit 1
}

# A password shorter than this, or one of these words, was typed by a person and copied by the next one.
check_password() {
	[ -n "$2" ] || fail "$1 is not set; point it at a file (scripts/make-secrets makes one)"
	[ -r "$2" ] || fail "$1: cannot read $2 as uid $(id -u)"
	[ "$(wc -l <"$2")" -le 1 ] || fail "$1: $2 has more than one line"
	[ "$(tr -d '\n' <"$2" | wc -c)" -ge 20 ] || fail "$1: $2 is shorter than 20 characters; make one with scripts/make-secrets"
	if grep -qiE 'changeme|change-me|placeholder|example|password|\$\(' "$2"; then
		fail "$1: $2 is a placeholder; make one with scripts/make-secrets"
	fi
}

check_password DATABASE_OWNER_PASSWORD_FILE "${DATABASE_OWNER_PASSWORD_FILE-}"
check_password DATABASE_APP_PASSWORD_FILE "${DATABASE_APP_PASSWORD_FILE-}"
if [ -n "${DATABASE_BACKUP_PASSWORD_FILE-}" ]; then
	check_password DATABASE_BACKUP_PASSWORD_FILE "$DATABASE_BACKUP_PASSWORD_FILE"
fi
if [ -n "${POSTGRES_PASSWORD_FILE-}" ]; then
	[ -r "$POSTGRES_PASSWORD_FILE" ] || fail "POSTGRES_PASSWORD_FILE: cannot read $POSTGRES_PASSWORD_FILE as uid $(id -u)"
	PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
	export PGPASSWORD
fi
: "${PGUSER:=postgres}" "${DATABASE_NAME:=mindflow}"
export PGUSER DATABASE_NAME DATABASE_OWNER_PASSWORD_FILE DATABASE_APP_PASSWORD_FILE
# psql takes an empty variable for a set one.
if [ -n "${DATABASE_BACKUP_PASSWORD_FILE-}" ]; then export DATABASE_BACKUP_PASSWORD_FILE; else unset DATABASE_BACKUP_PASSWORD_FILE; fi

# The passwords reach psql through its own `cat`, never through an argument; the server is told not to log them.
psql --no-psqlrc --quiet --tuples-only --set ON_ERROR_STOP=1 --dbname postgres <<'SQL'
\set owner_password `cat "$DATABASE_OWNER_PASSWORD_FILE"`
\set app_password `cat "$DATABASE_APP_PASSWORD_FILE"`
\getenv database DATABASE_NAME
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET client_min_messages = 'warning';
SET password_encryption = 'scram-sha-256';

SELECT 'CREATE ROLE mindflow_owner' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mindflow_owner') \gexec
SELECT 'CREATE ROLE mindflow_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mindflow_app') \gexec
ALTER ROLE mindflow_owner WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'owner_password';
ALTER ROLE mindflow_app WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'app_password';

-- A migration waits briefly for its locks and is tried again, rather than queueing every request behind it.
ALTER ROLE mindflow_owner SET lock_timeout = '2s';
ALTER ROLE mindflow_owner SET idle_in_transaction_session_timeout = '60s';
-- transaction_timeout is what lets the edge's cache say when a lost write can no longer commit; it bounds the rest.
ALTER ROLE mindflow_app SET statement_timeout = '5s';
ALTER ROLE mindflow_app SET lock_timeout = '3s';
ALTER ROLE mindflow_app SET idle_in_transaction_session_timeout = '5s';
ALTER ROLE mindflow_app SET transaction_timeout = '10s';

SELECT format('CREATE DATABASE %I OWNER mindflow_owner', :'database')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO mindflow_app;

\getenv backup_password_file DATABASE_BACKUP_PASSWORD_FILE
\if :{?backup_password_file}
\set backup_password `cat "$DATABASE_BACKUP_PASSWORD_FILE"`
SELECT 'CREATE ROLE mindflow_backup' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'mindflow_backup') \gexec
ALTER ROLE mindflow_backup WITH LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE REPLICATION NOBYPASSRLS
  PASSWORD :'backup_password';
-- MAINTAIN lets it lock the tables for the moment in which a witness is taken; it can write no row.
GRANT pg_read_all_data, pg_maintain TO mindflow_backup;
GRANT CONNECT ON DATABASE :"database" TO mindflow_backup;
ALTER ROLE mindflow_backup SET statement_timeout = 0;
\endif

\connect :"database"
SET client_min_messages = 'warning';
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO mindflow_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO mindflow_app;
ALTER DEFAULT PRIVILEGES FOR ROLE mindflow_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mindflow_app;
-- Which migrations have run is the owner's to write; the origin only reads it (readiness).
SELECT 'REVOKE INSERT, UPDATE, DELETE ON public.refinery_schema_history FROM mindflow_app'
  WHERE to_regclass('public.refinery_schema_history') IS NOT NULL \gexec
SQL
printf 'roles: mindflow_owner and mindflow_app are ready in database %s\n' "$DATABASE_NAME"
