# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Which program may use what: common/ includes only itself, a role itself and
# common/; every header compiles alone; each program links the libraries that
# PRIVSEP gives it; none calls what is not to be called; all are hardened.
. "$SRC/tests/regress/lib.sh"

P=${PLAIN-$B}
cd "$SRC" || bail "no source"

### Includes

for dir in common supervisor executor auditor vault notifier forwarder file client; do
	is "$dir/ includes itself and common/" "$(grep -rnE \
	    --include='*.[ch]' '^#[	 ]*include[	 ]*"' $dir |
	    grep -vE "\"(common/|$dir/|(config|build_id)\.h|complete_[a-z]*\.inc\")" |
	    if [ $dir = common ]; then
		# within common/ a header may name its neighbour
		grep -vE 'common/[a-z_]*\.h:[0-9]*:#include "[a-z_]*\.h"'
	    else
		cat
	    fi)" ""
	for other in supervisor executor auditor vault notifier forwarder file client; do
		[ $other != $dir ] || continue
		is "$dir/ does not name $other/" "$(grep -rnE \
		    --include='*.[ch]' "include[^\"<]*[\"<][./]*$other/" \
		    $dir)" ""
	done
done
is "JSON is read by the supervisor and the client alone" \
    "$(grep -rl --include='*.[ch]' 'jansson\.h' common executor auditor \
    vault notifier forwarder file)" ""
is "of the supervisor by its configuration alone" \
    "$(grep -rl --include='*.[ch]' 'jansson\.h' supervisor |
    grep -v '^supervisor/conf/')" ""

CC=$(sed -n 's/^CC *=[	 ]*//p' "$P/config.mk")
if command -v "${CC:-cc}" >/dev/null; then
	bad=
	for h in $(find common supervisor executor auditor vault notifier forwarder file client \
	    -name '*.h' | LC_ALL=C sort); do
		printf '#include "%s"\n' "$h" | ${CC:-cc} -std=gnu11 \
		    -D_GNU_SOURCE -Wall -Wextra -Werror -I. "-I$P" \
		    -fsyntax-only -x c - 2>>"$T/err" || bad="$bad $h"
	done
	is "every header compiles alone" "$bad" ""
else
	skip "every header compiles alone" "no compiler"
fi

### Libraries

# libs PROGRAM: what it is linked with, libc and the loader aside
libs() {
	readelf -d "$P/$1" | sed -n 's/.*NEEDED.*\[lib\([^.]*\).*/\1/p' |
	    grep -vE '^(c|asan|ubsan)$' | sed 's/-[0-9]$//; s/^event_core.*/event_core/' |
	    sort | tr '\n' ' '
}

if command -v readelf >/dev/null; then
	is "clawbotd: libraries" "$(libs clawbotd)" \
	    "cap event_core jansson pcre2 "
	is "clawbot-executor: libraries" "$(libs clawbot-executor)" \
	    "cap event_core pcre2 sodium "
	is "clawbot-auditor: libraries" "$(libs clawbot-auditor)" \
	    "cap event_core sodium zstd "
	is "clawbot-vault: libraries" "$(libs clawbot-vault)" \
	    "cap event_core sodium "
	is "clawbot-notifier: libraries" "$(libs clawbot-notifier)" \
	    "cap sodium "
	is "clawbot-forwarder: libraries" "$(libs clawbot-forwarder)" \
	    "cap sodium "
	is "clawbot-file: no other library than this, or none" \
	    "$(libs clawbot-file | tr ' ' '\n' | grep -vxE 'sodium|')" ""
	is "clawbot-spawner: no other libraries than these, or none" \
	    "$(libs clawbot-spawner | tr ' ' '\n' |
	    grep -vxE 'cap|pcre2|sodium|')" ""
	is "clawbot: no other library than these" "$(libs clawbot |
	    tr ' ' '\n' | grep -vxE 'jansson|sodium|z|zstd|')" ""
else
	skip "libraries" "no readelf"
fi

### Functions

# Calls that no program may make, and those that one role must not.  The
# client may be linked statically, so what it is made of is looked at.
calls() {
	if [ "$1" = clawbot ]; then
		nm --undefined-only "$P/libclient.a" "$P/libcommon.a" \
		    "$P/libcommonsodium.a" "$P/librecord.a"
	elif [ "$1" = clawbot-file ]; then
		nm --undefined-only "$P/libfile.a" "$P/obj/file/main.o"
	else
		nm -D --undefined-only "$P/$1"
	fi | sed -n 's/^ *U //p' | sed 's/@.*//'
}
never='strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|system|popen|gets'
never="$never|tmpnam|mktemp|rand|srand|getlogin|wordexp|dlopen"
if command -v nm >/dev/null; then
	for prog in clawbotd clawbot clawbot-executor clawbot-auditor \
	    clawbot-vault clawbot-notifier clawbot-forwarder clawbot-file; do
		is "$prog: calls nothing that it must not" \
		    "$(calls $prog | grep -xE "(__)?($never)(_chk)?")" ""
	done
	for prog in clawbot-auditor clawbot-vault clawbot-forwarder \
	    clawbot-file; do
		is "$prog: starts nothing" "$(calls $prog |
		    grep -xE 'fork|vfork|exec.*|posix_spawn.*|clone')" ""
		[ $prog = clawbot-forwarder ] ||
		    is "$prog: resolves and connects nothing" "$(calls $prog |
		    grep -xE 'connect|getaddrinfo|gethostby.*|bind|listen')" ""
	done
	for prog in clawbotd clawbot; do
		is "$prog: its list can be read" \
		    "$(calls $prog | grep -x recvmsg | sort -u)" recvmsg
	done
	is "clawbot: needs no module of the name service" "$(calls clawbot |
	    grep -xE 'getpw.*|getgr(nam|gid|ent|oupl).*|getaddrinfo')" ""
else
	skip "functions" "no nm"
fi

### Hardening

for prog in clawbotd clawbot clawbot-executor clawbot-spawner \
    clawbot-auditor clawbot-vault clawbot-notifier clawbot-forwarder \
    clawbot-file; do
	command -v readelf >/dev/null || continue
	ok "$prog: position independent" sh -c \
	    "readelf -h '$P/$prog' | grep -q 'Type:.*DYN'"
	ok "$prog: no executable stack" sh -c \
	    "readelf -lW '$P/$prog' | grep GNU_STACK | grep -vq RWE"
	ok "$prog: full RELRO" sh -c "readelf -lW '$P/$prog' |
	    grep -q GNU_RELRO && readelf -dW '$P/$prog' |
	    grep -qE 'BIND_NOW|FLAGS.*NOW'"
	ok "$prog: no segment both writable and executable" sh -c \
	    "! readelf -lW '$P/$prog' | grep -E 'LOAD.* RWE '"
	case $(grep '^HARDEN_CFLAGS' "$P/config.mk") in
	*stack-protector*)
		ok "$prog: stack protector" sh -c \
		    "nm '$P/$prog' | grep -q __stack_chk_fail" ;;
	esac
done

# Nothing here speaks of how it was made.
is "no test hook in the installed program" "$(strings -a "$P/clawbotd" \
    "$P/clawbot-executor" "$P/clawbot-spawner" "$P/clawbot-auditor" \
    "$P/clawbot-vault" "$P/clawbot-notifier" "$P/clawbot-forwarder" |
    grep -E 'CLAWBOT_(LIBEXEC|TRAP|EMPTYDIR|PRESSURE|WITHOUT)')" ""
finish
