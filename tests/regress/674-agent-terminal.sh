# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: on a terminal an agent can be left for a while by Ctrl-Z and come
# back to, what is pasted is the agent's whatever it says, and however it ends
# the terminal is as it was, with what the agent had set on it.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/terminal.sh
. "$SRC/tests/regress/terminal.sh"
command -v python3 >/dev/null || skip_all "needs python3"
[ "$ASAN" = no ] || skip_all "one build is enough"

A=$(mktemp -d /srv/cbta.XXXXXX)
UNDO="rm -rf '$A'; $UNDO"
chmod 755 "$A"
P=$W/project
install -d -o cbtagent -g "$(id -g cbtagent)" "$P"
# It looks at its size from time to time and draws all of it if that is another
# one; meanwhile something moves.
cat >"$A/gemini" <<'END'
#!/usr/bin/python3
import os, select, tty
n = ticks = 0
size = None
def draw():
    global n, size
    c = os.get_terminal_size(1)
    if c == size:
        return
    size = c
    os.write(1, b"\033[Hdrawn %d %dx%d\n" % (n, c.columns, c.lines))
    n += 1
tty.setraw(0)
os.write(1, b"\033[?1049h\033[?2004h\033[?1000;1006h\033[?25l\033[>1u")
draw()
got = b""
while True:
    if not select.select([0], [], [], 0.02)[0]:
        ticks += 1
        os.write(1, b"\033[3;1H" + b"|/-\\"[ticks % 4:][:1])
        if ticks % 10 == 0:
            draw()
        continue
    got += os.read(0, 4096)
    if got.endswith(b"end"):
        break
    if got.endswith(b"\033[201~"):
        os.write(1, b"\033[5;1Hread %r" % got)
        got = b""
END
chmod 755 "$A/gemini"
SKILLS='"agent": { "profile": "agent", "write": ["'$P'"],
    "read": ["'$A'"] },'
MORE='"homeDirectory": "'$T/homes'",'
conf_default
daemon_start

cat >"$T/go" <<END
#!/bin/sh
exec setpriv --reuid=cbtagent --regid=$(id -g cbtagent) --init-groups \
    env PATH=$A:/usr/bin:/bin HOME=/nonexistent $B/clawbot -S $T/run agent \
    gemini -C $P
END
chmod 755 "$T/go"
# drawn_over STATE: alternate screen and cursor are so
screen_is() {
	case $(state) in
	"$1 "*)	return 0 ;;
	*)	return 1 ;;
	esac
}

terminal 80x24
typed "$T/go" Enter
sees "it draws" '^drawn 0 80x24'
ok "on a screen of its own" until_true 60 screen_is "1 0"
typed C-z
sees "Ctrl-Z: the shell is there" 'Stopped|shell\$ *$'
ok "on its own screen, with a cursor" until_true 60 screen_is "0 1"
typed 'echo I am $((6 * 7))' Enter
sees "it has the keys" '^I am 42'
typed fg Enter
ok "back: on the agent's screen" until_true 60 screen_is "1 0"
sees "which it has drawn anew, at its size" '^drawn [1-9][0-9]* 80x24'
$TM resize-window -t 0 -x 70 -y 20
sees "another size" '^drawn [0-9]+ 70x20'
printf 'one\n~.\n~~two' >"$T/paste"
$TM load-buffer "$T/paste"
$TM paste-buffer -p -t 0
sees "what is pasted is the agent's" 'read .*one.*~\..*~~two'
typed e n d
as_it_was "its end" 0

typed "$T/go" Enter
sees "once more" '^drawn 0'
cb cbtagent kill --all
is "it is killed" "$S" 0
sees "which is told" 'killed|stop'
ok "the screen is the one before" until_true 60 screen_is "0 1"
typed 'printf "%s\n" pasted' Enter
sees "the shell has its keys" '^pasted'
daemon_stop
finish
