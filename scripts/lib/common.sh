# shellcheck shell=bash
# What every script starts with: the folders, the pinned tools on PATH, and the way a script speaks and
# fails. Sourced, never run. It changes nothing on disk.
set -euo pipefail

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tools=${MINDFLOW_TOOLS:-$repo/.tools}
tools_cargo=$tools/cargo
tools_node=$tools/node
tools_python=$tools/python
# shellcheck disable=SC2034  # read by the scripts that source this
target=${CARGO_TARGET_DIR:-$repo/target}
cd "$repo"

# The pinned Node, wrangler and the rest come before whatever the machine has; rustup's folder comes last, for
# shells whose profile does not name it.
PATH=$tools_node/node_modules/.bin:$tools_python/bin:$tools_cargo/bin:$PATH:${HOME:-/root}/.cargo/bin
export PATH MINDFLOW_TOOLS=$tools
# worker-build downloads these three unless it is told where they are.
export WASM_BINDGEN_BIN=$tools_cargo/bin/wasm-bindgen
export WASM_OPT_BIN=$tools_node/node_modules/.bin/wasm-opt
export ESBUILD_BIN=$tools_node/node_modules/.bin/esbuild
export WRANGLER_SEND_METRICS=false WRANGLER_LOG_PATH=$tools/wrangler-logs

say() { printf '%s\n' "$*" >&2; }

# One clear line, and the script ends; EXIT traps undo what was half done.
fail() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
	exit 1
}

# Prints the comment block at the head of the running script: each script's header is its --help.
print_help() { awk 'NR == 1 { next } /^# shellcheck / { exit } /^#/ { sub(/^# ?/, ""); print; next } { exit }' "$0"; }

need() { # command, what to do when it is missing
	command -v "$1" >/dev/null 2>&1 || fail "$1 is missing: $2"
}

# Whole seconds and milliseconds of a monotonic clock, for deadlines and for the times that steps print.
now_ms() {
	local uptime _
	read -r uptime _ </proc/uptime
	printf '%d\n' "${uptime/./}0"
}

# Polls a command until it succeeds; the deadline is in seconds. Returns 1 when it passes.
poll() { # seconds, command...
	local deadline=$(($(now_ms) + $1 * 1000))
	shift
	until "$@" >/dev/null 2>&1; do
		(($(now_ms) < deadline)) || return 1
		sleep 0.05
	done
}

# A digest over names and contents, to know whether a build's inputs changed.
digest_of() { # files and folders...
	find "$@" -type f -print0 2>/dev/null | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}
