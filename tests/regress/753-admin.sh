# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Every command of clawbot-admin(7) is run, in the order in which it stands
# there, with this host's accounts and files in place of those that it names.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN" = no ] || skip_all "one build is enough"

conf_default
daemon_start
mkdir "$T/root" "$T/etc" "$T/bin" "$T/new"
chmod 755 "$T/root" "$T/bin"
echo a-token-of-theirs >"$T/root/token"
ln -s "$B/clawbot" "$B/clawbotd" "$T/bin"
# what changes this host is only asked for
for stub in systemctl useradd usermod; do
	printf '#!/bin/sh\necho "%s $*" >>"%s/asked"\n' "$stub" "$T" \
	    >"$T/bin/$stub"
	chmod 755 "$T/bin/$stub"
done
PATH=$T/bin:$PATH
CLAWBOT_SOCKETS=$T/run
CLAWBOT_CLAWBOTD=$B/clawbotd
export PATH CLAWBOT_SOCKETS CLAWBOT_CLAWBOTD

# What stands there, as it is here; MARK is $ or #.
sed -n 's/^\([#$]\) \(.*\)/\1 \2/p' "$SRC/man/clawbot-admin.7" | sed \
    -e "s,/etc/clawbot\.conf,$CONF,g" -e "s,/etc/,$T/etc/,g" \
    -e "s,/var/log/clawbot,$T/log,g" -e "s,/root/,$T/root/,g" \
    -e "s,\(-u \)agent,\1cbtagent,g" \
    -e "s,clawbot init ,&-f $T/new/clawbot.conf ,g" \
    -e "s,/srv/clawbot,$T/srv,g" \
    -e "s,doctor --\(routine\|fix\),doctor -f $CONF --\1,g" \
    -e "s,clawbot backup ,&-f $CONF ,g" >"$T/commands"
ok "there are commands" test "$(wc -l <"$T/commands")" -ge 52

# whose MARK COMMAND: agents ask for themselves
whose() {
	case $1$2 in
	'#'*)				echo root ;;
	*'clawbot run '*)		echo cbtagent ;;
	*'policy list')			echo cbtagent ;;
	*'policy why --'*)		echo cbtagent ;;
	*)				echo cbtadmin ;;
	esac
}
# fits COMMAND STATUS: is that one that it may have?
fits() {
	case $1:$2 in
	*:0)				return 0 ;;
	*'policy why'*:[12])		return 0 ;;
	*'breaker reset'*:1)		return 0 ;;
	*'audit search'*:1)		return 0 ;;
	*grep*:1)			return 0 ;;
	*)				return 1 ;;
	esac
}
while read -r mark cmd; do
	user=$(whose "$mark" "$cmd")
	S=0
	as "$user" timeout -k 10 240 sh -c "$cmd" >"$T/out" 2>&1 </dev/null ||
	    S=$?
	r=0
	fits "$cmd" "$S" || r=1
	result "$r" "$user: $cmd" || diag "status $S" "$(tail -n 5 "$T/out")"
done <"$T/commands"
has "the rest was asked for" "$T/asked" "useradd --create-home agent" \
    "usermod -aG clawbot-admin alice" "systemctl enable --now clawbotd"
ok "a first configuration was written" test -s "$T/new/clawbot.conf"
has "and what the log has of all that" "$T/log/gateway.log" \
    'what is it doing?' '"ev":"resume"' DEPLOY_TOKEN
hasnot "without what looked like a password" "$T/log/gateway.log" \
    hunter2hunter2
finish
