# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2012,SC2016,SC2034
#
# Promise: a skill can have a home that lasts from run to run, one for each
# account and no one's but its own, which clawbotd makes, and in which no run
# leaves what the next one would execute.
. "$SRC/tests/regress/lib.sh"

HOMES='"homeDirectory": "'$T/homes'",'
SKILLS='"warm": { "default": "allow", "home": true, "write": ["'$W'"] },
    "caller": { "default": "allow", "home": true, "runAs": "caller" },
    "free": { "default": "allow", "home": true, "protect": [],
	"execs": "off", "shell": true },'
MORE=$HOMES
conf_default

### Before the start

"$B/clawbotd" -n -f "$CONF" >"$T/n.out" 2>&1 && s=0 || s=$?
is "-n finds nothing wrong" "$s" 0
hasnot "nor to say of it" "$T/n.out" homes
ok "and makes nothing" test ! -e "$T/homes"
mkdir "$T/homes"
chown cbtother "$T/homes"
"$B/clawbotd" -n -f "$CONF" >"$T/n.out" 2>&1 && s=0 || s=$?
is "-n: somebody else's directory" "$s" 78
has "-n: whose it is" "$T/n.out" "$T/homes: belongs to uid"
daemon_try && s=started || s=not
is "nor does it start with that" "$s" not
D=
rmdir "$T/homes"
ln -s /srv "$T/homes"
"$B/clawbotd" -n -f "$CONF" >"$T/n.out" 2>&1 && s=0 || s=$?
is "-n: a link" "$s" 78
rm "$T/homes"
for dir in "$T/vault/x" /proc/homes; do
	MORE='"homeDirectory": "'$dir'",'
	conf_default
	"$B/clawbotd" -n -f "$CONF" >"$T/n.out" 2>&1 && s=0 || s=$?
	is "-n: in $dir" "$s" 78
	has "-n: why not in $dir" "$T/n.out" "homeDirectory"
done
MORE=$HOMES
OLD=$SKILLS
SKILLS="$SKILLS"' "thief": { "default": "allow",
    "read": ["'$T'/homes/warm"] },'
conf_default
"$B/clawbotd" -n -f "$CONF" >"$T/n.out" 2>&1 && s=0 || s=$?
is "-n: a grant in there" "$s" 78
has "-n: what it overlaps" "$T/n.out" "overlaps $T/homes"
SKILLS=$OLD
conf_default
"$B/clawbotd" -T -f "$CONF" >"$T/printed.conf" 2>"$T/n.out" && s=0 || s=$?
chmod 600 "$T/printed.conf"
"$B/clawbotd" -n -f "$T/printed.conf" >"$T/n.out" 2>&1 || s=$?
is "what -T prints can be read again" "$s" 0

### Homes

daemon_start
uid=$(id -u clawbot)
home=$T/homes/warm/$uid
is "it is the account's alone" "$(stat -c '%U %a' "$home")" "clawbot 700"
is "in a directory of root's" "$(stat -c '%U %a' "$T/homes/warm")" "root 711"
cb cbtagent run -s warm -- sh -c 'echo "$HOME"; cd; pwd
    getent passwd "$(id -u)" | cut -d: -f6
    mkdir -p .cache/x go && echo warm >.cache/x/f'
is "HOME, passwd and it are one" "$S $(sort -u "$T/out")" "0 $home"
cb cbtagent run -s warm -- sh -c 'cat ~/.cache/x/f; echo more >>~/.cache/x/f'
is "the next run finds what was left" "$S $(cat "$T/out")" "0 warm"
is "it is of the account" "$(stat -c %U "$home/.cache/x/f")" clawbot
agent sh -c 'echo "$HOME"; ls -A ~; ls '"$home"
is "another skill has none, nor that one" "$(cat "$T/out")" /tmp
cb cbtagent run -s free -- sh -c 'ls -A ~; cat '"$home/.cache/x/f"
is "nor has another skill with a home" "$(cat "$T/out")" ""
if command -v python3 >/dev/null; then
	cb cbtagent run -s warm -- python3 -c 'import os.path, pathlib
print(os.path.expanduser("~clawbot"), pathlib.Path.home())'
	is "by name and by variable" "$(cat "$T/out")" "$home $home"
fi

### What is protected

cb cbtagent run -s warm -- sh -c 'cd; echo x >.bashrc; echo x >.profile
    echo x >.gitconfig; mkdir -p .config/git .config/systemd .ssh; true'
