# shellcheck shell=bash
# How a drill counts: a line for each thing that must hold, and an exit status. Sourced after common.sh; scripts/test
# counts the lines.
drill_failed=0
drill_ran=0

ok() {
	drill_ran=$((drill_ran + 1))
	printf 'ok      %s\n' "$*"
}

bad() {
	drill_ran=$((drill_ran + 1))
	drill_failed=$((drill_failed + 1))
	printf 'FAILED  %s\n' "$*"
}

equal() { # what, expected, found
	if [[ $2 == "$3" ]]; then ok "$1"; else bad "$1: expected $2, found $3"; fi
}

holds() { # what, command...
	local what=$1 output
	shift
	if output=$("$@" 2>&1); then ok "$what"; else bad "$what: $(tail -n 3 <<<"$output")"; fi
}

# Refused with a line that says why.
refused() { # what, the words, command...
	local what=$1 because=$2 output
	shift 2
	if output=$("$@" 2>&1); then
		bad "$what: it was accepted"
	elif [[ $output == *"$because"* ]]; then
		ok "$what"
	else
		bad "$what: refused, but not because of '$because': $(tail -n 3 <<<"$output")"
	fi
}

figure() { printf 'figure  %s\n' "$*"; }

end_drill() {
	printf '%d held, %d did not\n' $((drill_ran - drill_failed)) "$drill_failed"
	((drill_ran > 0 && drill_failed == 0))
}
