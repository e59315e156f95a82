# shellcheck shell=bash
# What scripts/doctor asks, one function each. It prints the remedy and returns 1 when it is not well, and 2 when it
# cannot be asked here. Sourced by it alone. No `grep -q` behind a pipe: it ends early, and pipefail takes that for a failure.

# shellcheck disable=SC2034  # read by scripts/doctor
checks=(host-supported host-time host-disk host-memory host-swap host-restart-due host-upgrades ssh-no-root ssh-no-password
	firewall-loaded ports-closed settings-complete settings-no-secret secrets-well secrets-at-rest certificate-valid
	images-pinned compose-valid docker-version docker-logs containers-healthy containers-one-slot database-not-published volume-external
	origin-ready origin-refuses-unsigned origin-refuses-strangers edge-healthy backup-settings backup-recent
	backup-verified drill-timer)
# shellcheck disable=SC2034
deployment_checks=(settings secrets certificate images compose docker containers database volume origin edge backup)

cannot() {
	printf '%s\n' "$*"
	return 2
}
need_root() { ((EUID == 0)) || cannot 'run it as root'; }
need_docker() { docker info >/dev/null 2>&1 || cannot 'Docker does not answer'; }
need_settings() { [[ -f $settings ]] || cannot "$settings is not there"; }
need_entrance() { # of those that ORIGIN_ENTRANCE names...
	local entrance
	entrance=$(setting ORIGIN_ENTRANCE certificate)
	[[ " $* " == *" $entrance "* ]] || cannot "it is entered by another way: $entrance"
}
dc() { docker compose --env-file "$settings" "${compose_files[@]}" "$@"; }

check_host_supported() {
	# shellcheck source=/dev/null
	(. /etc/os-release && [[ "$ID $VERSION_ID" =~ ^(debian\ 1[23]|ubuntu\ 24.04)$ ]]) || { echo 'not Debian 12, 13 or Ubuntu 24.04' && return 1; }
}

# A signature is refused when the clocks are 30 seconds apart.
check_host_time() {
	command -v timedatectl >/dev/null || cannot 'no timedatectl'
	[[ $(timedatectl show --property NTPSynchronized --value 2>/dev/null) = yes ]] || { echo 'the clock is not synchronised: timedatectl set-ntp true' && return 1; }
}

check_host_disk() {
	local used
	used=$(df --output=pcent / | tail -n 1 | tr -dc 0-9)
	((used < 85)) || { echo "/ is $used % full: scripts/clean, then a bigger disk" && return 1; }
}

check_host_memory() {
	local kilobytes
	kilobytes=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
	((kilobytes > 1800000)) || { echo "$((kilobytes / 1024)) MB of memory; the limits of the compose file need 2 GB" && return 1; }
}

check_host_swap() {
	[[ -n $(tail -n +2 /proc/swaps) ]] || { echo 'no swap: scripts/bootstrap makes it' && return 1; }
}

check_host_restart_due() {
	[[ ! -e /run/reboot-required ]] || { echo 'an upgrade waits for a restart; it comes by itself at 04:30' && return 1; }
}

check_host_upgrades() {
	command -v apt-config >/dev/null || cannot 'no apt'
	apt-config shell on APT::Periodic::Unattended-Upgrade | grep "'1'" >/dev/null || { echo 'unattended upgrades are off: scripts/bootstrap turns them on' && return 1; }
	dpkg-query --show --showformat='${Status}' unattended-upgrades 2>/dev/null | grep 'ok installed' >/dev/null || { echo 'unattended-upgrades is not installed' && return 1; }
}

sshd_says() { # setting, value
	local sshd
	sshd=$(command -v sshd || echo /usr/sbin/sshd)
	[[ -x $sshd ]] || cannot 'no sshd here'
	need_root
	"$sshd" -T 2>/dev/null | grep -x "$1 $2" >/dev/null || { echo "sshd does not say '$1 $2': scripts/bootstrap sets it" && return 1; }
}
check_ssh_no_root() { sshd_says permitrootlogin no; }
check_ssh_no_password() {
	sshd_says passwordauthentication no
	sshd_says kbdinteractiveauthentication no
}

check_firewall_loaded() {
	need_root
	[[ -x /usr/local/sbin/mindflow-firewall ]] || { echo 'not installed: scripts/bootstrap does it' && return 1; }
	/usr/local/sbin/mindflow-firewall check
}

# What listens where the world could reach it: SSH and 443, or it is said by name.
check_ports_closed() {
	local open
	command -v ss >/dev/null || cannot 'no ss'
	open=$(ss --no-header --listening --tcp --numeric | awk '{ print $4 }' | grep -vE '^(127\.|\[::1\]|\[::ffff:127\.)' |
		sed 's/.*://' | sort -un | grep -vxE "443|$(sshd -T 2>/dev/null | sed -n 's/^port //p' | grep . || echo 22)" | paste -sd' ')
	[[ -z $open ]] || { echo "ports $open listen on more than this machine" && return 1; }
}

