# shellcheck shell=bash
# Long-running processes of a stack: started in a session of their own, remembered with their start time, and
# ended by that memory alone, so that nothing is ended that we did not start. Sourced after common.sh; the
# caller sets `data`, the stack's folder: pids in run/, output in logs/.

# Clock ticks after boot at which a process started; with the pid it names one process for good.
start_ticks() { # pid
	local stat
	read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
	stat=${stat##*) } # the name may hold spaces and brackets
	# shellcheck disable=SC2086
	set -- $stat
	[[ $1 != Z ]] || return 1
	printf '%s\n' "${20}"
}

launch() { # name, command...
	local name=$1 pid
	shift
	mkdir -p "$data/run" "$data/logs"
	# `exec` keeps the pid; setsid leaves Ctrl-C in a terminal to the script that started all parts. The lock
	# (descriptor 9) must not outlive the script.
	MINDFLOW_STACK=$data setsid "$@" >>"$data/logs/$name.log" 2>&1 </dev/null 9>&- &
	pid=$!
	disown "$pid"
	printf '%s %s\n' "$pid" "$(start_ticks "$pid" || echo gone)" >"$data/run/$name.pid"
}

# Prints the pid of a part that runs.
pid_of() { # name
	local pid ticks
	read -r pid ticks 2>/dev/null <"$data/run/$1.pid" || return 1
	[[ $(start_ticks "$pid") == "$ticks" ]] || return 1
	printf '%s\n' "$pid"
}

is_running() { pid_of "$1" >/dev/null; }

# What a dead leader left behind in its session (workerd under wrangler), told by the mark in its environment.
orphans_of() { # pid of the leader
	local pid
	for pid in $(pgrep --session "$1" || true); do
		if tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | grep -qxF "MINDFLOW_STACK=$data"; then printf '%s\n' "$pid"; fi
	done
}

# Asks the part to end, waits, and then ends what is left of it.
stop_part() { # name, signal, seconds
	local name=$1 signal=$2 seconds=$3 pid left
	if pid=$(pid_of "$name"); then
		kill -s "$signal" "$pid" 2>/dev/null || true
		if ! poll "$seconds" not_running "$name"; then
			say "$name does not end within $seconds s; killing it"
			kill -KILL -- "-$pid" 2>/dev/null || true
			poll 5 not_running "$name" || fail "cannot end $name (pid $pid)"
		fi
	fi
	if read -r pid _ 2>/dev/null <"$data/run/$name.pid"; then
		for left in $(orphans_of "$pid"); do kill -KILL "$left" 2>/dev/null || true; done
	fi
	rm -f "$data/run/$name.pid"
}

not_running() { ! is_running "$1"; }

# Polls until a check holds; fails at once, with the end of its log, when the part dies first.
wait_until_ready() { # name, seconds, command...
	local name=$1 deadline=$(($(now_ms) + $2 * 1000))
	shift 2
	until "$@" >/dev/null 2>&1; do
		is_running "$name" || blame "$name" "ended while starting"
		(($(now_ms) < deadline)) || blame "$name" "was not ready in time"
		sleep 0.05
	done
}

blame() { # name, what happened
	tail -n 15 "$data/logs/$1.log" >&2 || true
	fail "$1 $2; its log is $data/logs/$1.log"
}

port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

require_free_port() { # port, its variable
	if ! [[ $1 =~ ^[1-9][0-9]{0,4}$ ]] || (($1 > 65535)); then fail "$2=$1 is not a port number"; fi
	! port_answers "$1" || fail "port $1 is taken; set $2 to a free one, or end what listens there"
}
