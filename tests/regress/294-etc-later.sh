# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2317,SC2016,SC2034
#
# Promise: what changes in the host's /etc while the daemon runs, runs that
# begin later find: files that were replaced, directories of programs that were
# installed, other name servers.  What the host keeps to itself stays out.
#
# /etc is a copy of the host's here, in which this script may change things.
. "$SRC/tests/regress/lib.sh"

cp -a /etc "$T/etc" 2>/dev/null	# locks in there come and go
mkdir -p "$T/etc/alternatives" "$T/resolve"
rm -rf "$T/etc/php" "$T/etc/gitconfig" "$T/etc/resolv.conf" "$T/etc/R"
echo "[cbt]${NL}	value = one" >"$T/etc/gitconfig"
echo "nameserver 192.0.2.1" >"$T/resolve/resolv.conf"
ln -s ../run/cbt-resolve/resolv.conf "$T/etc/resolv.conf"
echo "192.0.2.1 cbt-one" >"$T/etc/hosts"
cat >"$T/wrap" <<END
mount --make-rprivate / && mount --bind '$T/etc' /etc &&
    mount -t tmpfs tmpfs /run && mkdir /run/cbt-resolve &&
    mount --bind '$T/resolve' /run/cbt-resolve && exec "\$@"
END
DAEMON_WRAP="unshare -m sh $T/wrap"
SKILLS='"net": { "default": "allow", "network": "host", "write": ["'$W'"] },
    "warm": { "default": "allow", "home": true },
    "loop": { "default": "allow", "network": "loopback" },
    "in": { "default": "allow", "read": ["/etc/cbt-grant"] },'
MORE='"sandbox": { "hostNetwork": true },
    "homeDirectory": "'$T/homes'",'
mkdir "$T/etc/cbt-grant"
echo granted >"$T/etc/cbt-grant/f"
conf_default
daemon_start

# finds SKILL TEXT COMMAND...: until that is what it prints
prints() {
	p_skill=$1 p_text=$2
	shift 2
	cb cbtagent run -s "$p_skill" -- "$@"
	[ "$(cat "$T/out")" = "$p_text" ]
}
finds() {
	f_name=$1
	shift
	ok "$f_name" until_true 60 prints "$@"
	[ "$FAILED" = 0 ] || diag "$(cat "$T/out" "$T/err")"
}
# replace NAME TEXT: as editors and packages do it
replace() {
	printf '%s\n' "$2" >"$1.cbt-new" && mv "$1.cbt-new" "$1"
}
git_value='git config --system cbt.value || :'

# all SKILL: names and contents of what there is; of the grants of another skill
# there may be the empty directories
all() {
	cb cbtagent run -s "$1" -- sh -c 'cd /etc && find . ! -name cbt-grant | sort &&
	    find . -type f -exec cksum {} + | sort'
	cat "$T/out" "$T/err"
}
KINDS='default warm loop net'

finds "at first" default one sh -c "$git_value"
for kind in $KINDS; do
	all "$kind" >"$T/first.$kind"
	has "$kind: what there is at first" "$T/first.$kind" ./passwd ./hosts
done
for kind in $KINDS; do
	replace "$T/etc/gitconfig" "[cbt]${NL}	value = zero"
	finds "$kind: it is made again" "$kind" zero sh -c "$git_value"
	replace "$T/etc/gitconfig" "[cbt]${NL}	value = one"
	finds "$kind: and once more" "$kind" one sh -c "$git_value"
	all "$kind" >"$T/now.$kind"
	ok "$kind: there is what there was at first" \
	    diff "$T/first.$kind" "$T/now.$kind"
done
replace "$T/etc/gitconfig" "[cbt]${NL}	value = two"
finds "a file that was replaced" default two sh -c "$git_value"
finds "by other skills as well" warm two sh -c "$git_value"
finds "and those with the network" net two sh -c "$git_value"
echo "[cbt]${NL}	value = three" >"$T/etc/gitconfig"
finds "one that was written to" default three sh -c "$git_value"
chmod 600 "$T/etc/gitconfig"
finds "one that is closed now" default "" sh -c "$git_value"
chmod 644 "$T/etc/gitconfig"
finds "and open again" default three sh -c "$git_value"
rm "$T/etc/gitconfig"
finds "one that is gone" default "" sh -c "$git_value"

# A program that is installed.
mkdir -p "$T/etc/php.cbt/8.2/cli/conf.d" "$T/etc/php.cbt/closed"
echo ini >"$T/etc/php.cbt/8.2/cli/conf.d/x.ini"
echo CBT-SECRET >"$T/etc/php.cbt/key"
echo CBT-SECRET >"$T/etc/php.cbt/closed/x"
chmod 600 "$T/etc/php.cbt/key"
chmod 700 "$T/etc/php.cbt/closed"
mv "$T/etc/php.cbt" "$T/etc/php"
finds "a directory that came later" default ini \
    cat /etc/php/8.2/cli/conf.d/x.ini
