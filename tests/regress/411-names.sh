# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# No name means one thing in one program and another in another, and the check
# of that (tests/lint/names.sh) finds every kind of name.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] ||
    skip_all "builds a tree of its own; done in one build"
command -v "${MAKE-make}" >/dev/null || skip_all "there is no make"
command -v nm >/dev/null || skip_all "there is no nm"

ROLES="common supervisor executor auditor vault notifier forwarder file client"
tree=$T/tree
mkdir "$tree" "$tree/b" "$tree/b/obj"
# shellcheck disable=SC2086 # a list
{
	(cd "$SRC" && cp -Rp Makefile configure* config.*.in tests $ROLES \
	    "$tree") && cp -p "$B/config.mk" "$B/config.h" "$tree/b" &&
	    (cd "$B/obj" && cp -Rp $ROLES "$tree/b/obj")
} || bail "no copy"

names() {
	(cd "$tree" && env -u MAKEFLAGS -u MFLAGS tests/lint/names.sh b) \
	    >"$T/out" 2>"$T/err"
}

names || {
	diag "$(tail -20 "$T/out" "$T/err")"
}
ok "every name has one meaning" test ! -s "$T/out"

# found NAME PATTERN FILE: with these lines more (standard input)
found() {
	rm -f "$T/was"
	[ ! -e "$tree/$3" ] || cp "$tree/$3" "$T/was"
	cat >>"$tree/$3"
	S=0
	names || S=$?
	rm "$tree/$3"
	[ ! -e "$T/was" ] || cp "$T/was" "$tree/$3"	# newer than its object
	is "$1: found" "$S" 1
	has "$1: said" "$T/out" "$2"
	is "$1: nothing else is" "$(wc -l <"$T/out")" 1
}

found "a symbol of two programs" "symbol conn_free is in: client executor" \
    executor/fds.c <<'END'
void	conn_free(void);
void
conn_free(void)
{
}
END
found "a symbol of a program and the library" \
    "symbol buf_put is in: common vault" vault/unlock.c <<'END'
void	buf_put(void);
void
buf_put(void)
{
}
END
found "a structure" "structure conn is defined in:" vault/unlock.h <<'END'
struct conn {
	int	fd;
};
END
found "an enum of a structure's name" "structure conn is defined in:" \
    vault/unlock.h <<'END'
enum conn { VAULT_YES, VAULT_NO };
END
found "a constant" "constant HELLO_MS is defined in:" executor/fds.c <<'END'
# define HELLO_MS	1
END
found "a macro with arguments" "constant NELEM is defined in:" \
    executor/fds.c <<'END'
#define NELEM(a) \
	(sizeof(a) / sizeof((a)[0]))
END
found "a word of an enum" "constant RUN_WAITING is defined in:" \
    executor/fds.h <<'END'
enum {
	FDS_FIRST,	/* RUN_NEW, too */
	FDS_SECOND = (1 << 2), RUN_WAITING
};
END
found "a type" "constant conn_row_cb is defined in:" executor/fds.h <<'END'
typedef int conn_row_cb;
END
found "a type of functions" "constant op_act is defined in:" \
    executor/fds.h <<'END'
typedef int op_act(int);
END
found "a header" "file conn.h there is as: client/conn.h vault/conn.h" \
    vault/conn.h <<'END'
END

# What a comment, a string, a use and a longer name say is no definition.
cp "$tree/executor/fds.c" "$T/was"
cat >>"$tree/executor/fds.c" <<'END'
/*
 * struct conn {
 * enum { RUN_WAITING };
 */
extern const char fds_text[];
const char fds_text[] = "#define HELLO_MS struct conn {";
struct conn;
#define FDS_HELLO_MS 1
#undef HELLO_MS
END
ok "what is no definition is not found" names
[ ! -s "$T/out" ] || diag "$(cat "$T/out")"
cp "$T/was" "$tree/executor/fds.c"

: >"$tree/executor/vfile.c"
S=0
names || S=$?
is "two sources: found" "$S" 1
has "two sources: said" "$T/out" \
    "file vfile.c there is as: executor/vfile.c vault/vfile.c"
rm "$tree/executor/vfile.c"
mkdir "$tree/client/sub"
: >"$tree/client/sub/run.c"
S=0
names || S=$?
is "two of one command in one program: found" "$S" 1
has "two of one command in one program: said" "$T/out" "file run.c there is as:"
finish