check_settings_complete() {
	[[ -f $settings ]] || { echo "$settings is not there: run it in the checkout that is deployed" && return 1; }
	local name missing=()
	for name in POSTGRES_IMAGE CADDY_IMAGE ORIGIN_IMAGE SECRETS_DIR TLS_DIR PUBLIC_URL ORIGIN_AUTHORITY ORIGIN_URL TOKEN_PUBLIC_KEYS; do
		[[ -n $(setting "$name") ]] || missing+=("$name")
	done
	((${#missing[@]} == 0)) || { echo "empty in $settings: ${missing[*]}" && return 1; }
}

check_settings_no_secret() {
	need_settings
	local secrets file value
	secrets=$(setting SECRETS_DIR)
	[[ -r $secrets ]] || cannot "$secrets cannot be read"
	for file in "$secrets"/*_password "$secrets"/*_keys; do
		[[ -f $file && -s $file ]] || continue
		value=$(head -n 1 "$file" | sed 's/^[^=]*=\(.*=*\)$/\1/')
		if grep -qF -- "$value" "$settings"; then echo "$(basename "$file") stands in $settings" && return 1; fi
	done
}

check_secrets_well() {
	need_settings
	need_root
	scripts/secrets check --dir "$(setting SECRETS_DIR)" --containers
}

# The drill's key opens every backup; no container may keep it.
check_secrets_at_rest() {
	need_root
	local key=/etc/mindflow/drill.key found
	[[ -f $key ]] || cannot "no $key: no drill on this host"
	[[ $(stat -c %a "$key") = 400 ]] || { echo "chmod 0400 $key" && return 1; }
	# /root is where docs/backup.md has it made.
	found=$(grep -slF AGE-SECRET-KEY- "$(setting SECRETS_DIR /etc/mindflow/secrets)"/* /etc/mindflow/* /root/* | grep -vxF "$key" | head -n 1 || true)
	[[ -z $found ]] || { echo "a private half is on this host in $found: take it off, and delete it here" && return 1; }
}

check_certificate_valid() {
	need_settings
	need_entrance certificate
	local file
	file=$(setting TLS_DIR)/origin.pem
	[[ -r $file ]] || cannot "$file cannot be read"
	openssl x509 -in "$file" -noout -checkend $((21 * 86400)) >/dev/null || { echo "$file ends within 21 days: docs/operations.md, Certificates" && return 1; }
	openssl x509 -in "$file" -noout -checkhost "$(setting ORIGIN_AUTHORITY | cut -d: -f1)" | grep 'does match' >/dev/null || { echo "$file is not for $(setting ORIGIN_AUTHORITY)" && return 1; }
}

check_images_pinned() {
	need_settings
	local name
	for name in POSTGRES_IMAGE CADDY_IMAGE ORIGIN_IMAGE; do
		[[ $(setting "$name") =~ @sha256:[0-9a-f]{64}$ ]] || { echo "$name has no digest: scripts/pin-images, or the digest that your registry gave" && return 1; }
	done
}

check_compose_valid() {
	need_settings
	docker compose version >/dev/null 2>&1 || cannot 'no docker compose'
	dc config --quiet
}

check_docker_version() {
	docker info >/dev/null 2>&1 || { echo 'Docker does not answer' && return 1; }
	local version
	version=$(docker version --format '{{.Server.Version}}')
	((${version%%.*} >= 25)) || { echo "Docker Engine $version; 25 or newer is needed" && return 1; }
}

check_docker_logs() {
	need_docker
	[[ $(docker info --format '{{.LoggingDriver}}') = local ]] || { echo 'the default log driver keeps everything: scripts/bootstrap sets it to local' && return 1; }
}

# What serves must run, and be healthy when it says how it is; what runs once must have ended well.
check_containers_healthy() {
	need_docker
	need_settings
	local bad services
	services="postgres origin-$(setting COMPOSE_PROFILES) caddy backup"
	if [[ $(setting ORIGIN_ENTRANCE) = tunnel ]]; then services+=' cloudflared'; fi
	[[ -n $(dc ps --quiet) ]] || { echo 'nothing runs: docker compose up --detach --wait' && return 1; }
	bad=$(dc ps --all --format '{{.Service}} {{.State}} {{.Health}} {{.ExitCode}}' | awk -v services="$services" '
		{ state[$1] = $2; health[$1] = NF > 3 ? $3 : ""; code[$1] = $NF }
		END {
			for (n = split(services, wanted, " "); n > 0; n--) {
				name = wanted[n]
				if (!(name in state)) print name " is absent"
				else if (state[name] != "running" || health[name] !~ /^(healthy)?$/) print name " is " state[name] " " health[name]
			}
			for (n = split("prepare roles migrate", wanted, " "); n > 0; n--) {
				name = wanted[n]
				if (name in state && (state[name] != "exited" || code[name] != 0)) print name " has ended with " code[name]
			}
		}' | paste -sd,)
	[[ -z $bad ]] || { echo "$bad; scripts/logs --service NAME says why, docker compose -f docker-compose.prod.yml up --detach --wait starts it" && return 1; }
}

# Two run while a deployment goes on. One whose host was cut off meanwhile leaves both, and they come back with the host.
check_containers_one_slot() {
	need_docker
	need_settings
	local other=green
	if [[ $(setting COMPOSE_PROFILES) = green ]]; then other=blue; fi
	[[ -z $(dc --profile "$other" ps --quiet --status running "origin-$other") ]] ||
		{ echo "origin-$other runs too: a deployment goes on, or was cut short; then: docker compose -f docker-compose.prod.yml stop origin-$other, and deploy again" && return 1; }
}

check_database_not_published() {
	need_docker
	need_settings
	local ports
	ports=$(dc ps --format '{{.Service}} {{.Ports}}' | grep -E -- '->' | grep -v '^caddy ' || true)
	[[ -z $ports ]] || { echo "published: $ports" && return 1; }
}

check_volume_external() {
	need_docker
	local volume
	volume=$(setting PGDATA_VOLUME mindflow_pgdata)
	[[ -z $(docker volume inspect --format '{{index .Labels "com.docker.compose.project"}}' "$volume") ]] || { echo "$volume belongs to the project: down --volumes would delete it" && return 1; }
}

check_origin_ready() {
	need_docker
	need_settings
	dc run --rm --no-deps origin check
}

# Straight to Caddy, as somebody would who knows the address: it must not get as far as an answer.
check_origin_refuses_strangers() {
	local code
	need_settings
	need_entrance certificate acme
	code=$(curl --silent --insecure --max-time 5 --output /dev/null --write-out '%{http_code}' --resolve "$(setting ORIGIN_AUTHORITY):443:127.0.0.1" "https://$(setting ORIGIN_AUTHORITY)/readyz" || true)
	[[ $code = 000 ]] || { echo "a caller without a client certificate got an answer ($code)" && return 1; }
}

check_origin_refuses_unsigned() {
	need_docker
	need_settings
	local code
	code=$(dc exec --no-TTY caddy wget --quiet --server-response --output-document=/dev/null "http://origin-$(setting COMPOSE_PROFILES):8788/api/tasks" 2>&1 | sed -n 's#^ *HTTP/[0-9.]* \([0-9]*\).*#\1#p' | tail -n 1 || true)
	[[ -n $code ]] || cannot 'Caddy has no wget, or the origin has another name'
	[[ $code = 401 ]] || { echo "the origin answered $code to a request without a signature" && return 1; }
}

check_edge_healthy() {
	need_settings
	[[ -n $(setting PUBLIC_URL) ]] || cannot 'PUBLIC_URL is empty'
	curl --fail --silent --max-time 10 "$(setting PUBLIC_URL)/health" | grep '"status": *"ok"' >/dev/null || { echo "$(setting PUBLIC_URL)/health is not ok$([[ $(setting ORIGIN_ENTRANCE) != acme ]] || echo ', for with ORIGIN_ENTRANCE=acme the Worker cannot present our certificate'): docs/operations.md, \"It is 3 a.m.\"" && return 1; }
}

check_backup_settings() {
	need_settings
	local secrets name
	secrets=$(setting SECRETS_DIR)
	for name in BACKUP_STORE BACKUP_IMAGE; do [[ -n $(setting "$name") ]] || { echo "$name is empty in $settings: there are no backups" && return 1; }; done
	for name in backup_store backup_recipients; do [[ -s $secrets/$name ]] || { echo "$secrets/$name is missing: docs/backup.md" && return 1; }; done
	(($(grep -c '^age1' "$secrets/backup_recipients") >= 2)) || { echo 'backup_recipients must name the recovery key and the drill key' && return 1; }
}

check_backup_recent() {
	need_docker
	need_settings
	dc exec --no-TTY backup /backup/backup check
}

check_backup_verified() {
	need_docker
	need_settings
	local newest
	newest=$(dc exec --no-TTY backup /backup/backup list | sed -n 's/^verified //p' | sort | tail -n 1)
	[[ -n $newest ]] || { echo 'no backup was ever restored: scripts/restore-drill' && return 1; }
	(($(date +%s) - $(date -u -d "${newest:0:8} ${newest:9:2}:${newest:11:2}" +%s) < 9 * 86400)) || { echo "the last backup that was restored is of $newest: scripts/restore-drill" && return 1; }
}

check_drill_timer() {
	command -v systemctl >/dev/null || cannot 'no systemd'
	[[ $(systemctl is-enabled mindflow-drill.timer 2>/dev/null) = enabled ]] || { echo 'mindflow-drill.timer is off: scripts/bootstrap turns it on, or the drill runs elsewhere' && return 1; }
}
