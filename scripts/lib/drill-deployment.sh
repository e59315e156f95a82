# shellcheck shell=bash
# A deployment to drill on: the host's address, secrets, certificates and settings, the releases, the Worker in front of it
# and the load. Sourced by scripts/drills/containers after drill-images.sh; all of it is inside the drill's namespaces.

host=203.0.113.2
secrets=/etc/mindflow/secrets
tls=/etc/mindflow/tls
authority=origin.example.com
mindflow_url=http://localhost:8787 # without TLS the Worker takes no other name
account='{"email":"drill@example.com","password":"quiet otters plan ahead"}'
# The next migration of the second release; no release of ours comes near.
drill_migration=9001

# The host has an address that containers reach too, for the store.
make_networks() {
	ip link set lo up
	ip link add wan type veth peer name world
	ip address add "$host/24" dev wan
	ip link set wan up
	ip link set world up
	ip route add default via 203.0.113.1
}

# In asked-names there is a line of each question, the letters of its name among them.
start_name_server() {
	launch names python3 -c 'import socket, sys
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((sys.argv[1], 53))
print("begun", flush=True)
with open(sys.argv[2], "a", buffering=1) as asked:
    while True: print("".join(chr(c) if 32 < c < 127 else "." for c in server.recv(512)[12:]), file=asked)' "$host" "$scratch/asked-names"
	touch "$scratch/asked-names"
	poll 10 test -s "$scratch/logs/names.log" || blame names "did not begin"
}

dc() { docker compose --env-file "$MINDFLOW_SETTINGS" --file "$repo/docker-compose.prod.yml" "$@"; }

