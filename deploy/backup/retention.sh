# shellcheck shell=bash
# What of the store is past its time. Sourced by `backup`; the decision is made from names and dates alone, so that it
# can be tried on a list (`which_bases_stay`, `which_dumps_stay`).

# Reads `id after finished` lines, oldest first; prints the ids that stay: all that finished since the cutoff, the one
# before them (it reaches the cutoff itself), the last that was verified, two full ones at least, and whatever these
# build on.
which_bases_stay() { # cutoff as YYYYMMDDTHHMMSSZ, id of the last verified or nothing
	awk -v cutoff="$1" -v verified="$2" '
		{ id[NR] = $1; after[$1] = $2; known[$1] = 1; if ($2 == "-") full[++fulls] = $1 }
		function keep(name) { while (name != "-" && known[name] && !stays[name]) { stays[name] = 1; name = after[name] } }
		END {
			for (n = NR; n >= 1; n--) { keep(id[n]); if (id[n] < cutoff) break }
			if (verified != "") keep(verified)
			for (n = fulls; n > fulls - 2 && n >= 1; n--) keep(full[n])
			for (n = 1; n <= NR; n++) if (stays[id[n]]) print id[n]
		}'
}

# Reads names that begin with YYYYMMDDTHHMMSSZ, oldest first; prints those that stay: the newest of each of the last 14
# days, 8 weeks and 12 months that have one.
which_dumps_stay() {
	local name day
	while read -r name; do
		day=${name:0:8}
		printf '%s %s %s %s\n' "$name" "$day" "$(date -u -d "$day" +%G%V)" "${day:0:6}"
	done | sort -r | awk '
		!($2 in days) && days_kept < 14 { days[$2] = 1; days_kept++; stays = 1 }
		!($3 in weeks) && weeks_kept < 8 { weeks[$3] = 1; weeks_kept++; stays = 1 }
		!($4 in months) && months_kept < 12 { months[$4] = 1; months_kept++; stays = 1 }
		stays { print $1; stays = 0 }' | sort
}

# Whatever cannot be read stops this before anything is deleted.
prune() { # --dry-run or nothing
	local system cutoff id oldest
	[[ -z $1 || $1 = --dry-run ]] || fail "unknown option $1; see --help"
	system=$BACKUP_STORE/$(cluster)
	cutoff=$(date -u -d "${BACKUP_KEEP_DAYS:-14} days ago" +%Y%m%dT%H%M%SZ)
	store lsf --recursive --files-only "$system" | sort >"$scratch/all" || fail 'the store cannot be listed: nothing is deleted'
	mkdir "$scratch/abouts"
	store copy --include '*/about' "$system/base" "$scratch/abouts" || fail 'the base backups cannot be listed: nothing is deleted'
	for id in "$scratch/abouts"/*; do
		id=${id##*/}
		printf '%s %s\n' "$id" "$(about "$scratch/abouts/$id/about" after | sed 's/^$/-/')"
	done | sort >"$scratch/bases"
	[[ -s $scratch/bases ]] || fail 'no base backup is in the store: nothing is deleted'
	which_bases_stay "$cutoff" "$(sed -n 's#^verified/##p' "$scratch/all" | tail -n 1)" <"$scratch/bases" >"$scratch/stay"
	oldest=$(head -n 1 "$scratch/stay")
	oldest=$(about "$scratch/abouts/$oldest/about" first_segment)
	[[ $oldest =~ ^[0-9A-F]{24}$ ]] || fail 'the oldest base backup does not say where it begins: nothing is deleted'
	sed -n 's#^dump/\([0-9TZ]*\.dump\.zst\.age\)$#\1#p' "$scratch/all" | which_dumps_stay >"$scratch/dumps"

	awk -F/ -v cutoff="$cutoff" -v oldest="${oldest:8}" -v stays="$scratch/stay" -v dumps="$scratch/dumps" \
		-v bases="$scratch/bases" -v yesterday="$(date -u -d '1 day ago' +%Y%m%dT%H%M%SZ)" '
		BEGIN {
			while ((getline line <stays) > 0) base[line] = 1
			while ((getline line <dumps) > 0) dump[line] = 1
			while ((getline line <bases) > 0) finished[substr(line, 1, index(line, " ") - 1)] = 1
			witness = substr(cutoff, 1, 4) "-" substr(cutoff, 5, 2) "-" substr(cutoff, 7, 2)
		}
		# One without `about` is unfinished: perhaps still under way, so it has a day.
		$1 == "base" && !($2 in base) && (($2 in finished) || $2 < yesterday) { print }
		$1 == "dump" && $2 ~ /\.unfinished$/ && $2 < yesterday { print }
		$1 == "verified" && !($2 in base) { print }
		$1 == "witness" && $2 < witness { print }
		$1 == "dump" && $2 ~ /\.dump\.zst\.age$/ && !($2 in dump) { print }
		# The name of a segment has 24 digits. A history, which tells a restore which timeline is the last, has 8 and stays.
		$1 == "wal" && index($2, ".") == 25 && substr($2, 9, 16) < oldest { print }
	' "$scratch/all" >"$scratch/gone"
	if [[ ! -s $scratch/gone ]]; then
		say 'nothing is past its time'
	elif [[ $1 = --dry-run ]]; then
		cat "$scratch/gone"
	else
		store delete --files-from "$scratch/gone" "$system" || fail 'not all could be deleted; a lock of the store may forbid it, and then its own rule must delete'
		say "$(wc -l <"$scratch/gone") files were past their time and are deleted"
	fi
}
