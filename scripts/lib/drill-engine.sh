# shellcheck shell=bash
# A Docker Engine for the drills, of the version that the deployment asks for: Debian 13's (26.1), in a root of its own,
# and a registry beside it. Sourced after common.sh; `scratch` is the drill's folder.
#
# make_engine_root runs outside, where the network is. The rest runs in namespaces (network, mounts, processes), so that
# no rule, mount or process of it is this machine's, and all ends with them.

drill_cache=$tools/drills
engine_root=$drill_cache/engine
# Images and layers stay from one run to the next; containers, volumes and networks do not.
engine_data=$drill_cache/engine-data

# From Debian's archive, once.
make_engine_root() {
	need debootstrap 'run scripts/setup --drills'
	[[ ! -f $engine_root/.complete ]] || return 0
	say 'making a root for the engine (some minutes)'
	mkdir -p "$drill_cache"
	rm -rf "$engine_root"
	debootstrap --variant=minbase --include=docker.io,docker-registry,iptables,iproute2,ca-certificates trixie "$engine_root" \
		http://deb.debian.org/debian >"$drill_cache/engine.log" 2>&1 || fail "debootstrap failed: $(tail -n 1 "$drill_cache/engine.log")"
	touch "$engine_root/.complete"
}

# What the engine's root has of this one.
prepare_engine_root() {
	local folder
	mount --bind "$engine_root" "$engine_root"
	mount -t tmpfs none /run
	# The host's /etc/mindflow is as docs/operations.md has it, and in memory.
	mkdir -p /run/etc/upper /run/etc/work
	mount -t overlay none -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc
	rm -rf /etc/mindflow && mkdir /etc/mindflow
	mkdir -p "$engine_root$repo" "$engine_root/etc/mindflow" "$engine_data"
	for folder in /run /proc /sys /dev /tmp /etc/mindflow "$repo"; do mount --rbind "$folder" "$engine_root$folder"; done
	# What compose, the scripts and people type.
	mkdir -p "$scratch/docker/cli-plugins"
	ln -s "$(command -v docker-compose)" "$scratch/docker/cli-plugins/docker-compose"
	export DOCKER_HOST=unix:///run/drill.sock DOCKER_CONFIG=$scratch/docker DOCKER_BUILDKIT=0
}

# With the settings of a host that scripts/bootstrap has made. Its name server writes down what it is asked, and never
# answers: the worst one for a deployment.
start_engine() {
	mkdir -p "$engine_root/etc/docker"
	cp "$repo/deploy/host/daemon.json" "$engine_root/etc/docker/daemon.json"
	echo "nameserver $host" >"$engine_root/etc/resolv.conf"
	in_engine_root dockerd --data-root "$engine_data" --exec-root /run/drill-docker --host "$DOCKER_HOST" --pidfile /run/drill.pid >>"$scratch/dockerd.log" 2>&1 &
	poll 60 docker info || fail "the engine does not start: $(tail -n 2 "$scratch/dockerd.log")"
}

# As the root of a namespace, not by chroot: whoever enters a container (docker exec, a health check) would come out in
# the root of the namespace, which would be this machine's.
in_engine_root() { # command...
	# shellcheck disable=SC2016
	unshare --mount bash -c 'cd "$1" && mkdir -p former && pivot_root . former && umount --lazy /former && shift && exec "$@"' in_engine_root "$engine_root" "$@"
}

stop_engine() {
	local engine
	engine=$(</run/drill.pid)
	kill "$engine"
	poll 90 test ! -e "/proc/$engine/root" || fail 'the engine does not end'
	! docker info >/dev/null 2>&1 || fail 'an engine still answers'
}

# The power is cut: the engine and all that it runs end in one blow, and what was in memory is gone.
cut_power() {
	local pid
	for pid in $(docker ps --quiet | xargs docker inspect --format '{{.State.Pid}}') $(</run/drill.pid) $(pgrep -f '^(/usr/bin/)?containerd'); do
		kill -KILL "$pid" 2>/dev/null || true
	done
	poll 20 test -z "$(pgrep -f '^(/usr/bin/)?containerd' || true)" || true
	rm -rf /run/drill.pid /run/drill-docker
}

# An image is deployed by its digest, which only a registry gives it.
start_registry() {
	cat >"$scratch/registry.yml" <<-YAML
		version: 0.1
		storage: { filesystem: { rootdirectory: $scratch/registry } }
		http: { addr: "127.0.0.1:5000" }
	YAML
	in_engine_root docker-registry serve "$scratch/registry.yml" >>"$scratch/registry.log" 2>&1 &
	poll 20 port_answers 5000 || fail "the registry does not start: $(tail -n 2 "$scratch/registry.log")"
}

# Prints the name by which the image is deployed.
publish_image() { # local name, repository
	docker tag "$1" "127.0.0.1:5000/$2:drill"
	docker push --quiet "127.0.0.1:5000/$2:drill" >/dev/null
	docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$1" | grep "^127.0.0.1:5000/$2@" | head -n 1
}
