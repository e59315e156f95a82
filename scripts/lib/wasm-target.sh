# shellcheck shell=bash
# The compiler for the Worker: rustup's wasm32-unknown-unknown where it is or can be had, else Debian's rustc
# with a standard library built from Debian's sources, unpacked into the tools folder (no root, nothing outside
# it changes). Sourced after common.sh by scripts/setup, which installs, and by what compiles the Worker, which
# calls use_wasm_toolchain.

wasm_target=wasm32-unknown-unknown
debian_rust=$tools/debian-rust

rustup_has_wasm() {
	[[ ${MINDFLOW_WASM_TARGET:-} != debian ]] &&
		compgen -G "$(rustc --print sysroot)/lib/rustlib/$wasm_target/lib/libcore-*.rlib" >/dev/null
}

install_wasm_target() {
	rustup_has_wasm && return
	if [[ ${MINDFLOW_WASM_TARGET:-} != debian ]] && command -v rustup >/dev/null; then
		say "setup: rustup target add $wasm_target"
		rustup target add "$wasm_target" >/dev/null 2>&1 && return
		say "setup: rustup cannot download it; taking Debian's compiler and sources for the Worker instead"
	fi
	[[ -f $debian_rust/.stamp ]] && return
	need apt-get "run 'rustup target add $wasm_target' where rustup can download"
	rm -rf "$debian_rust"
	mkdir -p "$debian_rust"
	run_step "Debian's rustc-web and its sources" "as root, 'apt-get update' first" unpack_debian_rust
	run_step "the standard library for $wasm_target (about a minute)" "is the registry of Rust crates reachable?" build_wasm_std
	touch "$debian_rust/.stamp"
}

# The packages and what they need that this machine lacks, unpacked and not installed.
unpack_debian_rust() (
	cd "$debian_rust" || exit 1
	if ((EUID == 0)); then apt-get update; fi
	local packages
	packages=$(apt-get install --simulate --no-install-recommends rustc-web cargo-web rust-web-src | awk '/^Inst/ { print $2 }')
	# Those three may be installed already: they are unpacked all the same.
	# shellcheck disable=SC2086
	apt-get download $packages rustc-web cargo-web rust-web-src
	for package in *.deb; do dpkg-deb --extract "$package" .; done
	rm -f ./*.deb
	for program in rustc cargo; do
		printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' \
			"$(echo "$debian_rust"/usr/lib/*-linux-gnu)" "$debian_rust/usr/bin/$program" >"$program"
		chmod +x "$program"
	done
)

# An empty crate makes cargo build the standard library; in that rustc's own sysroot it is an ordinary target.
build_wasm_std() (
	mkdir -p "$debian_rust/std/src"
	cd "$debian_rust/std" || exit 1
	printf '[package]\nname = "std-for-wasm"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n' >Cargo.toml
	printf '#![no_std]\n' >src/lib.rs
	unset CARGO_TARGET_DIR RUSTFLAGS
	RUSTC=$debian_rust/rustc RUSTC_BOOTSTRAP=1 "$debian_rust/cargo" build --release --target "$wasm_target" -Zbuild-std=std,panic_abort
	mkdir -p "$debian_rust/usr/lib/rustlib/$wasm_target/lib"
	cp target/"$wasm_target"/release/deps/*.rlib "$debian_rust/usr/lib/rustlib/$wasm_target/lib/"
	cd .. && rm -rf std usr/src
)

# From here on cargo compiles with a rustc that knows the Worker's target.
use_wasm_toolchain() {
	rustup_has_wasm && return
	[[ -f $debian_rust/.stamp ]] || fail "no compiler for $wasm_target: run scripts/setup"
	local sysroot
	sysroot=$(rustc --print sysroot)
	CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=$(compgen -G "$sysroot/lib/rustlib/*/bin/rust-lld") ||
		fail "the Rust toolchain in $sysroot has no rust-lld"
	export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER RUSTC=$debian_rust/rustc PATH=$debian_rust:$PATH
}
