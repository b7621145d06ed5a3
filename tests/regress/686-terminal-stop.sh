# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: on a terminal (run -t) a command that stops itself goes on, jobs of a
# shell in it stop and are continued there, and one that was really stopped can
# be left and ended.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/terminal.sh
. "$SRC/tests/regress/terminal.sh"
command -v bash >/dev/null || skip_all "bash is not there"
[ "$ASAN" = no ] || skip_all "one build is enough"
conf_default
daemon_start
# runs LINE: by /bin/sh, on a terminal
cat >"$T/go" <<END
#!/bin/sh
exec setpriv --reuid=cbtagent --regid=$(id -g cbtagent) --init-groups \
    env PATH=/usr/bin:/bin HOME=/nonexistent $B/clawbot -S $T/run \
    run -t -C $W -- "\$@"
END
chmod 755 "$T/go"
terminal 80x24
typed "$T/go sh -c 'kill -TSTP \$\$; echo went on'" Enter
sees "a command that stops itself goes on" '^went on'
as_it_was "its end" 0
typed "$T/go bash --norc --noprofile -i" Enter
sees "a shell inside" 'bash.*[$#] *$'
typed "PS1='in> '" Enter
sees "... is asked" '^in> *$'
typed "cat" Enter
typed "first" Enter
sees "... has a job" '^first'
typed C-z
sees "... which Ctrl-Z stops, and not the run" 'Stopped +cat'
typed "fg" Enter
sees "... and fg continues" '^cat'
typed "second" Enter
until_true 60 eval '[ "$(look; grep -c "^second" "$T/screen")" = 2 ]'
is "... with its keys" "$(grep -c '^second' "$T/screen")" 2
typed C-d
typed "exit 3" Enter
as_it_was "the end of that" 3
typed "$T/go sh -c 'echo stops; kill -STOP \$\$; echo no'" Enter
sees "one that is really stopped" '^stops'
typed Enter
typed '~.'
ok "... is ended by ~." until_true 60 is_state "0 1 sh"
typed 'echo S=$?' Enter
sees "... by a signal" '^S=1[0-9][0-9]'
hasnot "... and does not go on" "$T/screen" '^no$'
daemon_stop
finish
