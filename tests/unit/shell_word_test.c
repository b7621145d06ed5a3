/* SPDX-License-Identifier: ISC */
/* Words of shell lines: expansions, variables, what is not certain. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "tests/unit/shelltable.h"

static const struct shell_row table[] = {
	/* expansions */
	{ "echo $x \"$x\" ${x} \"${x}y\"", "echo %^s % %^s %y" },
	{ "echo $1 ${10} $10 $@ $* $# $? $- $$ $! $0",
	    "echo %^s %^s %0^s %^s %^s %^n %^n %^s %^n %^sn %^s" },
	{ "echo \"$@\" \"$*\" \"$#\" \"a$@b\"", "echo %^s %^s %^n a%b^s" },
	{ "echo ${#x} ${#} ${#-} ${##} \"${#x}\"", "echo %^n %^n %^n %^n %^n" },
	{ "echo ${x:-a} ${x-b} ${x:+c} ${x?d} \"${x:=e f}\"",
	    "echo %^s %^s %^s %^s %" },
	{ "echo \"${x%.c}\" ${x##*/} \"${x#\"a}\"}\" ${x%'}'}",
	    "echo % %^s % %^s" },
	{ "echo ${x:-$(a)} ${y+`b`}", "echo %^s %^s; su: a; su: b" },
	{ "echo \"${x:-'a'}\"", "echo % FOREIGN" },
	{ "echo \"${x:-\"a b\"}\"", "echo % FOREIGN" },
	{ "echo ${x:-\"a}b\"} ${x:-a b;c}", "echo %^s %^s" },
	{ "echo $((1 + (2 * 3))) \"$((4))\"", "echo %^n %^n FOREIGN" },
	{ "echo $(( $(a) + `b` ))", "echo %^n; su: a; su: b FOREIGN" },
	{ "echo $((x=5)); echo $x", "echo %^n; echo %^s FOREIGN" },
	{ "echo `a` `b \\`c\\`` \"`d \\\"e\\\"`\"",
	    "echo %^s %^s %; su: a; su: b %^s; su: c; su: d e" },
	{ "echo $(a $(b $(c)))", "echo %^s; su: a %^s; su: b %^s; su: c" },
	{ "echo $(a; b | c)", "echo %^s; su: a; osu: b; psu: c" },
	{ "echo $(case x in a) b;; esac)", "echo %^s; sum: b" },
	{ "echo $(# a )\nb)", "echo %^s; su: b" },
	{ "echo $()", "echo %^s" },
	{ "echo `` $( )", "echo %^s %^s" },
	{ "\"$(a)\" b", "% b; su: a OPAQUE" },
	{ "$(a) b", "%^s b; su: a OPAQUE" },
	{ "$x y", "%^s y OPAQUE" },
	{ "x$y z", "x%^s z OPAQUE" },
	{ "\"a b\" c", "'a b' c" },
	{ "./a* b", "./a*^g b OPAQUE" },
	{ "[ a = b ]", "[ a = b ]" },
	{ "echo [a-z] [ab a]b ? \\* '*' \"?\"",
	    "echo [a-z]^g [ab a]b ?^g * * ?" },
	{ "echo ~ ~/a ~b/c a~ '~' \"~/a\" \\~ ~\"a\"/b",
	    "echo ~^h ~/a^h ~b/c^h a~ ~ ~/a ~ ~a/b" },
	{ "x=~/a:~/b ls y=~/c", "x=~/a:~/b^h ls y=~/c^h" },
	{ "~/bin/a b", "~/bin/a^h b" },
	{ "~ b", "~^h b OPAQUE" },
	{ "echo {a,b} {1..3} {} '{a,b}' {a} a{,b}",
	    "echo {a,b}^b {1..3}^b {} {a,b} {a} a{,b}^b FOREIGN" },
	{ "echo ${x/a/b} ${x:1:2} ${x^^} ${!x}",
	    "echo %^s %^s %^s %^s FOREIGN" },
	{ "echo $(<f)", "echo %^s; su: 0<f" },
	{ "ls $(a)b*[", "ls %b*[^gs; su: a" },
	{ "echo \"$(echo \"a\")\"", "echo %; su: echo a" },
	/* variables that are certain */
	{ "x=ls; $x -l", "x=ls; ls -l" },
	{ "x='rm -rf'; $x v", "'x=rm -rf'; rm -rf v" },
	{ "x='rm -rf'; \"$x\" v", "'x=rm -rf'; 'rm -rf' v" },
	{ "x=; $x ls", "x=; ls" },
	{ "x=a; y=$x/b; echo $y \"$y\" ${y}", "x=a; y=a/b; echo a/b a/b a/b" },
	{ "x=a && echo $x", "x=a; m: echo a" },
	{ "a || x=b; echo $x", "a; m: x=b; echo %^s" },
	{ "a && x=b && echo $x", "a; m: x=b; m: echo b" },
	{ "a && x=b || echo $x", "a; m: x=b; m: echo %^s" },
	{ "x=a; b | x=c; echo $x", "x=a; ou: b; pu: x=c; echo %^s" },
	{ "x=a; (x=b; echo $x); echo $x", "x=a; u: x=b; u: echo b; echo a" },
	{ "x=a; echo $(x=b; echo $x) $x",
	    "x=a; echo %^s a; su: x=b; su: echo b" },
	{ "x=a & echo $x", "bu: x=a; echo %^s" },
	{ "x=a; if b; then x=c; echo $x; fi; echo $x",
	    "x=a; b; m: x=c; m: echo c; echo %^s" },
	{ "x=a; if b; then echo $x; else echo $x; fi",
	    "x=a; b; m: echo a; m: echo a" },
	{ "x=a; while b; do echo $x; x=c; done",
	    "x=a; b; m: echo %^s; m: x=c" },
	{ "x=a; while b $x; do c; done; echo $x", "x=a; b a; m: c; echo a" },
	{ "x=a; f() { x=b; }; echo $x", "x=a; im: x=b; echo %^s fn f" },
	{ "x=a; f() { echo $x; }; echo $x", "x=a; im: echo %^s; echo a fn f" },
	{ "for x in rm ls; do $x v; done; echo $x",
	    "m: rm v; m: ls v; echo %^s" },
	{ "for x in a b; do for y in 1 2; do c $x$y; done; done",
	    "m: c a1; m: c a2; m: c b1; m: c b2" },
	{ "for x in a $y; do $x; done", "m: %^s OPAQUE" },
	{ "for x in *.c; do b $x; done", "m: b %^s" },
	{ "for x in 'a b' c; do d $x \"$x\"; done",
	    "m: d a b 'a b'; m: d c c" },
	{ "x=a; read x; echo $x", "x=a; read x; echo %^s" },
	{ "x=a; export y=b; echo $x", "x=a; export y=b; echo a" },
	{ "x=a; unset x; $x", "x=a; unset x; %^s OPAQUE" },
	{ "x=a; eval b; echo $x", "x=a; eval b; echo %^s" },
	{ "x=a; . b; echo $x", "x=a; . b; echo %^s" },
	{ "x=a; \\eval b; echo $x", "x=a; eval b; echo %^s" },
	{ "x=a; trap 'x=b' USR1; echo $x", "x=a; trap x=b USR1; echo %^s" },
	{ "x=a; $b; echo $x", "x=a; %^s; echo %^s OPAQUE" },
	{ "x=a; x=b >c; echo $x", "x=a; x=b 1>c; echo %^s" },
	{ "x=a; { x=b; }; echo $x", "x=a; x=b; echo b" },
	{ "x=a; { x=b; } >c; echo $x", "x=a; 1>c; x=b; echo %^s" },
	{ "x=a; : ${x:=b}; echo $x", "x=a; : %^s; echo %^s" },
	{ "x=a; cat <<E; echo $x\n${x:=b}\nE\n",
	    "x=a; cat 0<<'%\n'; echo %^s" },
	{ "x=a; echo $((x+=1)); echo $x", "x=a; echo %^n; echo %^s FOREIGN" },
	{ "readonly x=a; x=b; echo $x", "readonly x=a; x=b; echo %^s" },
	{ "x=a; x=b c $x; echo $x", "x=a; x=b c a; echo %^s" },
	{ "x=a x=b$x; echo $x", "x=a x=ba; echo ba" },
	{ "x='a*'; echo $x \"$x\"", "x=a*; echo a*^g a*" },
	{ "x='a\\b'; echo $x \"$x\"", "x=a\\b; echo %^s a\\b" },
	{ "IFS=x; y=axb; echo $y \"$y\" $(a) $#",
	    "IFS=x; y=axb; echo %^s axb %^s %^sn; su: a" },
	{ "x=~; echo $x", "x=~^h; echo %^s" },
	{ "x=$y; $x", "x=%; %^s OPAQUE" },
	{ "e=eval; x=a; $e b; $x", "e=eval; x=a; %^s b; %^s OPAQUE" },
	{ "x=a; command read x; echo $x",
	    "x=a; command read x; echo %^s OPAQUE" },
	{ "PWD=a; echo $PWD", "PWD=a; echo %^s" },
	{ "x=\"a  b\"; echo c${x}d", "'x=a  b'; echo ca bd" },
	{ "x=' a '; echo b$x\"c\"", "'x= a '; echo b a c" },
	{ "x=a; case b in c) x=d;; esac; echo $x", "x=a; m: x=d; echo %^s" },
	{ "x=a; getopts b x; echo $x", "x=a; getopts b x; echo %^s" },
	{ "n=a; n=$n$n; n=$n$n; echo $n", "n=a; n=aa; n=aaaa; echo aaaa" },
	{ "x=a; for i in 1 2; do echo $x $i; x=b; done",
	    "x=a; m: echo %^s 1; m: x=b; m: echo %^s 2; m: x=b" },
	{ "x=a; for i in $y; do echo $x; x=b; done; echo $x",
	    "x=a; m: echo %^s; m: x=b; echo %^s" },
	{ "x=a; case $x in \"$(x=b)\") echo $x; esac",
	    "x=a; su: x=b; m: echo a" },
	{ "x=a; b=`x=c; echo $x`; echo $x",
	    "x=a; b=%; su: x=c; su: echo c; echo a" },
	{ "x=a; y=${x}; (y=1); z=$y; echo $z",
	    "x=a; y=a; u: y=1; z=a; echo a" },
	{ "x='a b'; for i in $x; do c $i; done", "'x=a b'; m: c a; m: c b" },
	{ "x=a; until b; do x=c; done; echo $x", "x=a; b; m: x=c; echo %^s" },
	{ "x=a; if x=b; then c; fi; echo $x", "x=a; x=b; m: c; echo b" },
	{ "x=a; ! x=b; echo $x", "x=a; x=b; echo b" },
	{ "x=; echo ${x:=b} $x", "x=; echo %^s %^s" },
	{ "x=; y=${x:=b} z=$x; echo $z", "x=; y=% z=%; echo %^s" },
	{ "x=; for i in ${x:=b} $x; do c $i; done", "x=; m: c %^s" },
	{ "x=; case ${x:=b} in a) echo $x; esac; echo $x",
	    "x=; m: echo %^s; echo %^s" },
	{ "x=; { echo $x; } >${x:=f}", "x=; 1>%; echo %^s" },
	{ "x=a; >${x=b} c; echo $x", "x=a; c 1>%; echo %^s" },
	{ "x=a; y=$((x=5)); echo $x", "x=a; y=%^n; echo %^s FOREIGN" },
	/* what makes a line opaque */
	{ "alias a=b\na c", "alias a=b; a c OPAQUE" },
	{ "command alias a=b", "command alias a=b OPAQUE" },
	{ "\"alias\" a=b", "alias a=b OPAQUE" },
	{ "PS4='$(a)'; set -x; :", "PS4=$(a); set -x; : OPAQUE" },
	{ "PATH=a%func; b", "PATH=a%func; b OPAQUE" },
	{ "PATH=$x:$PATH a", "PATH=%:% a OPAQUE" },
	{ "export PATH=$(a)", "export PATH=%^s; su: a OPAQUE" },
	{ "read PATH", "read PATH OPAQUE" },
	{ "export $x", "export %^s OPAQUE" },
	{ "export \"$x=1\"", "export %=1 OPAQUE" },
	{ "unset $x", "unset %^s OPAQUE" },
	{ "read \"$x\"", "read % OPAQUE" },
	{ "for PATH in a; do b; done", "m: b OPAQUE" },
	{ "command export x=a", "command export x=a OPAQUE" },
	{ "$a b", "%^s b OPAQUE" },
	{ "\"$@\"", "%^s OPAQUE" },
	{ "?m -rf v", "?m^g -rf v OPAQUE" },
	{ "~x", "~x^h OPAQUE" },
	{ "a=b; ${a}", "a=b; b" },
	{ "export x=$y", "export x=%^s" },
	{ "make PATH=$x", "make PATH=%^s" },
	{ "unset PATH; a", "unset PATH; a OPAQUE" },
	{ "echo $((PATH=1))", "echo %^n OPAQUE FOREIGN" },
	{ "echo $(($x=1))", "echo %^sn OPAQUE FOREIGN" },
	{ "echo $(( $x == 1 )) $((y>=2)) $((1 != 2))",
	    "echo %^n %^n %^n FOREIGN" },
	{ "HOME=a%func; PATH=$HOME:$PATH", "HOME=a%func; PATH=%:% OPAQUE" },
	{ "PATH=$HOME/bin:$PATH; a", "PATH=%/bin:%; a" },
	{ "HOME=a; PATH=~/b; c", "HOME=a; PATH=~/b^h; c OPAQUE" },
	{ "PATH=~/b:$PATH c", "PATH=~/b:%^h c" },
	{ "set -s", "set -s OPAQUE" },
	{ "set -es; a", "set -es; a OPAQUE" },
	{ "set -o stdin", "set -o stdin OPAQUE" },
	{ "command set -ei", "command set -ei OPAQUE" },
	{ "set -o interactive", "set -o interactive OPAQUE" },
	{ "set $x", "set %^s OPAQUE" },
	{ "set -e \"$x\"", "set -e % OPAQUE" },
	{ "set -- $x; set -eu; set -o pipefail -x; set a -s; set +i",
	    "set -- %^s; set -eu; set -o pipefail -x; set a -s; set +i" },
	{ "set -o \"$x\"", "set -o % OPAQUE" },
	/* what other shells read otherwise */
	{ "[[ -f a ]]", "[[ -f a ]] FOREIGN" },
	{ "x+=a ls", "x+=a ls FOREIGN" },
	{ "x[1]=a ls", "x[1]=a^g ls OPAQUE FOREIGN" },
	{ "=ls", "=ls FOREIGN" },
	{ "declare x=a", "declare x=a FOREIGN" },
	{ "source a", "source a FOREIGN" },
	{ "let x=1", "let x=1 FOREIGN" },
	{ "coproc a", "coproc a FOREIGN" },
	{ "echo $((a))", "echo %^n FOREIGN" },
	{ "echo $((1/2))", "echo %^n FOREIGN" },
	{ "a=b; echo ${a@P}", "a=b; echo %^s FOREIGN" },
	{ "time ls", "time ls FOREIGN" },
	/* calls of functions */
	{ "f() { a; }; f x", "im: a; c: f x fn f" },
	{ "f; f() { a; }; f", "f; im: a; c: f fn f" },
	{ "a && f() { b; }; f", "a; im: b; f fn f" },
	{ "(f() { a; }; f); f", "uim: a; uc: f; f fn f" },
	{ "f() { a; }; unset -f f; f", "im: a; unset -f f; f fn f" },
	{ "f() { a; }; unset $x; f", "im: a; unset %^s; f OPAQUE fn f" },
	{ "f() { a; }; b() { unset -f f; }; f",
	    "im: a; im: unset -f f; f fn f fn b" },
	{ "f() { a; }; g() { f; }; g", "im: a; im: f; c: g fn f fn g" },
	{ "rm() { a; }; rm -rf v; \\rm; command rm; ./rm; env rm",
	    "im: a; c: rm -rf v; c: rm; command rm; ./rm; env rm fn rm" },
	{ "f() { a; }; eval b; f", "im: a; eval b; f fn f" },
	{ "f() { a; } & f", "buim: a; f fn f" },
	{ "while f; do f() { a; }; done", "f; im: a fn f" },
	{ "f() { a; }; if b; then unset -f f; fi; f",
	    "im: a; b; m: unset -f f; f fn f" },
	{ "f() { a; }; x=f; $x y", "im: a; x=f; c: f y fn f" },
	{ "f() { f() { a; }; }; f", "im: a; f fn f" },
	{ "f() { a; }; f | f; echo $(f)",
	    "im: a; ouc: f; puc: f; echo %^s; suc: f fn f" },
};

