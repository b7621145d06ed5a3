# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2034
#
# The same sources give the same bytes, in whatever directory, at whatever time
# and by whomever they are packed: some objects here, with the flags of Debian's
# packages, and the packages as a whole in the machines of make check-vm.
. "$SRC/tests/regress/lib.sh"

P=${PLAIN-}
[ -n "$P" ] || skip_all "needs the plain build: run it by make check"
command -v dpkg-buildflags >/dev/null || skip_all "no dpkg-buildflags here"
cd "$SRC" || bail "no source"
case $P in
"$SRC"/*)	P=${P#"$SRC"/} ;;
esac
unset MAKEFLAGS MFLAGS MAKELEVEL
# a cache would give to one what the other has made
export CCACHE_DISABLE=1

mkdir "$T/dist" "$T/a" "$T/elsewhere" "$T/elsewhere/b"
make -s "B=$P" "DISTDIR=$T/dist" dist >"$T/out" 2>&1 ||
    bail "make dist: $(cat "$T/out")"

# build DIR TIME: what is in there has that time
build() {
	tar -C "$1" --strip-components=1 -xzf "$T/dist"/*.gz || return
	find "$1" -exec touch -h -d "$2" {} + || return
	# as debian/rules does; these flags name the directory that one is in
	(cd "$1" && timeout 300 ./configure -q --prefix=/usr \
	    "CFLAGS=$(dpkg-buildflags --get CFLAGS)" \
	    "CPPFLAGS=$(dpkg-buildflags --get CPPFLAGS)" \
	    "LDFLAGS=$(dpkg-buildflags --get LDFLAGS)" &&
	    timeout 300 make -s build/libfile.a) >"$1.log" 2>&1 ||
	    { diag "$(tail -n 5 "$1.log")"; return 1; }
}

(
	umask 022
	TZ=UTC LC_ALL=C
	export TZ LC_ALL
	build "$T/a" @1000000000
)
ok "built" test "$?" -eq 0
(
	umask 077
	TZ=Asia/Tokyo LC_ALL=C.UTF-8 USER=somebody HOME=/nonexistent
	export TZ LC_ALL USER HOME
	build "$T/elsewhere/b" @1500000000
)
ok "built elsewhere, by somebody else, at another time" test "$?" -eq 0
(cd "$T/a" && find build -type f ! -name 'config.*' ! -name '*.d' \
    ! -path '*/conftest*') | sort >"$T/made"
differ=
while read -r f; do
	cmp -s "$T/a/$f" "$T/elsewhere/b/$f" || differ="$differ $f"
done <"$T/made"
is "the same bytes, of $(grep -c . "$T/made") files" "$differ" ""
for f in build/libfile.a build/build_id.h; do
	ok "there was $f" grep -qx "$f" "$T/made"
done
ok "there were objects" test "$(find "$T/a/build/obj" -name '*.o' | wc -l)" \
    -ge 3
finish
