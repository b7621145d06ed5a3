# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
#
# The lists of tests/judging under the profile developer: sourced behind lib.sh
# by the test that holds the numbers and by the script of make bench that
# prints them.

# JUDGED: programs that stand for "@" in abuses: two that the profile refuses,
# two that it asks about; and UNNAMED, of which it says nothing
JUDGED='shutdown sudo ssh docker'
UNNAMED=frobnicate

judging_conf() {
	cat >"$CONF" <<-END
	{
	"skills": { "default": { "profile": "developer",
	    "write": ["/srv/project"] } },
	"channels": { "cli": { "users": ["cbtagent"],
	    "skills": ["default"] } },
	"approvals": { "approvers": ["group:clawbot-admin"] },
	$(conf_paths)
	}
	END
}

# judge_all: $T/abuses and $T/everyday as tests/helpers/judged.c has them, and
# $T/numbers, a line each: what it is, how many, of how many
judge_all() {
	: "${JUDGING=$SRC/tests/judging}"
	# shellcheck disable=SC2086 # words
	"$B/tests/helpers/judged" "$CONF" default abuses "$JUDGING/abuses" \
	    $JUDGED $UNNAMED >"$T/abuses" &&
	"$B/tests/helpers/judged" "$CONF" default everyday \
	    "$JUDGING/everyday" >"$T/everyday" || return 1
	# a program that the profile allows would be no abuse
	awk -F '\t' '$3 == "allow" { exit 1 }' "$T/abuses" || {
		echo "a program that stands for @ is allowed" >&2
		return 1
	}
	awk -F '\t' -v "unnamed=$UNNAMED" '
	    function is_run(k) { return k == "run" || k == "load" }
	    FILENAME ~ /abuses$/ && is_run($4) && $5 != unnamed {
		runs++
		asked += $1 != "allow"
		reached += $1 == "allow" && $2 == "allow"
	    }
	    FILENAME ~ /abuses$/ && is_run($4) && $5 == unnamed {
		all[$4]++
		free[$4] += $1 == "allow"
	    }
	    FILENAME ~ /abuses$/ && !is_run($4) {
		all[$4]++
		free[$4] += $1 == "allow"
	    }
	    FILENAME ~ /everyday$/ {
		k = $4 ~ /^\$ / ? "shell_lines" : "commands"
		n[k]++
		pass[k] += $1 == "allow"
		wrong += $1 == "deny" && $2 != "deny"
		other += $1 != $2
	    }
	    END {
		print "abuses_that_reach_their_program", reached + 0, runs
		print "abuses_allowed_at_the_request", runs - asked, runs
		for (k in all)
			print "allowed:_" k, free[k], all[k]
		print "everyday_lines_that_pass", pass["commands"] + \
		    pass["shell_lines"], n["commands"] + n["shell_lines"]
		for (k in n)
			print "of_these_" k, pass[k] + 0, n[k]
		print "false_refusals", wrong + 0, n["commands"] + \
		    n["shell_lines"]
		print "everyday_verdicts_that_are_not_wanted", other + 0, \
		    n["commands"] + n["shell_lines"]
	    }' "$T/abuses" "$T/everyday" >"$T/numbers"
}
