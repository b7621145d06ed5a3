# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: /proc tells a run of no account but its own, and no file of others
# has an owner that it could read there.  Where the host does not allow that,
# status says so.
. "$SRC/tests/regress/lib.sh"

SKILLS='"caller": { "default": "allow", "runAs": "caller", "write": ["'$W'"] },'
conf_default

# map USER: what the maps of a run with that account are
map() {
	printf '0 0 1\n%s %s 1\n' "$1" "$1"
}
# maps SKILL: those of a run, of its init if that can be seen, of a child
cat >"$W/maps.sh" <<'END'
for f in uid_map gid_map; do
	cat /proc/self/$f /proc/$$/$f /proc/thread-self/$f
	sh -c "cat /proc/\$\$/$f"
done
cat /proc/1/uid_map /proc/1/gid_map 2>/dev/null
END
maps() {
	cb cbtagent run -s "$1" -- sh "$W/maps.sh"
	awk '{ print $1, $2, $3 }' "$T/out" | sort -u
}
# layer REGEX: is there such a line for the accounts?
layer() {
	cb cbtagent status --all
	grep -qE "^layer +executor +accounts +$1" "$T/out"
}
# those of the executor, as this host sees them
own() {
	awk '{ print $1 }' "/proc/$(role_pid executor)/$1" | sort -n
}

daemon_start
for s in default caller; do
	u=clawbot
	[ $s = default ] || u=cbtagent
	is "skill $s: the maps of a run" "$(maps $s)" \
	    "$({ map "$(id -u $u)"; map "$(id -g $u)"; } | sort -u)"
done
ok "there are more accounts than that" test "$(own uid_map | wc -l)" -gt 3
ok "status says so" layer "active +runs see none but their own"

### Owners

touch "$W/mine" "$W/theirs" "$W/roots"
chown clawbot:clawbot "$W/mine"
chown cbtother:cbtother "$W/theirs"
agent stat -c '%u %g' "$W/mine" "$W/theirs" "$W/roots" /usr
is "owners: its own, another account, root, the system" \
    "$(tr '\n' ',' <"$T/out")" \
    "$(id -u clawbot) $(id -g clawbot),65534 65534,65534 65534,65534 65534,"
agent stat -c '%n %u %g' / /tmp /run /run/secrets /var /etc /etc/passwd \
    /etc/group /etc/alternatives /dev /dev/null /dev/stdin
is "owners: what was made for the view" \
    "$(grep -v ' 0 0$' "$T/out") $(grep -c . "$T/out")" \
    "/etc/alternatives 65534 65534 12"
X=/proc/$(runners | head -n 1)/root
is "what nobody may open keeps its own" "$(stat -c '%u %a' "$X/run/.none" \
    "$X/run/.none.d" | tr '\n' ,)" "0 0,0 0,"
is "its account, outside" "$(stat -c %U "$X/" "$X/etc/passwd" | sort -u)" \
    _clawbot-exec
ok "a runner, whose account it is, has it read-only" sh -c '
	for d in "" /etc /dev /run /var; do
		! touch "$1$d/new" 2>/dev/null && test -d "$1$d" || exit 1
	done' sh "$X"
agent chmod 777 /
ok "and the view is nobody's to change" test "$S" -ne 0
agent touch /new
ok "... nor to add to" test "$S" -ne 0
agent sh -c 'chmod 777 /etc || chmod 666 /etc/passwd || touch /run/new ||
    rm /dev/null'
ok "... nor what is in it" test "$S" -ne 0
agent sh -c "umask 022; echo x >'$W/made' && chmod 600 '$W/made' &&
    chown :$(id -g clawbot) '$W/made' && touch -d @0 '$W/made' && id -un"
is "it is who it was: status" "$S $(cat "$T/out")" "0 clawbot"
is "what it makes is its own" "$(stat -c '%U:%G %a %Y' "$W/made")" \
    "clawbot:clawbot 600 0"
agent chown "$(id -u cbtother)" "$W/made"
ok "an account that it has not is nobody: refused" test "$S" -ne 0
is "and nothing has changed" "$(stat -c %U "$W/made")" clawbot
agent touch "$W/nobodys"
agent chown 0 "$W/nobodys"
ok "nor can it give anything to who is 0 in there" test "$S" -ne 0

### It is a namespace like the one above it: no way up, none beneath

agent sh -c 'unshare -U true || nsenter -t 1 -U true ||
    nsenter --user=/proc/self/ns/user true'
ok "no namespace can be made or entered" test "$S" -ne 0
x=$(role_pid executor)
is "the fence around the filters" "$(nsenter -t "$x" -U -- \
    cat /proc/sys/user/max_user_namespaces)" 0

### The one of the account is not that of its runner

cbbg one cbtagent run -s default -- sleep 60
until_true 60 running "sleep 60" || bail "no run"
for p in $(family "$D"); do
	[ "$(name_of "$p")" != sleep ] || readlink "/proc/$p/ns/user"
done >"$T/ns"
is "a run: one user namespace" "$(sort -u "$T/ns" | wc -l)" 1
ok "and not that of its runner" sh -c "! grep -qxF '$(readlink \
    "/proc/$(runners | head -n 1)/ns/user")' '$T/ns'"
daemon_stop

### Found where it is left out

CLAWBOT_WITHOUT=accounts@default
export CLAWBOT_WITHOUT
daemon_start
agent true
is "left out: the skill is refused" "$S" 77
has "left out: why" "$T/err" "namespaces" "which other accounts there are" \
    "went through"
on=$(cb cbtagent run -s caller -- true; echo "$S")
is "left out: another skill" "$on" 0
daemon_stop

### Where that cannot be had

CLAWBOT_WITHOUT=idns@executor
export CLAWBOT_WITHOUT
daemon_start
agent true
is "without: runs all the same" "$S" 0
ok "without: status says so" layer "missing +.*uid_map \(left out\)"
is "without: what can be read" "$(maps default | awk '{ print $1 }' |
    sort -n | uniq)" "$({ own uid_map; own gid_map; } | sort -n | uniq)"
agent unshare -U true
ok "without: no namespace can be made" test "$S" -ne 0
daemon_stop
finish
