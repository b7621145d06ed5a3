/* SPDX-License-Identifier: ISC */
/* Shell lines: tokens, grammar, here-documents, limits. */
#include "config.h"

#include "tests/unit/unit.h"

#include <time.h>

#include "common/xmalloc.h"
#include "tests/unit/shelltable.h"

static const struct shell_row table[] = {
	/* everyday lines */
	{ "cd src && make -j4 2>&1 | tail -20",
	    "cd src; oum: make -j4 2>&1; pum: tail -20" },
	{ "for f in *.c; do wc -l \"$f\"; done", "m: wc -l %" },
	{ "FOO=bar ls", "FOO=bar ls" },
	{ "cd \"$(git rev-parse --show-toplevel)\" && make",
	    "cd %; su: git rev-parse --show-toplevel; m: make" },
	{ "git status; git diff --stat | cat",
	    "git status; ou: git diff --stat; pu: cat" },
	{ "grep -rn 'main' src | head -n 5 || true",
	    "ou: grep -rn main src; pu: head -n 5; m: true" },
	{ "npm test > out.log 2>&1 &", "bu: npm test 1>out.log 2>&1" },
	{ "find . -name '*.o' -exec rm {} +",
	    "find . -name *.o -exec rm {} +" },
	{ "cat <<EOF > f\nhello $USER\nEOF\n", "cat 0<<'hello %\n' 1>f" },
	{ "cat <<'EOF' | sh\nrm -rf $HOME\nEOF",
	    "ou: cat 0<<'rm -rf $HOME\n'; pu: sh" },
	{ "python3 - <<'E'\nprint(1)\nE\n", "python3 - 0<<'print(1)\n'" },
	{ "test -f x && . ./x", "test -f x; m: . ./x" },
	{ "echo $((1+2)) ${f%.txt} \"$x\"", "echo %^n %^s % FOREIGN" },
	{ "if [ -d build ]; then rm -rf build; fi",
	    "[ -d build ]; m: rm -rf build" },
	{ "mkdir -p a/b; touch a/b/c", "mkdir -p a/b; touch a/b/c" },
	{ "git commit -m \"it's $(date) here\"",
	    "git commit -m 'it's % here'; su: date" },
	{ "while read -r l; do echo \"$l\"; done < list",
	    "0<list; f: read -r l; fm: echo %" },
	{ "sed -i 's/a/b/g' *.txt", "sed -i s/a/b/g *.txt^g" },
	{ "export CC=clang; make", "export CC=clang; make" },
	{ "set -e; ./configure --prefix=/usr && make",
	    "set -e; ./configure --prefix=/usr; m: make" },
	{ "PATH=/opt/bin:$PATH make", "PATH=/opt/bin:% make" },
	{ "case $(uname) in Linux) ls;; *) exit 1;; esac",
	    "su: uname; m: ls; m: exit 1" },
	{ "awk '{print $1}' f", "awk '{print $1}' f" },
	{ "{ echo a; echo b; } > f", "1>f; echo a; echo b" },
	{ "(cd x && ls)", "u: cd x; um: ls" },
	{ "! grep -q x f", "grep -q x f" },
	{ "for i in 1 2 3; do echo $i; done",
	    "m: echo 1; m: echo 2; m: echo 3" },
	{ "ls # list them", "ls" },
	{ "a=1 b=2", "a=1 b=2" },
	/* quotes and backslashes */
	{ "'rm' \"-rf\" v", "rm -rf v" },
	{ "r\\m v", "rm v" },
	{ "r''m", "rm" },
	{ "\\r\\m", "rm" },
	{ "e\"ch\"o 'a b'\"c d\"\\ e", "echo 'a bc d e'" },
	{ "echo \"a\\\"b\\$c\\`d\\\\e\\f\"", "echo a\"b$c`d\\e\\f" },
	{ "echo 'a\\b'", "echo a\\b" },
	{ "echo \"a\\\nb\"", "echo ab" },
	{ "ec\\\nho a\\\n b", "echo a b" },
	{ "echo ''", "echo ''" },
	{ "echo \"\" ''x", "echo '' x" },
	{ "echo a'b'\"c\"d", "echo abcd" },
	{ "echo '$x `y` \"z\"'", "echo '$x `y` \"z\"'" },
	{ "echo \"'\"'\"'", "echo ''\"'" },
	{ "echo a\\", "echo a\\" },
	{ "echo \"#\" a#b '#'", "echo # a#b #" },
	{ "echo a;#b\necho c", "echo a; echo c" },
	{ "echo \"a\nb\"", "echo 'a\nb'" },
	{ "echo $'a'", "echo $a FOREIGN" },
	{ "echo $\"a\"", "echo $a FOREIGN" },
	{ "echo \"$\" $ $% a$", "echo $ $ $% a$" },
	/* operators and redirections */
	{ "a&&b||c", "a; m: b; m: c" },
	{ "a;b", "a; b" },
	{ "a&b&", "bu: a; bu: b" },
	{ "a|b|c", "ou: a; pou: b; pu: c" },
	{ "a\nb\n\nc", "a; b; c" },
	{ "a &&\nb |\n# c\nd", "a; oum: b; pum: d" },
	{ "ls >a 2>>b <c >|d <>e", "ls 1>a 2>>b 0<c 1>|d 0<>e" },
	{ "ls 2>&1 >&2 <&3 2>&- <&-", "ls 2>&1 1>&2 0<&3 2>&- 0<&-" },
	{ "ls 2>a 12>b c2>d", "ls 12 c2 2>a 1>b 1>d" },
	{ "ls >'a b' >$x >\"$x\" >*", "ls 1>'a b' 1>% 1>% 1>*" },
	{ "<f cat", "cat 0<f" },
	{ "2>/dev/null", "2>/dev/null" },
	{ "x=1 >f", "x=1 1>f" },
	{ "a 2>\\\n&1", "a 2>&1" },
	{ "a 1 >b 2", "a 1 2 1>b" },
	{ "a >$(b)", "a 1>%; su: b" },
	{ "a &>b", "bu: a; 1>b" },
	{ "a >&b", "a 1>&b" },
	{ "a >b&c", "bu: a 1>b; c" },
	/* reserved words where they are such */
	{ "echo if then { } ! do done", "echo if then { } ! do done" },
	{ "if a; then b; elif c; then d; else e; fi",
	    "a; m: b; m: c; m: d; m: e" },
	{ "if a\nthen b\nfi", "a; m: b" },
	{ "if (a) then b; fi", "u: a; m: b" },
	{ "if { a; } then b; fi", "a; m: b" },
	{ "'if' a", "if a" },
	{ "\\if a", "if a" },
	{ "i\\\nf a; then b; fi", "a; m: b" },
	{ "while a; do b; done | c", "ou: a; oum: b; pu: c" },
	{ "until a; do b; done <f", "0<f; f: a; fm: b" },
	{ "for x do $y; done", "m: %^s OPAQUE" },
	{ "for x; do y; done", "m: y" },
	{ "for x\nin a b\ndo y $x\ndone", "m: y a; m: y b" },
	{ "for x in; do y; done", "m: y" },
	{ "for if in a; do b; done", "m: b" },
	{ "case a in b|c) d;; (e) f; esac", "m: d; m: f" },
	{ "case a in esac", "" },
	{ "case if in if) a;; esac", "m: a" },
	{ "case a in\n a)\n ;;\n b) c\nesac", "m: c" },
	{ "case $x in \"$(a)\") b;; $y) ;; esac", "su: a; m: b" },
	{ "{ a; }; (b)", "a; u: b" },
	{ "{a;", "{a" },
	{ "! a | b", "ou: a; pu: b" },
	{ "a=if; b", "a=if; b" },
	{ "x=1 if", "x=1 if" },
	{ "{ a; } 2>f | b", "ou: 2>f; ou: a; pu: b" },
	{ "f() { a; }", "im: a fn f" },
	{ "f() if a; then b; fi", "im: a; im: b fn f" },
	{ "f ( ) ( a ) >g", "im: 1>g; uim: a fn f" },
	{ "f()\n{ a; }; f x | g", "im: a; ouc: f x; pu: g fn f" },
	{ "f() a b; c", "im: a b; c fn f" },
	{ "time -p ls", "time -p ls FOREIGN" },
	{ "((a))", "u: a FOREIGN" },
	{ "{ }; a", "-1 syntax error" },
	{ "f() { g() { h; }; }", "im: h fn f fn g" },
	/* documents */
	{ "cat <<E\na\nE", "cat 0<<'a\n'" },
	{ "cat <<E\na", "-1 here-document without its end" },
	{ "cat <<E", "-1 here-document without its end" },
	{ "cat <<A <<B\na\nA\nb\nB\n", "cat 0<<'a\n' 0<<'b\n'" },
	{ "cat <<-E\n\ta\n\t\tb\n\tE\nls", "cat 0<<'a\nb\n'; ls" },
	{ "cat <<'E'\n$(a) `b` $c \\\nE\nls", "cat 0<<'$(a) `b` $c \\\n'; ls" },
	{ "cat <<\\E\n$(a)\nE\n", "cat 0<<'$(a)\n'" },
	{ "cat <<E\n$(a) `b` $c \\$d \\\\ \"e\"\nE\n",
	    "cat 0<<'% % % $d \\ \"e\"\n'; fsu: a; fsu: b" },
	{ "cat <<E\na\\\nb\nE\n", "cat 0<<'ab\n'" },
	{ "cat <<E\na\\\nE\nb\nE\n", "cat 0<<'aE\nb\n'" },
	{ "cat <<E\nE\\\n\nE\n", "-1 here-document with an unclear end" },
	{ "cat <<E\n\\\nE\nE\n", "-1 here-document with an unclear end" },
	{ "cat <<$x\na\n$x\n", "cat 0<<'a\n'" },
	{ "cat <<E; ls\na\nE\nwc", "cat 0<<'a\n'; ls; wc" },
	{ "if a; then cat <<E\nb\nE\nfi", "a; m: cat 0<<'b\n'" },
	{ "$(cat <<E\na\nE\n) b", "%^s b; su: cat 0<<'a\n' OPAQUE" },
	{ "echo $(cat <<E)\na\nE\n", "-1 here-document without its end" },
	{ "echo `cat <<E\na\nE\n`", "echo %^s; su: cat 0<<'a\n'" },
	{ "for x in a <<E\nb\nE\ndo c; done", "-1 syntax error" },
	{ "cat <<E; for x in a\ndo b; done\nc\nE\n",
	    "-1 here-document in front of a loop" },
	{ "sh <<E\nrm v\nE\n", "sh 0<<'rm v\n'" },
	{ "{ a; sh; } <<E\nrm v\nE\n", "0<<'rm v\n'; f: a; f: sh" },
	{ "cat <<''\na\n\nls", "cat 0<<'a\n'; ls" },
	{ "cat <<E\n${x:-\nE\n}\nE\n", "-1 ${ without its end" },
	{ "cat <<E\n$(a\nE\n)\nE\n", "-1 it ends too early" },
	{ "while a; do b; done <<E | c\nd\nE\n",
	    "ou: 0<<'d\n'; fou: a; foum: b; pu: c" },
	{ "cat <<E F\na\nE\n", "cat F 0<<'a\n'" },
	{ "cat << E # c\na\nE\n", "cat 0<<'a\n'" },
	{ "cat <<\"a b\"\nc\na b\n", "cat 0<<'c\n'" },
	/* where standard input comes from */
	{ "a | b", "ou: a; pu: b" },
	{ "a | { b; c | d; }", "ou: a; pu: b; pou: c; pu: d" },
	{ "a | (b <f)", "ou: a; pu: b 0<f" },
	{ "a | while read x; do b; done", "ou: a; pu: read x; pum: b" },
	{ "{ a; } <f", "0<f; f: a" },
	{ "exec <f; a", "f: exec 0<f; f: a" },
	{ "command exec <f; a", "f: command exec 0<f; f: a" },
	{ "echo $(a) <f", "echo %^s 0<f; fsu: a" },
	{ "x=$(a) b <f", "x=% b 0<f; fsu: a" },
	{ "f() { a; } <g", "im: 0<g; fim: a fn f" },
	{ "a | b $(c)", "ou: a; pu: b %^s; psu: c" },
	/* what is refused */
	{ "a;;b", "-1 syntax error" },
	{ "a; )", "-1 syntax error" },
	{ "(a", "-1 it ends too early" },
	{ "a &&", "-1 it ends too early" },
	{ "a ||", "-1 it ends too early" },
	{ "a |", "-1 it ends too early" },
	{ "| a", "-1 syntax error" },
	{ "& a", "-1 syntax error" },
	{ "; a", "-1 syntax error" },
	{ "a & & b", "-1 syntax error" },
	{ "a ; ; b", "-1 syntax error" },
	{ "if a; fi", "-1 syntax error" },
	{ "if a; then; fi", "-1 syntax error" },
	{ "while a; done", "-1 syntax error" },
	{ "for", "-1 bad variable of a loop" },
	{ "for 1 in a; do b; done", "-1 bad variable of a loop" },
	{ "for x in a; b", "-1 syntax error" },
	{ "for \"x\" in a; do b; done", "-1 bad variable of a loop" },
	{ "case a", "-1 it ends too early" },
	{ "case a in b c) d;; esac", "-1 syntax error" },
	{ "case a in ;) b;; esac", "-1 syntax error" },
	{ "fi", "-1 syntax error" },
	{ "then", "-1 syntax error" },
	{ "done", "-1 syntax error" },
	{ "do a", "-1 syntax error" },
	{ "}", "-1 syntax error" },
	{ "{ a", "-1 it ends too early" },
	{ "a ( b )", "-1 syntax error" },
	{ "f( a", "-1 syntax error" },
	{ "f-g() { a; }", "-1 bad name of a function" },
	{ "eval() { a; }", "-1 bad name of a function" },
	{ "'f'() { a; }", "-1 bad name of a function" },
	{ "f(); a", "-1 syntax error" },
	{ "! ! a", "-1 syntax error" },
	{ "a | ! b", "-1 syntax error" },
	{ "'a", "-1 quote without its end" },
	{ "\"a", "-1 quote without its end" },
	{ "`a", "-1 ` without its end" },
	{ "$(a", "-1 it ends too early" },
	{ "${a", "-1 bad substitution" },
	{ "$((1", "-1 $(( without its end" },
	{ "$((1)", "-1 $(( without its end" },
	{ "$((a) )", "-1 $(( without its end" },
	{ "${}", "-1 bad substitution" },
	{ "${ a;}", "-1 bad substitution" },
	{ "${x:}", "-1 bad substitution" },
	{ "${x\"a\"}", "-1 bad substitution" },
	{ "${#x%a}", "-1 bad substitution" },
	{ "${x:$(a)}", "-1 bad substitution" },
	{ "a >", "-1 it ends too early" },
	{ "a > >b", "-1 syntax error" },
	{ "a <", "-1 it ends too early" },
	{ "a >&", "-1 it ends too early" },
	{ "a <<", "-1 it ends too early" },
	{ "a <<E", "-1 here-document without its end" },
	{ "a <<<b", "-1 syntax error" },
	{ "a <(b)", "-1 syntax error" },
	{ "a >(b)", "-1 syntax error" },
	{ "a |& b", "-1 syntax error" },
	{ "a ;& b", "-1 syntax error" },
	{ "x=(a b)", "-1 syntax error" },
	{ "function f { a; }", "-1 syntax error" },
	{ "select x in a; do b; done", "-1 syntax error" },
	{ "`a )`", "-1 syntax error" },
	{ "`a'`", "-1 quote without its end" },
	{ "echo $(a))", "-1 syntax error" },
	{ "a <<'b\nc'\nd\nb\nc\n", "-1 newline in what ends a here-document" },
	{ "\t\r", "-1 control character" },
	{ "a\rb", "-1 control character" },
	{ "a\vb", "-1 control character" },
	{ "a\177b", "-1 control character" },
	{ "\302\240ls", "-1 character that can deceive, not quoted" },
	{ "ls\343\200\200a", "-1 character that can deceive, not quoted" },
	{ "l\342\200\213s", "-1 character that can deceive, not quoted" },
	{ "a\357\274\233b", "-1 character that can deceive, not quoted" },
	{ "echo \"\302\240\" '\343\200\200'", "echo \302\240 \343\200\200" },
	{ "echo \303\244\303\266 \"\346\227\245\346\234\254\" e\314\201",
	    "-1 character that can deceive, not quoted" },
	{ "echo \346\227\245\346\234\254", "echo \346\227\245\346\234\254" },
};

