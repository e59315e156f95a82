# shellcheck shell=bash
# An empty Debian for the drills that need one, made once and kept. Sourced after common.sh.

empty_debian=$tools/drill-debian.tar.zst

# From Debian's archive, which takes some minutes; later ones unpack what was kept.
make_empty_debian() {
	local root
	need debootstrap 'run scripts/setup --drills'
	need zstd 'run scripts/setup --drills'
	[[ ! -f $empty_debian ]] || return 0
	say 'making an empty Debian (some minutes)'
	root=$(mktemp -d "$repo/.test/debian-XXXXXX")
	debootstrap --variant=minbase --include=systemd,sudo,openssh-server,openssh-client,nftables,unattended-upgrades,ca-certificates,curl,gpg,gpg-agent,age,python3-minimal,iproute2,apt-utils \
		bookworm "$root" http://deb.debian.org/debian >"$root.log" 2>&1 || fail "debootstrap failed: $(tail -n 1 "$root.log")"
	tar --create --directory "$root" . | zstd --quiet -3 --stdout >"$empty_debian.new"
	mv "$empty_debian.new" "$empty_debian"
	rm -rf "${root:?}" "$root.log"
}
