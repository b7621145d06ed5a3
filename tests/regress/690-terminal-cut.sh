# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a run on a terminal (run -t) that prints more than it may is hung up
# on, and waits for nothing; with outputExcess "discard" it goes on.  ps(1) tells
# there when a process was started.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/terminal.sh
. "$SRC/tests/regress/terminal.sh"
SKILLS='"little": { "default": "allow", "limits": { "outputMB": 1 } },
    "less": { "default": "allow", "limits": { "outputMB": 1,
	"outputExcess": "discard" } },'
conf_default
daemon_start
cat >"$T/go" <<END
#!/bin/sh
exec setpriv --reuid=cbtagent --regid=$(id -g cbtagent) --init-groups \
    env PATH=/usr/bin:/bin HOME=/nonexistent $B/clawbot -S $T/run \
    run -t -s "\$@"
END
chmod 755 "$T/go"
much='yes | head -c 2000000'
terminal 80x24
typed "$T/go little sh -c '$much; sleep 600'" Enter
sees "more than it may print: it is told" 'output cut off at the limit of 1 MB'
as_it_was "... by a hang-up" 129
typed "$T/go less sh -c '$much; exit 5'" Enter
sees "discarded: it is told" 'output cut off at the limit of 1 MB'
as_it_was "... and it goes on" 5
typed "$T/go little sh -c 'ps -o lstart= -p \$\$'" Enter
sees "ps -o lstart" "^... ... .. ..:..:.. [0-9]{4}"
daemon_stop
finish