static void
test_table(void **state)
{
	(void)state;
	shell_rows_hold(table, NELEM(table));
}

static const char *
refused(const char *text, size_t len, size_t *at)
{
	struct sh_line line;
	const char *why = NULL;

	if (shell_read(&line, text, len, &why, at) == 0) {
		shell_free(&line);
		return (NULL);
	}
	assert_non_null(why);
	assert_int_equal(line.ncmds, 0);
	assert_null(line.cmds);
	return (why);
}

static void
test_bytes(void **state)
{
	static const char *const bad[] = {
		"ls \xff", "ls \xc3", "echo '\xc0\xaf'", "ls \xed\xa0\x80",
		"ls '\xf4\x90\x80\x80'", "ls # \xff"
	};
	size_t i, at;

	(void)state;
	for (i = 0; i < NELEM(bad); i++)
		assert_string_equal(refused(bad[i], strlen(bad[i]), &at),
		    "not UTF-8");
	assert_string_equal(refused("ls\0x", 4, &at), "control character");
	assert_int_equal(at, 2);
	assert_string_equal(refused("echo '\001'", 8, &at),
	    "control character");
	assert_null(refused("echo '\033'", 8, &at));
	assert_null(refused("", 0, &at));
}

static void
test_offsets(void **state)
{
	static const char text[] = "a b; c | (d >e) $(f)`g`";
	static const char good[] = "a b; c | (d >e) && x=1 y $(f g) `h` <i";
	static const struct { size_t offset, length; } want[] = {
		{ 0, 3 }, { 5, 1 }, { 10, 4 }, { 19, 19 }, { 27, 3 }, { 32, 0 }
	};
	struct sh_line line;
	const char *why;
	size_t at, i;

	(void)state;
	assert_string_equal(refused(text, strlen(text), &at), "syntax error");
	assert_int_equal(shell_read(&line, good, strlen(good), &why, &at), 0);
	assert_int_equal(line.ncmds, NELEM(want));
	for (i = 0; i < NELEM(want); i++) {
		assert_int_equal(line.cmds[i].offset, want[i].offset);
		assert_int_equal(line.cmds[i].length, want[i].length);
	}
	shell_free(&line);
	assert_string_equal(refused("echo a; 'b", 10, &at),
	    "quote without its end");
}

