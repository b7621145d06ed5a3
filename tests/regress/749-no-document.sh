# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh
#
# --json is answered by a document, or refused: never by text that a program
# would have to make sense of.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start

for words in "connect claude" "connect --check claude" \
    "doctor --routine daily" "doctor --routine quarterly" \
    "audit export --format syslog" "audit report --html -" \
    "approvals show --file 1 none" "backup -"; do
	# shellcheck disable=SC2086 # words
	cb cbtadmin --json $words
	is "$words: status" "$S" 64
	is "$words: nothing on standard output" "$(cat "$T/out")" ""
	has "$words: says so" "$T/err" "--json"
done
for words in status ps approvals standing "top -n 1" "policy list" \
    "policy check $CONF" "policy diff $CONF" "policy why -u cbtagent -- true" doctor \
    "secrets list" "secrets slots" "audit report" "audit tail" \
    "audit search kind=config" "audit export" "audit export --format ocsf" \
    "audit export --format otel" "audit verify" "run -- true"; do
	# shellcheck disable=SC2086 # words
	cb cbtadmin --json $words
	ok "$words: a document" json_lines "$T/out"
done
daemon_stop
for words in doctor "run -- true"; do
	# shellcheck disable=SC2086 # words
	cb cbtadmin --json $words
	ok "$words without a daemon: a document" json_lines "$T/out"
done
finish