# What a former run may have left in the engine's data, too.
remove_containers() {
	local names
	mapfile -t names < <(docker ps --all --quiet)
	if ((${#names[@]})); then docker rm --force --volumes "${names[@]}" >/dev/null; fi
	docker volume ls --quiet | xargs --no-run-if-empty docker volume rm --force >/dev/null
	docker network prune --force >/dev/null
}

## Releases
# What the Dockerfile admits, and what a release is known by.
release_sources=(.dockerignore Cargo.toml Cargo.lock shared-types origin-api bench/Cargo.toml edge-worker/Cargo.toml deploy/sbom.awk)

# By the Dockerfile, unless the very sources were built by the last run. What was compiled before is taken along: the
# toolchain's image is then the build stage of the build before.
build_release() { # name, folder; sets `built`
	local options base=$rust_image compiled=mindflow-drill-build:${rust_image#*:}
	built=$1:$(cd "$2" && digest_of "${release_sources[@]}" | cut -c1-12)
	if has_image "$built"; then return; fi
	if has_image "$compiled"; then
		base=mindflow-drill-warm
		docker build --quiet --build-arg "COMPILED=$compiled" --tag "$base" - >/dev/null 2>"$scratch/build.log" <<-'DOCKERFILE' || fail "$(tail -n 3 "$scratch/build.log")"
			ARG COMPILED
			FROM ${COMPILED}
			RUN find /build -mindepth 1 -maxdepth 1 ! -name target -exec rm -rf {} +
		DOCKERFILE
	fi
	docker images --quiet "$1" | sort -u | xargs --no-run-if-empty docker image rm --force >/dev/null
	for options in "--target build --tag $compiled" "--tag $built"; do
		# shellcheck disable=SC2086
		docker build --file "$2/origin-api/Dockerfile" --build-arg RUST_IMAGE="$base" $options "$2" >"$scratch/build.log" 2>&1 ||
			fail "the origin's image cannot be built: $(tail -n 5 "$scratch/build.log")"
	done
	docker image prune --force >/dev/null
}

build_first_release() {
	local started size
	started=$(now_ms)
	build_release mindflow-origin "$repo"
	size=$(docker image inspect --format '{{.Size}}' "$built")
	figure "the origin's image: $((($(now_ms) - started) / 1000)) s, $size bytes"
	holds "the image is below 25 MB" test "$size" -lt 25000000
	equal "nothing but the program and its bill of materials is in it" "origin-api sbom.cdx.json" "$(files_of "$built")"
	first=$(publish_image "$built" mindflow-origin)
	docker build --quiet --build-arg POSTGRES_IMAGE=mindflow-drill-postgres --tag mindflow-backup deploy/backup >/dev/null 2>"$scratch/build.log" ||
		fail "the backup's image cannot be built: $(tail -n 3 "$scratch/build.log")"
	ok "the backup's image is built by its Dockerfile"
}

files_of() { # image
	local container
	container=$(docker create "$1")
	docker export "$container" | tar --list | grep -vE '/$|^(\.dockerenv|dev/console|etc/(hostname|hosts|resolv.conf|mtab))$' | sort | paste -sd' '
	docker rm "$container" >/dev/null
}

# The same sources and one migration more, on a table that every request asks.
build_second_release() {
	local sources=$scratch/second
	mkdir "$sources"
	git ls-files -co --exclude-standard -z -- "${release_sources[@]}" | xargs -0 cp --parents -t "$sources"
	printf -- '-- Safe while the previous release runs: it names no column that it does not know.\nALTER TABLE tasks ADD COLUMN drill text;\n' \
		>"$sources/origin-api/migrations/V${drill_migration}__drill.sql"
	build_release mindflow-origin-second "$sources"
	second_built=$built
	second=$(publish_image "$built" mindflow-origin)
}

# One that answers no probe, and one that is well for three seconds and is then killed.
build_failing_releases() {
	failing_release never-ready 'sleep 600' && never_ready=$published
	failing_release dies 'timeout --signal KILL 5 /release serve' && dies=$published
}

failing_release() { # name, what it does instead of serving
	local folder=$scratch/$1
	mkdir "$folder"
	# shellcheck disable=SC2016  # it is the release that expands them
	printf '#!/bin/sh\nif [ "$1" = serve ]; then %s; else exec /release "$@"; fi\n' "$2" >"$folder/origin-api"
	chmod +x "$folder/origin-api"
	docker tag "$second_built" mindflow-drill-release
	build_from "mindflow-$1" "$folder" <<-'DOCKERFILE'
		ARG DEBIAN
		FROM ${DEBIAN}
		COPY --from=mindflow-drill-release /origin-api /release
		COPY origin-api /origin-api
		LABEL org.opencontainers.image.title=mindflow-origin
		USER 65532:65532
		ENTRYPOINT ["/origin-api"]
	DOCKERFILE
	published=$(publish_image "mindflow-$1" mindflow-origin)
}

## The host
prepare_host() {
	local name
	export MINDFLOW_SETTINGS=$scratch/env DRILL_REPORT=$scratch/drill-report
	scripts/secrets generate --containers >"$scratch/secrets.log"
	scripts/secrets backup-keys --recovery "$scratch/recovery.key" >>"$scratch/secrets.log" 2>&1
	start_store "$secrets/backup_store"
	make_certificates
	for name in mindflow-drill-postgres mindflow-drill-caddy mindflow-backup; do publish_image "$name" "$name" >"$scratch/$name"; done
	sed -e "s#^POSTGRES_IMAGE=.*#POSTGRES_IMAGE=$(<"$scratch/mindflow-drill-postgres")#" \
		-e "s#^CADDY_IMAGE=.*#CADDY_IMAGE=$(<"$scratch/mindflow-drill-caddy")#" \
		-e "s#^BACKUP_IMAGE=.*#BACKUP_IMAGE=$(<"$scratch/mindflow-backup")#" \
		-e "s#^ORIGIN_IMAGE=.*#ORIGIN_IMAGE=$first#" -e "s#^SECRETS_DIR=.*#SECRETS_DIR=$secrets#" -e "s#^TLS_DIR=.*#TLS_DIR=$tls#" \
		-e "s#^BACKUP_STORE=.*#BACKUP_STORE=store:mindflow#" -e "s#^PUBLIC_URL=.*#PUBLIC_URL=$mindflow_url#" \
		-e "s#^ORIGIN_AUTHORITY=.*#ORIGIN_AUTHORITY=$authority#" -e "s#^ORIGIN_URL=.*#ORIGIN_URL=https://$authority#" .env.example >"$MINDFLOW_SETTINGS"
	# shellcheck source=scripts/lib/containers.sh
	source "$repo/scripts/lib/containers.sh"
	docker volume create mindflow_pgdata >/dev/null
}

# rclone's S3 server stands in for R2, in another place than the host's data.
start_store() { # configuration
	local key
	key=$(head -c 18 /dev/urandom | base64 | tr '+/' '-_')
	mkdir -p "$scratch/store/mindflow"
	launch store rclone serve s3 --addr "$host:9000" --auth-key "drill,$key" "$scratch/store"
	(umask 077 && printf '[store]\ntype = s3\nprovider = Rclone\nendpoint = http://%s:9000\naccess_key_id = drill\nsecret_access_key = %s\n' "$host" "$key" >"$1")
	chown 999:999 "$1"
	chmod 0400 "$1"
}

# As docs/operations.md has it. The server's is signed by itself: nobody but the stand-in for Cloudflare looks at it.
make_certificates() {
	mkdir -p "$tls"
	(
		cd "$tls"
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj /CN=mindflow-edge-ca -keyout client-ca.key -out client-ca.pem
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=mindflow-edge -keyout edge.key -out edge.csr
		openssl x509 -req -in edge.csr -CA client-ca.pem -CAkey client-ca.key -CAcreateserial -days 730 -out edge.pem
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj "/CN=$authority" -addext "subjectAltName=DNS:$authority" -keyout origin.key -out origin.pem
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj /CN=stranger -keyout stranger.key -out stranger.pem
	) 2>"$scratch/openssl.log" || fail "no certificates: $(tail -n 1 "$scratch/openssl.log")"
	chown 65532:65532 "$tls"/{origin.pem,origin.key,client-ca.pem}
	chmod 0400 "$tls"/*
}

# Prints each container that may more than the compose file means it to.
find_privileges() {
	docker ps --quiet | xargs docker inspect --format '{{index .Config.Labels "com.docker.compose.service"}} user={{.Config.User}} readonly={{.HostConfig.ReadonlyRootfs}} drop={{.HostConfig.CapDrop}} add={{.HostConfig.CapAdd}} {{.HostConfig.SecurityOpt}}' |
		grep -vxE '[a-z-]+ user=(999:999|65532:65532) readonly=true drop=\[ALL\] add=(\[\]|<no value>) \[no-new-privileges:true\]|caddy user=65532:65532 readonly=true drop=\[ALL\] add=\[(CAP_)?NET_BIND_SERVICE\] \[no-new-privileges:true\]' || true
}

## The Worker in front of it
set_token_keys() { set_setting TOKEN_PUBLIC_KEYS "$(dc run --rm --no-deps origin admin keys public)" && [[ -n $(setting TOKEN_PUBLIC_KEYS) ]]; }

# Cloudflare opens its connection to the origin with our client certificate; here Caddy does.
start_worker() {
	if ! is_running cloudflare; then
		cat >"$scratch/cloudflare" <<-CADDYFILE
			{
				admin off
				auto_https off
			}
			http://127.0.0.1:8790 {
				reverse_proxy https://127.0.0.1:443 {
					header_up Host $authority
					transport http {
						compression off
						tls_server_name $authority
						tls_trust_pool file $tls/origin.pem
						tls_client_auth $tls/edge.pem $tls/edge.key
					}
				}
			}
		CADDYFILE
		launch cloudflare env XDG_DATA_HOME="$scratch" XDG_CONFIG_HOME="$scratch" caddy run --config "$scratch/cloudflare" --adapter caddyfile
		wait_until_ready cloudflare 10 port_answers 8790
	fi
	(umask 077 && printf 'SIGNING_KEYS="%s"\nCALLBACK_KEYS="%s"\n' "$(<"$secrets/signing_keys")" "$(<"$secrets/callback_keys")" >"$scratch/edge.env")
	ADDRESS_REQUESTS_PER_MINUTE=1000000 AUTH_REQUESTS_PER_MINUTE=1000000 node scripts/lib/edge-config.ts "$scratch/wrangler.toml" || exit 1
	launch edge wrangler dev --config "$scratch/wrangler.toml" --env-file "$scratch/edge.env" --persist-to "$scratch/edge" \
		--ip 127.0.0.1 --port 8787 --inspector-port 0 --show-interactive-dev-session=false --log-level warn \
		--var "PUBLIC_URL:$mindflow_url" --var ORIGIN_URL:http://127.0.0.1:8790 --var "ORIGIN_AUTHORITY:$authority" \
		--var "TOKEN_PUBLIC_KEYS:$(setting TOKEN_PUBLIC_KEYS)" --var USER_REQUESTS_PER_MINUTE:1000000 --var CORS_ORIGINS:
	wait_until_ready edge 60 is_healthy
}

is_healthy() { curl --fail --silent --max-time 3 "$mindflow_url/health"; }

token=''
ask() { # method, path, body; prints the status
	local arguments=()
	printf '%s' "${token:+header = \"Authorization: Bearer $token\"}" >"$scratch/curl"
	if [[ -n ${3:-} ]]; then arguments=(--header 'Content-Type: application/json' --data "$3"); fi
	curl --silent --max-time 20 --request "$1" --config "$scratch/curl" --output "$scratch/body" --dump-header "$scratch/headers" --write-out '%{http_code}' "${arguments[@]}" "$mindflow_url$2" || true
}
answered() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$scratch/body"; } # field

# Straight to Caddy, as somebody would who knows the address; 000 is no answer.
ask_caddy() { # path, options...
	curl --silent --insecure --path-as-is --max-time 5 --output /dev/null --write-out '%{http_code}' --resolve "$authority:443:$host" "${@:2}" "https://$authority$1" || true
}

## Load
requests_per_second=50

start_load() {
	cpu_seconds >"$scratch/cpu"
	launch load node scripts/lib/drill-load.ts "$mindflow_url" "$requests_per_second" "$scratch/stop-load"
	poll 20 test -s "$scratch/logs/load.log" || blame load "did not begin"
}

end_load() {
	local report
	touch "$scratch/stop-load"
	poll 60 not_running load || fail "the load does not end"
	print_slow
	print_cost
	cat "$scratch/times"
	report=$(tail -n 1 "$scratch/logs/load.log")
	figure "$report"
	[[ $report =~ rate=([0-9]+)\ .*failed=([0-9]+)\ written=([0-9]+)\ lost=([0-9]+)\ twice=([0-9]+)\ slowest_ms=([0-9]+) ]] || fail "the load has no report: $report"
	holds "$requests_per_second requests a second were asked, or nine of ten of them" test "${BASH_REMATCH[1]}" -ge $((requests_per_second * 9 / 10))
	equal "of all requests under load none failed" 0 "${BASH_REMATCH[2]}"
	holds "changes were among them" test "${BASH_REMATCH[3]}" -gt 500
	equal "no change is lost" 0 "${BASH_REMATCH[4]}"
	equal "none is there twice" 0 "${BASH_REMATCH[5]}"
}

# The slowest requests, and how long each try of them took Caddy: what is left was spent in the Worker or before it.
print_slow() {
	local at ms kind id timing
	while read -r _ at ms _ kind id timing; do
		figure "slow: $at $ms ms $kind $id $timing; in Caddy: $(scripts/logs --service caddy --request "$id" 2>/dev/null | grep -oE '"(duration|status)":[0-9.]+' | paste -sd' ')"
	done < <(grep '^slow ' "$scratch/logs/load.log")
}

# Seconds of CPU that each program has used, of those that run: the Worker's, the load's, and the deployment's.
cpu_seconds() {
	cat /proc/[0-9]*/stat 2>/dev/null | sed -n 's/^[0-9]* (\([^)]*\)) \(.*\)/\1 \2/p' |
		awk -v tick="$(getconf CLK_TCK)" '$1 ~ /^(workerd|node|caddy|origin-api|postgres|dockerd|containerd.*)$/ { used[$1] += ($(NF - 38) + $(NF - 37)) / tick } END { for (name in used) printf "%s %.1f\n", name, used[name] }' | sort
}

print_cost() {
	figure "seconds of CPU since the load began: $(cpu_seconds | join -a 1 - "$scratch/cpu" | awk '{ printf "%s%s %.1f", separator, $1, $2 - $3; separator = ", " }')"
}

timed() { # what, command...
	local started status=0
	started=$(now_ms)
	"${@:2}" || status=$?
	printf 'figure  %s: %d s\n' "$1" $((($(now_ms) - started) / 1000)) >>"$scratch/times"
	return "$status"
}

migration_level() {
	poll 20 is_healthy || return 1
	[[ $(ask GET /health) = 200 ]] && sed -n 's/.*"migration":\([0-9]*\).*/\1/p' "$scratch/body"
}

print_memory() {
	local used
	used=$(docker stats --no-stream --format '{{.Name}} {{.MemUsage}}' | sed 's#^mindflow-\(.*\)-1 \([^ ]*\) .*#\1 \2#' | sort | paste -sd,)
	figure "memory under load: $used"
	used=$(docker stats --no-stream --format '{{.MemUsage}}' | sed 's# /.*##' | numfmt --from=iec-i --suffix=B | tr -d B | awk '{ sum += $1 } END { printf "%d", sum / 1048576 }')
	figure "memory of all containers under load: $used MiB"
	holds "which leaves room on a host with 2 GB" test "$used" -lt 1600
}