/* n times open, then in, then n times close */
static char *
nested(size_t n, const char *open, const char *in, const char *close)
{
	size_t len, i;
	char *s = NULL;
	FILE *f = open_memstream(&s, &len);

	assert_non_null(f);
	for (i = 0; i < n; i++)
		(void)fputs(open, f);
	(void)fputs(in, f);
	for (i = 0; i < n; i++)
		(void)fputs(close, f);
	(void)fclose(f);
	return (s);
}

static void
test_limits(void **state)
{
	static const struct {
		size_t		 n;
		const char	*open, *in, *close, *why;
	} deep[] = {
		{ 20, "echo $(", "a", ")", NULL },
		{ 10000, "echo $(", "a", ")", "nested too deeply" },
		{ 10000, "(", "a", ")", "nested too deeply" },
		{ 10000, "{ ", "a", "; }", "nested too deeply" },
		{ 10000, "${x:-", "a", "}", "nested too deeply" },
		{ 10000, "\"${x:-", "a", "}\"", "nested too deeply" },
		{ 10000, "$((", "1", "))", "nested too deeply" },
		{ 1000, "if a; then ", "a", "; fi", "nested too deeply" },
		{ 10000, "f() ", "a", "", "nested too deeply" },
		{ 4000, "a;", "a", "", NULL },
		{ 4096, "a;", "a", "", "too many commands" },
		{ 16000, "a ", "a", "", NULL },
		{ 16384, "a ", "a", "", "too many words" },
		{ SH_MAXLINE, "a", "a", "", "too long" },
		{ 3000, "a && ", "a", "", NULL },
		{ 3000, "a | ", "a", "", NULL },
		{ 3000, "case a in a) ", "a", ";; esac", "nested too deeply" }
	};
	const char *why;
	size_t i, at;
	char *s;

	(void)state;
	for (i = 0; i < NELEM(deep); i++) {
		s = nested(deep[i].n, deep[i].open, deep[i].in, deep[i].close);
		why = refused(s, strlen(s), &at);
		if (deep[i].why == NULL)
			assert_null(why);
		else
			assert_string_equal(why, deep[i].why);
		free(s);
	}
}