static void
test_table(void **state)
{
	(void)state;
	shell_rows_hold(table, NELEM(table));
}

/* What a value becomes stays within bounds, and a loop is told so often. */
static void
test_growth(void **state)
{
	static const char loop[] = "for x in 1 2 3 4 5 6 7 8; do a $x; done\n";
	static const char deep[] =
	    "for a in 1 2 3 4 5 6 7 8; do for b in 1 2 3 4 5 6 7 8; do "
	    "for c in 1 2 3 4 5 6 7 8; do for d in 1 2 3 4 5 6 7 8; do "
	    "x $a$b$c$d; done; done; done; done";
	char text[4096] = "n=aaaaaaaa", *p = text + strlen(text);
	struct sh_line line;
	const char *why;
	size_t at;
	int i;

	(void)state;
	for (i = 0; i < 30; i++)
		p += snprintf(p, sizeof(text) - (size_t)(p - text),
		    "; n=$n$n");
	assert_int_equal(shell_read(&line, text, strlen(text), &why, &at), 0);
	assert_true(strlen(line.cmds[30].assign[0].text) < 8192);
	shell_free(&line);
	assert_int_equal(shell_read(&line, loop, strlen(loop), &why, &at), 0);
	assert_int_equal(line.ncmds, 8);
	shell_free(&line);
	assert_int_equal(shell_read(&line, deep, strlen(deep), &why, &at), 0);
	assert_true(line.ncmds > 1 && line.ncmds <= 1100);
	shell_free(&line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_growth),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
