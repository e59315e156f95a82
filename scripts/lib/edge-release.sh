# shellcheck shell=bash
# How a version of the Worker comes to its users, and goes: step by step, asked whether it is well after each, back to the
# former one by itself when it is not. Sourced by scripts/deploy-edge, which sets `scratch`, `public_url` and `worker`.

# wrangler says what it did in lines of JSON; what it prints is for people.
export WRANGLER_OUTPUT_FILE_PATH=''

# The version that all requests get now; nothing before the first deployment. Two mean that a deployment is under way.
serving_version() {
	wrangler deployments status --config "$scratch/wrangler.toml" --env production --json >"$scratch/status" 2>"$scratch/status.log" || return 0
	node -e '
		const { versions } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
		const serving = versions.filter((one) => one.percentage > 0);
		console.log(serving.length === 1 ? serving[0].version_id : "several");
	' "$scratch/status"
}

uploaded_version() {
	node -e '
		const lines = require("node:fs").readFileSync(process.argv[1], "utf8").trim().split("\n");
		const uploads = lines.map((line) => JSON.parse(line)).filter((one) => one.type === "version-upload");
		console.log(uploads.at(-1)?.version_id ?? "");
	' "$WRANGLER_OUTPUT_FILE_PATH"
}

serve_versions() { # version@percentage...
	wrangler versions deploy "$@" --config "$scratch/wrangler.toml" --env production --yes --message "scripts/deploy-edge $(git rev-parse --short HEAD)"
}

# Asks one version alone, whatever share of the requests it has; `any` asks whichever answers.
is_well() { # version
	local override=()
	if [[ $1 != any ]]; then override=(--header "Cloudflare-Workers-Version-Overrides: $worker=\"$1\""); fi
	curl --fail --silent --max-time 5 "${override[@]}" "$public_url/health" | grep '"status": *"ok"' >/dev/null
}

# Well at once may be luck: it has to be well every second for so long.
stays_well() { # version, seconds
	local deadline=$(($(now_ms) + $2 * 1000))
	poll 20 is_well "$1" || return 1
	while (($(now_ms) < deadline)); do
		is_well "$1" || return 1
		sleep 1
	done
}

go_back() { # version, why
	if serve_versions "$1@100"; then
		fail "$2; all requests go to the former version $1 again"
	fi
	fail "$2, and going back failed too: run scripts/deploy-edge --env production --rollback $1"
}

release_gradually() { # former version, new version
	local share
	trap 'go_back "$1" "interrupted"' INT TERM HUP
	for share in $shares; do
		serve_versions "$2@$share" "$1@$((100 - share))" || go_back "$1" "the new version cannot be given $share % of the requests"
		stays_well "$2" "$watch_seconds" || go_back "$1" "the new version $2 is not well with $share % of the requests"
		say "deploy-edge: $share % of the requests go to the new version, and it is well"
	done
	serve_versions "$2@100" || go_back "$1" "the new version cannot be given all requests"
	stays_well any "$watch_seconds" || go_back "$1" "the new version $2 is not well with all requests"
	trap - INT TERM HUP
}
