# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Programs of different builds do not start together, and the message names
# both builds.
. "$SRC/tests/regress/lib.sh"

conf_default
id=$(sed -n 's/^#define BUILD_ID "\([0-9a-f]*\)"$/\1/p' "$B/build_id.h")
is "a build has an id" "${#id}" 32
other=$(printf '%s' "$id" | tr 0123456789abcdef 123456789abcdef0)

# Of the sources and how they were configured, and nothing else.
id_of() {
	rm -rf "$T/b"
	mkdir "$T/b"
	cp "$B/config.h" "$B/config.mk" "$T/b"
	make -s -C "$SRC" B="$T/b" "$@" "$T/b/build_id.h" >&2
	sed -n 's/^#define BUILD_ID "\(.*\)"$/\1/p' "$T/b/build_id.h"
}
is "the same sources have the same id" "$(id_of)" "$id"
ok "others have another" test "$(id_of BUILD_DIRS="common vault")" != "$id"

LIBEXEC=$T/libexec
copies() {
	rm -rf "$LIBEXEC"
	mkdir -p "$LIBEXEC"
	for c_f in executor spawner auditor vault notifier forwarder file; do
		cp -p "$B/clawbot-$c_f" "$LIBEXEC"
	done
}

copies
daemon_try
is "copies of one build: start" "$?" 0
daemon_stop
for name in auditor vault executor spawner; do
	copies
	perl -pi -e "s/$id/$other/g" "$LIBEXEC/clawbot-$name"
	ok "another $name: it is another" \
	    grep -q "$other" "$LIBEXEC/clawbot-$name"
	if daemon_try; then
		result 1 "another $name: does not start" || :
		daemon_stop
		continue
	fi
	daemon_wait
	is "another $name: status" "$DSTATUS" 71
	has "another $name: both are named" "$T/d.err" \
	    "clawbot-$name is of build $other" "of $id"
	becomes "another $name: no process" 0 pgrep -c -f "$LIBEXEC"
done
finish
