# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: no way leads out of a run by system calls, whichever way they are
# made, nor by terminals; and what is executed out of memory has no more than
# the run has.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/escape.sh
. "$SRC/tests/regress/escape.sh"

hostile escape_sys escape_term escape_who

# Outside of a run these succeed.
for name in userfaultfd keyctl "keyring of the session" ptrace \
    "personality: no random layout" "personality: 32 bits" \
    "filter over the filter" "execute a memory file"; do
	escapes escape_sys "$name" -o "who=$H/escape_who"
done
# The copy is made in /tmp, where other tests make one as well.
mkdir -m 1777 "$T/tmp"
install -m 755 "$H/escape_sys" "$H/escape_who" "$T/tmp"
unshare -m sh -c 'mount --bind "$0" /tmp && exec setpriv --reuid=cbtagent \
    --regid="$(id -g cbtagent)" --init-groups /tmp/escape_sys \
    -o who=/tmp/escape_who "execute a copy"' "$T/tmp" >"$T/told" 2>&1
ok "outside of a run: escape_sys: execute a copy" grep -qF \
    "ESCAPED execute a copy: " "$T/told"

conf_default
daemon_start
attempts escape_sys -o "who=$W/escape_who"
attempts escape_term
ok "the daemon goes on" answers
daemon_stop
finish
