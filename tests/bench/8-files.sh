#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/bench/lib.sh
#
# What it costs to record the names that a run changes: tar x of 5,000 files,
# of which 1,000 are told, and one file, in a skill that records them against
# one that does not.

. "$SRC/tests/bench/lib.sh"

ROUNDS=${ROUNDS-60}
need tar tar
mkdir "$W/many"
seq -f "$W/many/file-%05g" 5000 | xargs touch
tar -cf "$W/many.tar" -C "$W" many
rm -rf "$W/many"
SKILLS='"changes": { "default": "allow", "execs": "off", "write": ["'"$W"'"] },
    "off": { "default": "allow", "execs": "off", "write": ["'"$W"'"],
	"files": "off" },'
daemon_in files
for s in changes off; do
	mkdir -m 777 "$W/$s"
done

# against TITLE NAME ROUNDS WORD...: the words in each skill's directory
against() {
	a_title=$1 a_name=$2 a_rounds=$3
	shift 3
	list_begin
	for s in off changes; do
		row "$a_name $s" cbtagent - - \
		    "$(run_by files) -s $s -C $W/$s --" "$@"
	done
	measure -n "$a_rounds" -w 3
	table "$a_title" "$a_name off" "$a_name changes"
}

against "tar x of 5,000 files, of which 1,000 are told" tar "$ROUNDS" \
    tar -x --overwrite -f "$W/many.tar"
against "one file" touch $((5 * ROUNDS)) touch one
