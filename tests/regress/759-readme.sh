# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# The session that README.md shows: its commands are run by two accounts, with
# the profile that a first configuration has, and what they print is what stands
# there, but for ids, numbers, times and names of accounts.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] || skip_all "one build is enough"

cat >"$CONF" <<END
{
"skills": { "default": { "profile": "developer", "write": ["$W"] } },
"channels": { "cli": { "users": ["cbtagent"], "access": "execute",
    "skills": ["default"] } },
$(conf_paths)
}
END
daemon_start
mkdir "$W/old"
echo a >"$W/notes"
chmod 777 "$W/old"

# plain: what two sessions have alike
plain() {
	sed -e "s,$W,/srv/clawbot,g; s,$T/[^ ]*,PLACE,g" \
	    -e 's,/usr/local/share/clawbot/[^ ]*,PLACE,g' \
	    -e 's/cbtagent/agent/g; s/cbtadmin/you/g' \
	    -e 's/\br[0-9a-z]\{12\}\b/RUN/g' \
	    -e 's/[0-9]\{4\}-[0-9-]* [0-9:]*/TIME/; s/=[A-Za-z0-9_-]\{43\}/=P/g' \
	    -e 's/[0-9][0-9.]*/N/g; s/NmNs/Ns/g' -e 's/  */ /g; s/ $//'
}
awk '/^```/ { on = 0 } on { print } /^```console$/ { on = 1 }' \
    "$SRC/README.md" >"$T/session"
ok "there is a session" test "$(grep -c '^[a-z]*\$ ' "$T/session")" -ge 6

# done_as WHO COMMAND: as it stands there, and its output in $T/said
done_as() {
	da_line=$(printf '%s\n' "$2" | sed "s,/srv/clawbot,$W,g; s/ *#.*//
	    s/approve r[0-9a-z]*/approve -y $ID/; s/show r[0-9a-z]*/show $ID/")
	eval "set -- $1 ${da_line#clawbot }"
	case $2:$* in
	run:*' rm '*)
		# it waits; an approver comes behind it
		user=$1
		shift
		as "$user" timeout -k 10 240 "$B/clawbot" -S "$T/run" "$@" \
		    >"$T/said" 2>&1 </dev/null &
		BG="$BG $!"
		WAITS=$!
		waiting ;;
	approve:*)
		cb "$@"
		tail -n 1 "$T/out" >"$T/said"
		status_of "$WAITS" ;;
	*)	cb "$@"
		cat "$T/out" "$T/err" >"$T/said" ;;
	esac
}
: >"$T/shown"
: >"$T/real"
while IFS= read -r line; do
	case $line in
	'agent$ '*)	done_as cbtagent "${line#*\$ }" ;;
	'you$ '*)	done_as cbtadmin "${line#*\$ }" ;;
	*)		echo "$line" >>"$T/shown"
			continue ;;
	esac
	echo "$line" >>"$T/shown"
	echo "$line" >>"$T/real"
	cat "$T/said" >>"$T/real"
done <"$T/session"
plain <"$T/shown" >"$T/shown.plain"
plain <"$T/real" >"$T/real.plain"
is "it is as README.md shows it" "$(cat "$T/real.plain")" \
    "$(cat "$T/shown.plain")"
finish