/* Lines as long as may be, that a reader could go over again and again. */
static void
test_linear(void **state)
{
	static const struct { const char *pre, *unit, *post; } lines[] = {
		{ "a", " b", "" }, { "a", "''", "" }, { "a", "$x", "" },
		{ "a ", "$(b)", "" }, { "a ", "`b`", "" }, { "a", "<<b", "" },
		{ "", "a<<b\nb\n", "" }, { "", "f(){ a;};", "a" },
		{ "a <<E\n", "\\\\\\\n", "\nE\n" }, { "a $((", "b", "))" },
		{ "a $((", "bc ", "))" }, { "a ", "{", "" }, { "a ", "[", "" },
		{ "a", ">b", "" }, { "", "x=a;", "" }, { "a", "||x=b", "" },
		{ "n=aaaaaaaa;", "n=$n$n;", "" }, { "", "unset x;", "" },
		{ "", "for x in 1 2 3;do a $x;done;", "a" }, { "", "$(", "" },
		{ "x='a b c d e f';", "b $x$x$x;", "" }, { "", "`\\`", "" }
	};
	size_t i, n, at;
	clock_t begin;
	char *s, *text = xmalloc(SH_MAXLINE + 1);

	(void)state;
	for (i = 0; i < NELEM(lines); i++) {
		n = (SH_MAXLINE - strlen(lines[i].pre) -
		    strlen(lines[i].post)) / strlen(lines[i].unit);
		s = nested(n, lines[i].unit, lines[i].post, "");
		n = (size_t)snprintf(text, SH_MAXLINE + 1, "%s%s",
		    lines[i].pre, s);
		assert_true(n <= SH_MAXLINE);
		begin = clock();
		(void)refused(text, n, &at);
		assert_true(clock() - begin < 2 * CLOCKS_PER_SEC);
		free(s);
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_offsets),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_linear),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
