# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: who sits at the terminal of a run is told before its time is over,
# and can leave it for a while, as any program of a shell.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/terminal.sh
. "$SRC/tests/regress/terminal.sh"
[ "$ASAN" = no ] || skip_all "one build is enough"

LIMITS='"limits": { "timeoutSeconds": 3000 }'
conf_default
daemon_start

# go ARGUMENT...: typed as run -t with these
cat >"$T/go" <<END
#!/bin/sh
exec setpriv --reuid=cbtagent --regid=$(id -g cbtagent) --init-groups \
    $B/clawbot -S $T/run run -t "\$@"
END
chmod 755 "$T/go"

terminal 80x24
typed "$T/go -- sh -c 'echo it is there; cat'" Enter
sees "it runs" '^it is there'
typed '~' C-z
sees "~ Ctrl-Z: the shell is there" 'Stopped'
typed 'echo I am $((6 * 7))' Enter
sees "it has the keys" '^I am 42'
ok "the run goes on" until_true 60 sh -c '[ "$('"$B/clawbot"' -S '"$T/run"' \
    ps | grep -c running)" -eq 1 ]'
typed fg Enter
sees "back: it is in the foreground" '/go -- sh'
typed 'what is typed' Enter
ok "the run has the keys" until_true 60 sh -c "[ \"\$($TM capture-pane -p |
    grep -c '^what is typed')\" -ge 2 ]"
typed C-d
as_it_was "its end" 0

# half of it is left then
typed "$T/go --timeout 20 -- sh -c 'echo it is there; cat'" Enter
sees "one with little time runs" '^it is there'
sees "its end is told before" \
    'clawbot: the time of r[0-9a-z]* is over in [0-9]+ s'
typed C-d
as_it_was "the end of that" 0
typed "$T/go -- sh -c 'echo much time; sleep 1'" Enter
sees "one with much" '^much time'
sees "has ended" '^shell\$ *$'
ok "and is not told so" test -z "$(grep 'time of' "$T/screen")"
daemon_stop
finish
