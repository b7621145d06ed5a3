# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: stored output is packed once the records that it belongs to are in a
# closed segment; it is shown, verified and removed as before, and the record
# has the digest of what is in it.
. "$SRC/tests/regress/lib.sh"

LOGGING='"output": "full", "segmentMB": 1, "excerptKB": 4,'
conf_default
daemon_start

# member NAME: of the record of the run's end
member() {
	cat "$T"/log/gateway*.log | grep "\"run\":\"$RUN\"" |
	    grep '"ev":"result"' |
	    sed -n "s/.*\"$1\":\"\{0,1\}\([0-9a-z ]*\).*/\1/p"
}
packed() {
	echo "$T"/log/output/*-"$RUN".out.zst
}
is_packed() {
	test -f "$(packed)" && ! test -e "$(packed | sed 's/\.zst$//')"
}
# full: more than a segment
full() {
	for f_i in 1 2 3 4 5 6 7 8 9 10; do
		cb cbtagent run -- printf '%.1s' "$BALLAST" "$f_i"
	done
}
BALLAST=$(head -c 120000 /dev/zero | tr '\0' x)

cb cbtagent --json run -- seq 1 30000
RUN=$(json "$T/out" run)
DIGEST=$(member output)
BYTES=$(member output_bytes)
seq 1 30000 >"$T/all"
full
ok "it is packed" until_true 60 is_packed
is "nobody may write it" "$(stat -c '%U %a' "$(packed)")" \
    "$(id -un _clawbot-audit) 440"
ok "and is smaller" test "$(stat -c %s "$(packed)")" -lt $((BYTES / 2))
is "what is in it has the digest of the record" \
    "$(zstdcat "$(packed)" | b2sum -l 256 | cut -d ' ' -f 1)" "$DIGEST"
cb cbtadmin audit show --output "$RUN"
ok "it is shown, to the byte" cmp "$T/all" "$T/out"
cb cbtadmin audit verify
is "the log is good" "$S" 0
cb root audit verify "$T/log"
is "the directory as well" "$S" 0

head -c 32 /dev/urandom >"$T/key"
chmod 400 "$T/key"
cb root backup -f "$CONF" -k "$T/key" "$T/backup"
is "backup: status" "$S" 0
cb root restore --verify-only -k "$T/key" "$T/backup"
is "backup: it is verified" "$S" 0

### What a crash leaves

daemon_stop
zstdcat "$(packed)" >"$T/plain"
install -o _clawbot-audit -m 440 "$T/plain" "$(packed | sed 's/\.zst$//')"
install -o _clawbot-audit -m 600 "$T/plain" "$T/log/output/packing"
daemon_start
ok "packed, and not removed: it is made anew" until_true 60 is_packed
ok "and what was not finished is removed" \
    test ! -e "$T/log/output/packing"
cb cbtadmin audit verify
is "the log is good" "$S" 0

### Found where it was changed

NAME=$(packed)
cp -a "$NAME" "$T/good"
printf X | dd of="$NAME" bs=1 seek=2000 conv=notrunc 2>/dev/null
cb cbtadmin audit show --output "$RUN"
is "changed: it is not shown" "$S" 2
is "changed: nothing of it" "$(cat "$T/out")" ""
cb cbtadmin audit verify
is "changed: verify finds it" "$S" 2
has "changed: verify names it" "$T/out" "TAMPERED record=" rule=output
cb root audit verify "$T/log"
is "changed: of a directory, too" "$S" 2
has "changed: and names the file" "$T/out" \
    "file=output/$(basename "$NAME")"
: >"$NAME"
cb cbtadmin audit verify
is "emptied: verify finds it" "$S" 2
rm "$NAME"
cb cbtadmin audit verify
is "missing: verify finds it" "$S" 6

### It goes with its records

cp -a "$T/good" "$NAME"
cb cbtadmin audit verify
is "put back: the log is good" "$S" 0
# a part that is being packed, or of this very second, stays
goes() {
	cb root audit prune --before 0s -n && grep -q "would remove" "$T/out"
}
ok "it could be pruned" until_true 60 goes
lift_parts "$T/log"
cb root audit prune --before 0s -r 'no more needed'
is "pruned: status" "$S" 0
gone() {
	! test -e "$NAME"
}
ok "pruned: it is gone" until_true 60 gone
cb cbtadmin audit verify
is "pruned: verify says so" "$S" 6
has "pruned: and nothing else" "$T/out" PRUNED
finish
