# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A message is one row of common/msg.h, its structure and shape, and who
# handles it: in a copy of the tree it is asked for, tried at its bounds, and
# told in PROTOCOL, and nothing else was touched for it.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/scratch.sh
. "$SRC/tests/regress/scratch.sh"

cp "$SRC/PROTOCOL" "$tree"
cp -R "$tree/common" "$tree/supervisor" "$T/was"

# A request of clients: so many points for somebody, which come back.
# shellcheck disable=SC1003 # sed's, and a backslash in the table
sed -i '/^\/\* Answers to clients \*\//i\
X(SCORE,	0x01fe, R_CLI, R_SUP, MS_IDLE, 6, 22, 0, 0,		\\\
    &msg_score_shape)	/* answered by a ROW and END */		\\' \
    "$tree/common/msg.h"
sed -i '/^\/\* NAME: of a secret/i\
struct msg_score {\
	uint16_t	 points;\
	char		*who;\
};\
extern const struct shape msg_score_shape;\
' "$tree/common/payload.h"
sed -i '/^static const struct shape_row secret_name_rows/i\
static const struct shape_row score_rows[] = {\
	U16(msg_score, points, 3, 1000),\
	STR(msg_score, who, 16),\
};\
SHAPE(msg_score, "SCORE", score_rows, NULL);\
' "$tree/common/payload.c"
sed -i -e '/^static const struct request {/i\
static void\
req_score(struct client *cl, struct payload *p)\
{\
	const struct msg_score *v = payload_as(p, &msg_score_shape);\
	struct buf b;\
\
	buf_init(&b, 256);\
	field_u64(&b, "points", v->points);\
	field_str(&b, "who", v->who);\
	client_send(cl, MSG_ROW, &b, NULL, 0);\
	client_end(cl, CBE_OK, "%s", "");\
}\
' -e '/{ MSG_PS, /i\
	{ MSG_SCORE, NEED_ANY, 0, 0, req_score },' "$tree/supervisor/ask/ask.c"
(cd "$tree" && diff -r -U0 "$T/was/common" common
    diff -r -U0 "$T/was/supervisor" supervisor) >"$T/places" || :
is "a message: its row, structure, shape, handler, and that row" \
    "$(sed -n 's/^+++ \([^	]*\).*/\1/p; s/^@@.*/place/p' "$T/places" |
    tr '\n' ' ')" \
    "common/msg.h place common/payload.c place common/payload.h place \
supervisor/ask/ask.c place place "
is "nothing was taken away" "$(grep -c '^-[^-]' "$T/places")" 0
S=0
(cd "$tree" && env -u MAKEFLAGS -u MFLAGS "${MAKE-make}" -s -j2 B=b all \
    b/tests/wire/edges_test b/tests/helpers/payloads \
    b/tests/helpers/hostile_client) \
    >"$T/make.out" 2>&1 || S=$?
is "it builds" "$S" 0
[ "$S" -eq 0 ] || {
	diag "$(tail -20 "$T/make.out")"
	finish
}
B=$tree/b
LIBEXEC=$B

conf_default
daemon_start

ok "every member at its bounds" "$B/tests/wire/edges_test"
"$B/tests/helpers/payloads" >"$T/out"
has "its structure" "$T/out" \
    "SCORE	u16 points 3..1000, str who (at most 16)"
(cd "$tree" && B=b tests/lint/protocol.sh -w) || bail "protocol.sh"
has "told in PROTOCOL" "$tree/PROTOCOL" \
    "  0x01fe  SCORE: client -> supervisor; in IDLE; 6 to 22 bytes"
has "with what it is" "$tree/PROTOCOL" "SCORE: answered by a ROW and END"
sock=$T/run/channels/cli.sock
for mode in types bodies; do
	S=0
	as cbtagent timeout 300 "$B/tests/helpers/hostile_client" "$sock" \
	    $mode >"$T/out" 2>&1 </dev/null || S=$?
	is "$mode: it is one of those that are tried" \
	    "$S $(head -n 3 "$T/out")" "0 "
done
gone "$D" && bail "it ended the daemon"
daemon_stop
finish
