# shellcheck shell=bash
# The whole product on this machine: PostgreSQL, the origin, and the Worker under wrangler dev, with the secrets
# and settings that bind them. Sourced by scripts/dev. Everything a stack keeps lies in its folder `data`.

mindflow_port=${MINDFLOW_PORT:-8787}
origin_port=${ORIGIN_PORT:-8788}
postgres_port=${POSTGRES_PORT:-54329}
data=${MINDFLOW_DATA:-$repo/.dev/$mindflow_port}
secrets=$data/secrets
mindflow_url=http://127.0.0.1:$mindflow_port
origin_url=http://127.0.0.1:$origin_port
: "${origin_program:=$target/debug/origin-api}"
# The tests of the whole stack serve clients' documents themselves: the shipped program would not take them from there.
origin_server=("$origin_program" serve)
if [[ -n ${TEST_WEB:-} ]]; then origin_server=("$target/debug/examples/origin-with-own-web"); fi
# shellcheck disable=SC2034  # read by scripts/dev
parts=(postgres origin edge) # in starting order
# As in production: no value of a row or a parameter is logged.
postgres_settings=(log_min_duration_statement=250ms log_parameter_max_length=0 log_parameter_max_length_on_error=0
	log_error_verbosity=terse)

database_url() { # role, its password file
	printf 'postgresql://%s:%s@127.0.0.1:%s/mindflow\n' "$1" "$(<"$2")" "$postgres_port"
}

# The database: cluster, roles (deploy/postgres/roles.sh is their one home).
start_database() {
	make_cluster "$secrets/postgres_password"
	require_free_port "$postgres_port" POSTGRES_PORT
	start_postgres "${postgres_settings[@]}"
	if ! PATH=$(pg_programs):$PATH PGHOST=127.0.0.1 PGPORT=$postgres_port POSTGRES_PASSWORD_FILE=$secrets/postgres_password \
	DATABASE_OWNER_PASSWORD_FILE=$secrets/database_owner_password \
	DATABASE_APP_PASSWORD_FILE=$secrets/database_app_password \
	DATABASE_BACKUP_PASSWORD_FILE=$secrets/database_backup_password \
		deploy/postgres/roles.sh >"$data/logs/roles.log" 2>&1; then
		fail "the database roles cannot be made: $(tail -n 1 "$data/logs/roles.log")"
	fi
}

# What the origin's own processes (serve, migrate, admin) read. Secrets go by file, never by argument.
origin_settings=(env "DATABASE_URL=postgresql://mindflow_app@127.0.0.1:$postgres_port/mindflow"
	"DATABASE_PASSWORD_FILE=$secrets/database_app_password" "LISTEN=127.0.0.1:$origin_port" "PUBLIC_URL=$mindflow_url"
	"ORIGIN_AUTHORITY=127.0.0.1:$origin_port" "SIGNING_KEYS_FILE=$secrets/signing_keys"
	"CALLBACK_KEYS_FILE=$secrets/callback_keys" "TOKEN_KEYS_FILE=$secrets/token_keys")

migrate() {
	"${origin_settings[@]}" "MIGRATION_DATABASE_URL=postgresql://mindflow_owner@127.0.0.1:$postgres_port/mindflow" \
		"MIGRATION_DATABASE_PASSWORD_FILE=$secrets/database_owner_password" "$origin_program" migrate >"$data/logs/migrate.log" 2>&1 ||
		fail "the migrations failed: $(tail -n 1 "$data/logs/migrate.log") (log: $data/logs/migrate.log; scripts/dev --reset starts over with empty data)"
}

start_origin() {
	require_free_port "$origin_port" ORIGIN_PORT
	launch origin "${origin_settings[@]}" "${origin_server[@]}"
	wait_until_ready origin 20 curl --fail --silent --max-time 2 "$origin_url/readyz"
}

# The Worker's secrets reach wrangler in a file that only the owner reads, all else as variables. (wrangler.toml
# declares its secrets, so wrangler reads nothing but those from the file.) EDGE_ORIGIN_URL is where the Worker finds
# the origin when a test stands between the two.
start_edge() {
	local public_keys
	require_free_port "$mindflow_port" MINDFLOW_PORT
	public_keys=$("${origin_settings[@]}" "$origin_program" admin keys public) ||
		fail "the origin cannot print its public token keys"
	(umask 077 && printf 'SIGNING_KEYS="%s"\nCALLBACK_KEYS="%s"\n' "$(<"$secrets/signing_keys")" "$(<"$secrets/callback_keys")" >"$data/edge.env")
	ADDRESS_REQUESTS_PER_MINUTE=${ADDRESS_REQUESTS_PER_MINUTE:-100} AUTH_REQUESTS_PER_MINUTE=${AUTH_REQUESTS_PER_MINUTE:-10} \
		node scripts/lib/edge-config.ts "$data/wrangler.toml" || exit 1
	launch edge wrangler dev --config "$data/wrangler.toml" --env-file "$data/edge.env" --persist-to "$data/edge" \
		--ip 127.0.0.1 --port "$mindflow_port" --inspector-port 0 --show-interactive-dev-session=false --log-level warn \
		--var "PUBLIC_URL:$mindflow_url" --var "ORIGIN_URL:${EDGE_ORIGIN_URL:-$origin_url}" --var "ORIGIN_AUTHORITY:127.0.0.1:$origin_port" \
		--var "TOKEN_PUBLIC_KEYS:$public_keys" \
		--var "USER_REQUESTS_PER_MINUTE:${USER_REQUESTS_PER_MINUTE:-120}" --var "CORS_ORIGINS:${CORS_ORIGINS:-}"
	wait_until_ready edge 60 is_edge_ready
}

# /health is ok only when the Worker reaches the origin and the origin its database.
is_healthy() { curl --fail --silent --max-time 3 "$mindflow_url/health"; }

# A Worker that is restarted while the origin is away is ready as soon as it says so.
is_edge_ready() { if is_running origin; then is_healthy; else curl --silent --max-time 3 "$mindflow_url/health"; fi; }

start_part() {
	case $1 in
	postgres) start_database ;;
	origin)
		migrate
		start_origin
		;;
	edge) start_edge ;;
	esac
}

# Each part's own polite signal: the origin drains, PostgreSQL's SIGINT is its fast shutdown.
stop_named() {
	case $1 in
	postgres) stop_part postgres INT 20 ;;
	origin) stop_part origin TERM 20 ;;
	edge) stop_part edge TERM 10 ;;
	esac
}

# The edge first, so that no request meets a missing origin; the database last.
stop_stack() {
	stop_named edge
	stop_named origin
	stop_named postgres
}
