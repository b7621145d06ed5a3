# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
#
# For scripts that add rows to a copy of the tree and build it: the copy is
# $tree, what it is built in $tree/b, and $T/was is for what it was before;
# comes after lib.sh.

[ "$ASAN${CLAWBOT_TRAP-}" = no ] ||
    skip_all "builds a tree of its own; done in one build"
command -v "${MAKE-make}" >/dev/null || skip_all "there is no make"

tree=$T/tree
mkdir "$tree" "$tree/b" "$T/was"
(cd "$SRC" && cp -Rp Makefile configure* config.*.in common supervisor \
    executor auditor vault notifier forwarder file client etc tests "$tree") ||
    bail "no copy"
cp "$B/config.mk" "$B/config.h" "$B/build_id.h" "$tree/b"