agent sh -c 'cat /etc/php/key /etc/php/closed/x /etc/php/*; ls /etc/php/closed'
hasnot "but for what not everybody reads" "$T/out" CBT-SECRET
echo env >"$T/etc/R.cbt"
mkdir "$T/etc/R"
mv "$T/etc/R.cbt" "$T/etc/R/Renviron"
replace "$T/etc/cbt-touch" x
finds "one more" default env cat /etc/R/Renviron
ln -s /usr/bin/env "$T/etc/alternatives/cbt-later"
finds "alternatives go on" default /usr/bin/env \
    readlink /etc/alternatives/cbt-later
echo changed >"$T/etc/alternatives/cbt-file"
finds "directories are the host's own" default changed \
    cat /etc/alternatives/cbt-file

# Names.
replace "$T/etc/hosts" "192.0.2.2 cbt-two"
finds "hosts, with the network" net "192.0.2.2       cbt-two" \
    getent hosts cbt-two
finds "and the run's own name" net clawbot hostname -f
finds "not without it" default "" sh -c 'getent hosts cbt-two || :'
replace "$T/resolve/resolv.conf" "nameserver 192.0.2.2"
finds "what resolv.conf leads to" net "nameserver 192.0.2.2" \
    cat /etc/resolv.conf
rm "$T/etc/resolv.conf"
replace "$T/etc/resolv.conf" "nameserver 192.0.2.3"
finds "and a file in its place" net "nameserver 192.0.2.3" \
    cat /etc/resolv.conf

# What stays as it was.
for f in shadow sudoers clawbot.conf machine-id cbt-other; do
	replace "$T/etc/$f" CBT-SECRET
	chmod 644 "$T/etc/$f"
done
replace "$T/etc/gitconfig" "[cbt]${NL}	value = four"
finds "afterwards" default four sh -c "$git_value"
agent sh -c 'find /etc -type f | xargs cat 2>/dev/null'
hasnot "what the host keeps is nowhere" "$T/out" CBT-SECRET
cb cbtagent run -s warm -- sh -c 'getent passwd "$(id -u)" | cut -d: -f6;
    echo "$HOME"'
is "homes are in passwd again" "$(sort -u "$T/out" | wc -l)" 1
agent sh -c 'echo x >/etc/x; mkdir /etc/y; mount -o remount,rw /etc;
    umount /etc; umount /etc; cat /etc/gitconfig'
is "nothing in there can be written to" "$(tail -n 1 "$T/out")" \
    "	value = four"
agent sh -c 'grep -c " /etc " /proc/self/mountinfo'
is "however often it was renewed" "$(cat "$T/out")" 2
agent sh -c 'grep " /etc" /proc/self/mountinfo | grep -v " ro,"'
is "all of it read-only" "$(cat "$T/out")" ""
cb cbtagent run -s in -- cat /etc/cbt-grant/f
is "a grant in /etc stays" "$(cat "$T/out")" granted

# A run that is under way keeps what it has.
cbbg long cbtagent run -- sh -c "$git_value; read x </dev/null; sleep 1000"
until_true 30 grep -q four "$T/long.out" || bail "no run"
replace "$T/etc/gitconfig" "[cbt]${NL}	value = five"
finds "beside a run" default five sh -c "$git_value"
kill "$BGPID"

# All of it at once, without end.
(while :; do
	replace "$T/etc/gitconfig" "[cbt]${NL}	value = six"
done) &
storm=$!
BG="$BG $storm"
i=0
while [ $i -lt 10 ]; do
	agent true
	[ "$S" -eq 0 ] || break
	i=$((i + 1))
done
is "runs go on in a storm of changes" "$i" 10
kill "$storm"
wait "$storm" 2>/dev/null
finds "and find its end" default six sh -c "$git_value"

# Making another one may take long: runs have the old one meanwhile.
# Each of the four skills that are in use has one.
makers() {	# NAME
	for m_pid in $(family "$(role_pid executor)"); do
		[ "$(cat "/proc/$m_pid/comm" 2>/dev/null)" != "$1" ] ||
		    echo "$m_pid"
	done
}
makes() { [ "$(makers cbt-waits | wc -l)" -eq 4 ]; }
idle() { [ -z "$(makers cbt-waits)$(makers clawbot-etc)" ]; }
agent true
cb cbtagent run -s warm -- true
cb cbtagent run -s net -- true
cb cbtagent run -s loop -- true
touch "$T/etc/cbt-wait"
ok "another one is made beside" until_true 60 makes
replace "$T/etc/gitconfig" "[cbt]${NL}	value = seven"
i=0
: >"$T/values"
while [ $i -lt 5 ]; do
	agent sh -c "$git_value"
	cat "$T/out" >>"$T/values"
	i=$((i + 1))
done
is "and runs begin as before" "$(sort "$T/values" | uniq -c | tr -d ' ')" 5six
ok "while it is made" makes
rm "$T/etc/cbt-wait"
finds "then they have the new one" default seven sh -c "$git_value"
ok "and who made it is gone" until_true 60 idle
hasnot "nothing went wrong" "$T/d.err" "stays as it was"
daemon_stop
finish
