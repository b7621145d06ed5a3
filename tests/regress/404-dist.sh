# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# make dist: what git tracks, and configure; the same again from what was
# unpacked from it, where there is no git.
. "$SRC/tests/regress/lib.sh"

P=${PLAIN-}
[ -n "$P" ] || skip_all "needs the plain build: run it by make check"
cd "$SRC" || bail "no source"
case $P in
"$SRC"/*)	P=${P#"$SRC"/} ;;
esac

# dist DIRECTORY: made into that one
dist() {
	mkdir "$1"
	env -u MAKEFLAGS -u MFLAGS make -s "B=$P" "DISTDIR=$1" dist \
	    >"$T/out" 2>&1 || diag "$(tail -n 5 "$T/out")"
}

dist "$T/1"
is "one file" "$(cd "$T/1" && echo *)" \
    "clawbot-$(sed -n 's/^VERSION *=[	 ]*//p' "$P/config.mk").tar.gz"
first=$(echo "$T/1"/*.gz)
ok "it can be unpacked" tar -C "$T" -xzf "$first"
tree=$(echo "$T"/clawbot-*/)
if [ -e .git ] && git ls-files >"$T/tracked" 2>"$T/err"; then
	printf '%s\n' configure config.h.in >>"$T/tracked"
	(cd "$tree" && find . -type f) | sed 's,^\./,,' | LC_ALL=C sort \
	    >"$T/names"
	ok "all that git tracks, and configure" sh -c \
	    "LC_ALL=C sort '$T/tracked' | cmp - '$T/names'"
else
	skip "all that git tracks, and configure" "not a tree of git's"
fi
cmp=0
while read -r f; do
	cmp -s "$f" "$tree/$f" || cmp=$f
done <"$P/dist.list"
is "each as it is here" "$cmp" 0
is "all of it can be read, none written by others" \
    "$(find "$tree" ! -perm -444 -o -perm /022 | head -n 5)" ""

# Where it has been configured and built, once more.
cp -p "$P/config.mk" "$T/config.mk"
P=build
cd "$tree" || bail "nothing unpacked"
mkdir -p build/obj build-other autom4te.cache
cp "$T/config.mk" build/config.mk
touch build/obj/x.o build-other/x clawbot-0.tar.gz autom4te.cache/x \
    configure~ aclocal.m4 compile_commands.json
ok "unpacked: there is no git" test ! -e .git
dist "$T/2"
ok "unpacked: the same, to the byte" cmp "$first" "$T/2"/*.gz
mkdir .git
dist "$T/3"
ok "a .git that is none: the same" cmp "$first" "$T/3"/*.gz
finish
