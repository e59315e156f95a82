# shellcheck shell=bash
# The later steps of scripts/bootstrap: firewall, upgrades, swap, Docker, secrets, timers. Sourced by it alone.

make_firewall() {
	put /usr/local/sbin/mindflow-firewall 0755 <"$repo/deploy/host/firewall"
	# `refresh` keeps a newer list here; a second run must not put the older one back.
	if [[ -f /etc/mindflow/cloudflare-ranges ]]; then kept /etc/mindflow/cloudflare-ranges; else put /etc/mindflow/cloudflare-ranges 0644 <"$repo/deploy/host/cloudflare-ranges"; fi
	printf 'SSH_PORT=%s\nSSH_FROM=%s\nPUBLIC=%s\n' "$(sshd -T | sed -n 's/^port //p' | head -n 1)" "$ssh_from" "$public" | put /etc/mindflow/firewall.conf 0644
	put_unit mindflow-firewall.service
	put_unit mindflow-firewall-refresh.service
	put_unit mindflow-firewall-refresh.timer
	/usr/local/sbin/mindflow-firewall apply
	did 'the firewall is loaded'
	enable_unit mindflow-firewall.service mindflow-firewall-refresh.timer
}
would_firewall() { printf 'would   let SSH in from %s and 443 from %s, and nothing else, also to what Docker publishes\n' "${ssh_from:-everywhere}" "$public"; }

put_unit() {
	put "/etc/systemd/system/$1" 0644 <"$repo/deploy/host/$1"
	if [[ $changed = yes ]] && is_booted; then systemctl daemon-reload; fi
}

make_upgrades() {
	put /etc/apt/apt.conf.d/52mindflow 0644 <<-'APT'
		// By scripts/bootstrap. Docker's own packages are not among these: they are upgraded by hand.
		APT::Periodic::Update-Package-Lists "1";
		APT::Periodic::Unattended-Upgrade "1";
		Unattended-Upgrade::Automatic-Reboot "true";
		Unattended-Upgrade::Automatic-Reboot-Time "04:30";
		Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";
	APT
	apt-config shell on APT::Periodic::Unattended-Upgrade | grep "'1'" >/dev/null || fail 'apt does not take the setting up'
	enable_unit apt-daily.timer apt-daily-upgrade.timer
}
would_upgrades() { printf 'would   turn on unattended upgrades, with a restart at 04:30 when one is needed\n'; }

make_swap() {
	put /etc/sysctl.d/60-mindflow.conf 0644 <<-'SYSCTL'
		# By scripts/bootstrap: swap is for the moments of a deployment.
		vm.swappiness = 10
	SYSCTL
	if is_booted; then sysctl --quiet --load=/etc/sysctl.d/60-mindflow.conf; fi
	if ((swap == 0)); then
		kept 'no swap'
	elif grep -qE '^[^#]+\sswap\s' /etc/fstab; then
		kept 'swap in /etc/fstab'
	else
		[[ -f /swapfile ]] || {
			(umask 077 && fallocate --length "${swap}G" /swapfile.new) || fail 'there is no room for swap; say --swap 0'
			mkswap --quiet /swapfile.new >/dev/null
			mv /swapfile.new /swapfile
		}
		printf '/swapfile none swap sw 0 0\n' >>/etc/fstab
		if is_booted; then swapon /swapfile; fi
		did "$swap GB of swap"
	fi
}
would_swap() { printf 'would   make %s GB of swap\n' "$swap"; }

make_docker() {
	local id codename missing
	if [[ $docker = no ]]; then
		kept 'no Docker, as asked'
		return
	fi
	read -r id _ codename <<<"$distribution"
	mapfile -t missing < <(not_installed docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin)
	put /etc/docker/daemon.json 0644 <"$repo/deploy/host/daemon.json"
	if ((${#missing[@]} == 0)); then
		kept 'Docker'
	else
		fetch_docker_key "$id"
		put /etc/apt/sources.list.d/docker.sources 0644 <<-SOURCES
			Types: deb
			URIs: $docker_repository/$id
			Suites: $codename
			Components: stable
			Architectures: $(dpkg --print-architecture)
			Signed-By: /etc/apt/keyrings/docker.asc
		SOURCES
		apt-get update --quiet=2
		apt-get install --quiet=2 --yes --no-install-recommends "${missing[@]}" >/dev/null
		did "Docker: ${missing[*]}"
	fi
	if dpkg-query --listfiles docker-ce | grep 'docker.service$' >/dev/null; then enable_unit docker.service; fi
}
would_docker() { if [[ $docker = yes ]]; then printf 'would   install Docker from %s, whose key must be %s\n' "$docker_repository" "$docker_fingerprint"; fi; }

# apt trusts whatever this key signs, so it is not taken on the word of a connection.
fetch_docker_key() { # distribution
	local new found
	new=$(mktemp)
	curl --fail --silent --show-error --location --max-time 60 --output "$new" "$docker_repository/$1/gpg" || fail "Docker's key cannot be fetched"
	found=$(gpg --batch --show-keys --with-colons "$new" 2>/dev/null | sed -n 's/^fpr:::::::::\([0-9A-F]*\):$/\1/p' | head -n 1)
	[[ $found = "$docker_fingerprint" ]] || fail "the key at $docker_repository is ${found:-no key}, not Docker's $docker_fingerprint; nothing was installed"
	put /etc/apt/keyrings/docker.asc 0644 <"$new"
	rm "$new"
}

make_secrets() { "$repo/scripts/make-secrets" --containers --dir /etc/mindflow/secrets; }
would_secrets() { printf 'would   make what is missing in /etc/mindflow/secrets\n'; }

make_timers() {
	put_unit mindflow-drill.service
	put_unit mindflow-drill.timer
	enable_unit mindflow-drill.timer
}
would_timers() { printf 'would   restore the newest backup beside the service every Sunday, once it is in /opt/mindflow\n'; }
