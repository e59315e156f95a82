# shellcheck shell=bash
# The deployment's containers, for the scripts that an operator runs on the host. Sourced after common.sh; `settings` is
# the deployment's .env.

settings=${MINDFLOW_SETTINGS:-$repo/.env}

# The value of one line NAME=value; the file is read, not executed.
setting() { # name, default
	local value=''
	if [[ -f $settings ]]; then value=$(sed -n "s/^$1=//p" "$settings" | tail -n 1 | sed "s/^'\(.*\)'\$/\1/; s/^\"\(.*\)\"\$/\1/"); fi
	printf '%s\n' "${value:-${2:-}}"
}

need_deployment() {
	need docker 'this runs on the host of the deployment'
	[[ -f $settings ]] || fail "$settings is missing: run it in the checkout that is deployed"
}

# In a dry run every command is said and none is run.
run() {
	if [[ ${dry_run:-no} = yes ]]; then
		printf 'would  ' && printf ' %q' "$@" && printf '\n'
	else
		"$@"
	fi
}

# How Caddy is entered is another file on top (deploy/compose); a dry run says the whole command.
compose_files=(--file "$repo/docker-compose.prod.yml")
case $(setting ORIGIN_ENTRANCE certificate) in
certificate) ;;
acme | tunnel) compose_files+=(--file "$repo/deploy/compose/$(setting ORIGIN_ENTRANCE).yml") ;;
*) fail "ORIGIN_ENTRANCE in $settings must be certificate, acme or tunnel" ;;
esac

compose() { run docker compose --env-file "$settings" "${compose_files[@]}" "$@"; }

# Changes one line of the settings, whole or not at all.
set_setting() { # name, value
	if [[ ${dry_run:-no} = yes ]]; then
		printf 'would   write %s=%s into %s\n' "$1" "$2" "$settings"
		return
	fi
	local new
	new=$(mktemp "$settings.XXXXXX")
	awk -v name="$1" -v line="$1=$2" 'index($0, name "=") == 1 { if (!done) print line; done = 1; next } { print } END { if (!done) print line }' "$settings" >"$new"
	chmod --reference="$settings" "$new"
	chown --reference="$settings" "$new"
	mv "$new" "$settings"
}

restore_mounts=()

# A one-off of the backup's image, apart from the service: it sees the store and one key, and no network but the way out.
restore_in_container() { # volume, private key, options of deploy/backup/restore...
	local volume=$1 identity=$2 secrets
	shift 2
	secrets=$(setting SECRETS_DIR)
	run docker run --rm --interactive --init --read-only --cap-drop ALL --security-opt no-new-privileges:true --user 999:999 \
		--memory 1g --pids-limit 256 --tmpfs /tmp:mode=1777,size=64m --volume "$volume:/restored" \
		--volume "$repo/deploy/backup:/backup:ro" --volume "$identity:/run/secrets/identity:ro" \
		--volume "$secrets/backup_store:/run/secrets/backup_store:ro" --volume "$secrets/postgres_password:/run/secrets/postgres_password:ro" \
		"${restore_mounts[@]}" --env BACKUP_STORE="$(setting BACKUP_STORE)" --env BACKUP_STORE_CONFIG_FILE=/run/secrets/backup_store \
		--env BACKUP_IDENTITY_FILE=/run/secrets/identity --env BACKUP_WORK=/restored/.work \
		"$(setting BACKUP_IMAGE)" /backup/restore --into /restored/18/docker "$@"
}

# Empty, and PostgreSQL's: the official image keeps its data in /var/lib/postgresql/18/docker of this volume.
make_volume() { # name
	run docker volume create "$1" >/dev/null
	run docker run --rm --user 0:0 --network none --volume "$1:/restored" --entrypoint sh "$(setting BACKUP_IMAGE)" -c \
		'[ -z "$(ls -A /restored)" ] && chown 999:999 /restored' || fail "the volume $1 is not empty; name another, or remove it: docker volume rm $1"
}
