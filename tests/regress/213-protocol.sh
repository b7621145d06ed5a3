# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# PROTOCOL says of every message what common/msg.h and executor/inside.h say,
# and the check of that finds every kind of difference.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] ||
    skip_all "runs no program; done in one build"

ok "PROTOCOL is what the tables say" "$SRC/tests/lint/protocol.sh"

# A copy in which one thing is changed.
mkdir -p "$T/c/common" "$T/c/executor" "$T/c/tests/lint"
copy() {
	cp "$SRC/common/msg.h" "$T/c/common/"
	cp "$SRC/executor/inside.h" "$T/c/executor/"
	cp "$SRC/PROTOCOL" "$T/c/"
	cp "$SRC/tests/lint/protocol.sh" "$T/c/tests/lint/"
}

# differs NAME FILE SED: is found
differs() {
	copy
	cp "$T/c/$2" "$T/c/was"
	sed "$3" "$T/c/was" >"$T/c/$2"
	if cmp -s "$T/c/was" "$T/c/$2"; then
		result 1 "$1: nothing was changed" || :
		return 0
	fi
	S=0
	"$T/c/tests/lint/protocol.sh" >"$T/out" 2>&1 || S=$?
	is "found: $1" "$S" 1
}

copy
ok "a copy is the same" "$T/c/tests/lint/protocol.sh"
h=common/msg.h
differs "another number" $h '/^X(READY/s/0x0001/0x0009/'
differs "another direction" $h '/^X(X_PLAN/s/R_EXEC, R_SUP/R_SUP, R_EXEC/'
differs "another state" $h '/^X(X_GO/s/MS_UP/MS_LIVE/'
differs "another size" $h '/^X(A_DONE/s/8, 8/8, 9/'
differs "another limit" $h '/define MSG_REQ_MAX/s/256U/255U/'
differs "another number of descriptors" $h '/^X(PIPE/s/1, 1, NULL/0, 1, NULL/'
differs "another payload" $h 's/the record is durable/it is durable/'
differs "one message less" $h '/^X(V_ABORT/,/forget what/d'
# shellcheck disable=SC1003 # sed's, and a backslash in msg.h
differs "one message more" $h \
    '/^X(V_ABORT/i\
X(V_MORE,	0x301a, R_SUP, R_VAULT, MS_UP, 0, 0, 0, 0, NULL)	\\'
differs "another structure" PROTOCOL \
    's/WHY: what would happen to it/RESOLVE: what would happen to it/'
differs "another bound" PROTOCOL 's/timeout_s 1..604800/timeout_s 0..604800/'
differs "a line less in PROTOCOL" PROTOCOL '/  0x2012  A_CLOSE/d'
differs "a line more in PROTOCOL" PROTOCOL \
    's/^  0x2012  A_CLOSE.*/&\
  0x2999  A_MORE: supervisor -> auditor; in UP; 0 bytes/'
i=executor/inside.h
differs "inside: another letter" $i "/^X(TERM/s/'t'/'u'/"
differs "inside: another direction" $i \
    '/^X(TTY/s/IW_COMMAND, IW_RUNNER/IW_RUNNER, IW_COMMAND/'
differs "inside: another way" $i '/^X(WATCH/s/IN_WATCH/IN_START/'
differs "inside: another size" $i '/^X(ENDED/s/\([0-9][0-9]*\), \1/\1, 99/'
differs "inside: another number of descriptors" $i '/^X(BUILD/s/1, 1)/1, 3)/'
differs "inside: another payload" $i 's/u8 outcome: end it/u8: end it/'
differs "inside: a line less in PROTOCOL" PROTOCOL "/  'w'  WATCH/d"

# Written anew it is right, and the text around the table stays.
copy
sed '/^X(V_ABORT/,/forget what/d' "$SRC/$h" >"$T/c/$h"
ok "protocol.sh -w" "$T/c/tests/lint/protocol.sh" -w
ok "what it wrote is right" "$T/c/tests/lint/protocol.sh"
hasnot "what is gone is gone" "$T/c/PROTOCOL" "  V_ABORT: "
is "nothing else has changed" \
    "$(diff "$SRC/PROTOCOL" "$T/c/PROTOCOL" | grep -c '^>')" 0

# Limits that the text names.
has "the frame's size" "$SRC/PROTOCOL" "$(sed -n \
    's/^#define MSG_HEADER[[:space:]]*//p' "$SRC/$h")"
finish