has "start-up files are not left" "$T/err" "changes were refused" \
    "skills.warm.protect: .bashrc" "skills.warm.protect: .gitconfig"
is "none of them is there" "$(cd "$home" && ls -A | tr '\n' ' ')" \
    ".cache .config go "
is "nor below" "$(ls -A "$home/.config")" ""
cb cbtagent run -s free -- sh -c 'echo x >~/.bashrc; cat ~/.bashrc'
is "where nothing is protected they are" "$S $(cat "$T/out")" "0 x"
cb root --json audit tail -n 200
ok "changes in there are recorded" grep -q "$home/.cache" "$T/out"
cb cbtagent run -s warm -- sh -c 'mv "$HOME" "$HOME/../x"; rmdir "$HOME"
    mkdir "$HOME/../y"; ln -s / "$HOME/../z"; rm -rf "$HOME"; true'
is "it stays, and nothing comes beside it" "$(ls "$T/homes/warm")" "$uid"

### Two accounts

cb cbtagent run -s caller -- sh -c 'echo "$HOME"; echo mine >~/f
    chmod 777 ~; chmod 666 ~/f'
mine=$(cat "$T/out")
cb cbtother run -s caller -- sh -c 'echo "$HOME"; echo more >"$1/f"
    echo x >"$1/g"; rm -f "$1/f"; mv ~ "$1/h"; ln ~/l "$1/l"; echo y >~/o' \
    - "$mine"
other=$(cat "$T/out")
is "each its own" "$mine $other" \
    "$T/homes/caller/$(id -u cbtagent) $T/homes/caller/$(id -u cbtother)"
is "no run writes to another one's, even if that lets it" \
    "$(cat "$mine/f" && ls "$mine")" "mine${NL}f"
cb cbtother run -s caller -- sh -c 'ls "$1"; cat "$1/f"; ls "${1%/*}"' - "$mine"
is "nor sees it" "$(cat "$T/out")" "${other##*/}"
is "and its own is written to" "$(cat "$other/o")" y
daemon_stop

### Later

daemon_start
is "the mode is that of the start again" "$(stat -c %a "$mine")" 700
cb cbtagent run -s caller -- cat "$mine/f"
is "what is in there lasts" "$(cat "$T/out")" mine
daemon_stop
rm -rf "$T/homes/warm"
daemon_start
cb cbtagent run -s warm -- sh -c 'ls -A ~; echo x >~/f && cat ~/f'
is "one that was removed is made anew" "$S $(cat "$T/out")" "0 x"
daemon_stop
mv "$T/homes/warm/$uid" "$T/homes/warm/x"
ln -s "$W" "$T/homes/warm/$uid"
daemon_try && s=started || s=not
is "it does not start with a link in its place" "$s" not
has "and says so" "$T/d.err" "$T/homes/warm/$uid"
D=
rm "$T/homes/warm/$uid"

### Caches

if command -v npm >/dev/null; then
	SKILLS='"warm": { "default": "allow", "home": true, "write": ["'$W'"],
	    "limits": { "timeoutSeconds": 300 } },'
	conf_default
	daemon_start
	mkdir -p "$W/pkg/lib"
	printf '{ "name": "cbt-pkg", "version": "1.0.0" }\n' \
	    >"$W/pkg/lib/package.json"
	cp "$W/pkg/lib/package.json" "$W/pkg/"
	chown -R clawbot "$W/pkg"
	cb cbtagent run -s warm -- sh -c 'cd '"$W/pkg"' &&
	    npm pack --silent ./lib && npm cache add ./*.tgz && ls ~/.npm'
	has "npm has its cache in there" "$T/out" _cacache
	cb cbtagent run -s warm -- sh -c 'npm cache ls 2>/dev/null |
	    grep -c cbt-pkg'
	ok "and the next run finds it" test "$(cat "$T/out")" -ge 1
	daemon_stop
fi
if command -v cc >/dev/null && command -v ccache >/dev/null; then
	SKILLS='"warm": { "default": "allow", "home": true },'
	conf_default
	daemon_start
	for i in 1 2; do
		cb cbtagent run -s warm -- sh -c 'cd /tmp &&
		    echo "int x;" >x.c && ccache cc -c x.c && ccache -s'
		cp "$T/out" "$T/ccache.$i"
	done
	ok "ccache hits in the second run" grep -q 'Hits: *1 ' "$T/ccache.2"
	daemon_stop
fi
finish
