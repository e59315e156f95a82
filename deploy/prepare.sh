#!/bin/sh
# The first thing that docker-compose.prod.yml runs: nothing else starts unless every secret is there, strong, its own,
# and closed to everybody else on the host; and the folders that PostgreSQL and the backup share belong to them.
#
# scripts/secrets check says the same on the host, with what to do; this is what holds when nobody asked it.
#
# Environment:
#   SECRETS   the folder with the secrets; default /secrets
#   FOLDERS   folders to hand to PostgreSQL's user, separated by spaces; unset: none
# Changes: the owner of FOLDERS. Safe twice.
set -eu

case "${1-}" in
-h | --help)
	sed -n '2,/^set -eu/{/^#/s/^# \{0,1\}//p;}' "$0"
	exit 0
	;;
esac

secrets=${SECRETS:-/secrets}
wrong=0
wrong() {
	printf 'prepare: %s\n' "$1" >&2
	wrong=1
}

# Nothing of a secret is ever printed, and none is an argument of a program.
check_file() {
	if [ ! -f "$secrets/$1" ]; then
		wrong "$1 is missing; scripts/secrets generate --containers makes it"
		return 1
	fi
	# "Others" have no right at all; the group is needed where two services read one file.
	case $(stat -c %a "$secrets/$1") in
	*0) ;;
	*) wrong "$1 is open to everybody on the host; chmod o= it, and make another: it may be known" ;;
	esac
	if [ ! -s "$secrets/$1" ]; then
		wrong "$1 is empty"
		return 1
	fi
	if grep -qiE 'change-?me|placeholder|example|password|\$\(|^x+$' "$secrets/$1"; then
		wrong "$1 is a placeholder; scripts/secrets generate makes a real one"
	fi
}

# Ten different characters in twenty: a word that is repeated, or one key held down, has fewer.
is_weak() {
	awk 'NR == 1 { n = split($0, c, ""); for (i = 1; i <= n; i++) if (!(c[i] in seen)) { seen[c[i]]; kinds++ } exit } END { exit !(n < 20 || kinds < 10) }'
}

for name in postgres_password database_owner_password database_app_password database_backup_password; do
	check_file "$name" || continue
	if [ "$(wc -l <"$secrets/$name")" -gt 1 ]; then wrong "$name has more than one line"; fi
	if is_weak <"$secrets/$name"; then wrong "$name is weak: 20 characters at least, and not the same few"; fi
done
for name in signing_keys callback_keys token_keys; do
	check_file "$name" || continue
	while IFS= read -r line || [ -n "$line" ]; do
		# Of a key that only verifies there is nothing to guess.
		case $line in *=public:*) continue ;; esac
		if printf '%s\n' "${line#*=}" | is_weak; then wrong "$name has a weak key: 32 random bytes in base64"; fi
	done <"$secrets/$name"
done
for name in backup_store backup_recipients; do
	if [ ! -s "$secrets/$name" ]; then
		wrong "$name is missing or empty; docs/backup.md says what is in it"
	elif [ "$name" = backup_store ]; then
		case $(stat -c %a "$secrets/$name") in *0) ;; *) wrong "$name is open to everybody on the host; chmod o= it" ;; esac
	fi
done

# One value under two names: whoever learns one has the other.
# (A file may end without a line's end, which awk adds.)
twice=$(cd "$secrets" && awk '{ sub(/^[^=]*=/, ""); print }' ./*_password ./*_keys 2>/dev/null | sort | uniq -d | wc -l)
if [ "$twice" -ne 0 ]; then wrong 'two secrets are equal; make one of them anew'; fi

[ "$wrong" -eq 0 ] || exit 1
for folder in ${FOLDERS:-}; do chown 999:999 "$folder"; done
printf 'prepare: every secret is there, strong, and its own\n'
