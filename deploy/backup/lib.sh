# shellcheck shell=bash
# What the programs in this folder share: where the store is, how a thing is sealed, how they speak. Sourced, never run.
#
# The store (BACKUP_STORE, a path of rclone), one folder for each database cluster, named by its system identifier:
#   base/ID/base.tar.zst.age   a full backup, or what changed since another (pg_basebackup)
#   base/ID/about              which it is, as name=value; written last, so a base without it is unfinished
#   wal/NAME.zst.age           the write-ahead log, segment by segment
#   dump/TIME.dump.zst.age         the database as pg_dump writes it, for another version of PostgreSQL
#   witness/TIME.zst.age       counts and checksums of every table at that instant, to compare a restore with
#   verified/ID                when a drill last brought that base back
set -euo pipefail

program=$(basename "$0")
say() { printf '%s: %s\n' "$program" "$*" >&2; }

# One clear line, and the program ends.
fail() {
	say "$*"
	exit 1
}

need() { # programs...
	local wanted
	for wanted in "$@"; do
		command -v "$wanted" >/dev/null 2>&1 || fail "$wanted is missing; the image of deploy/backup/Dockerfile has it"
	done
}

need_setting() { # names...
	local name
	for name in "$@"; do [[ -n ${!name:-} ]] || fail "$name is not set; --help says what it is"; done
}

need_file() { # name of a setting
	need_setting "$1"
	[[ -r ${!1} ]] || fail "$1: cannot read ${!1} as $(id -un 2>/dev/null || id -u)"
}

# A token that may write into one bucket may not look whether the bucket is there.
export RCLONE_S3_NO_CHECK_BUCKET=true
store() {
	rclone --config "$BACKUP_STORE_CONFIG_FILE" --quiet --contimeout 10s --timeout 60s --retries 3 --low-level-retries 5 "$@"
}

# Two keys can open what is sealed here, and neither is needed to seal: the host holds public halves only.
seal() { zstd --quiet --stdout -3 | age --encrypt --recipients-file "$BACKUP_RECIPIENTS_FILE"; }
unseal() { age --decrypt --identity "$BACKUP_IDENTITY_FILE" | zstd --quiet --decompress --stdout; }

# A value of an `about` file.
about() { sed -n "s/^$2=//p" "$1" | tail -n 1; }

# The last 16 digits of a segment's name order the log whatever the timeline: the first 8 are the timeline.
segment_at() { # timeline, LSN
	local high=${2%%/*} low=${2##*/}
	printf '%08X%08X%08X\n' "$1" "$((16#$high))" "$((16#$low >> 24))"
}

# Every value is written as text in the same way on both sides of a comparison.
export PGTZ=UTC PGDATESTYLE=ISO PGCLIENTENCODING=UTF8
query() { psql --no-psqlrc --no-password --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 "$@"; }
