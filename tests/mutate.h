/* SPDX-License-Identifier: ISC */
/*
 * Shell lines that run a canary, or seem to, and what becomes of them by
 * chance: its name in other spellings, the line in whatever runs lines, blanks
 * that are none, and bytes too many or too few.  All of it stands in a
 * directory in which there are bin/zcanary and a file x; the name is found by
 * PATH.
 */
#ifndef TESTS_MUTATE_H
#define TESTS_MUTATE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/xmalloc.h"

#define MUTATE_C	"zcanary"
#define MUTATE_MAX	4096	/* bytes of a line */

/* "^" is the canary. */
static const char *const mutate_lines[] = {
	"^", "^ x", "ls; ^", "ls && ^", "false || ^", "ls | ^", "^ | cat",
	"(^)", "{ ^; }", "! ^", "^ &wait", "if ^; then ls; fi",
	"if true; then ^; fi", "while ^; do break; done",
	"for i in 1; do ^; done", "for p in ^; do $p; done",
	"case x in x) ^;; esac", "f() { ^; }; f", "x=^; $x",
	"x=zcan; ${x}ary", "x=ary; zcan$x", "echo $(^)", "echo `^`",
	"echo \"$(^)\"", "x=$(^)", "A=1 ^", ">x ^", "^ >x 2>&1", "<x ^",
	"eval ^", "eval 'z''canary'", "eval \"x=^; \\$x\"", "exec ^",
	"exec -a y ^", "command ^", "command -p ^", "command -- ^",
	"trap ^ EXIT", "trap '^ x' 0; ls", "env ^", "env -i PATH=$PATH ^",
	"env -S '^ x'", "env -S 'z\\_canary'", "env -S '\\_^'",
	"env -S '\"^\"'", "env A=1 nice ^", "nice -n 5 ^", "nice -5 ^",
	"nohup ^", "timeout 3 ^", "timeout -k 1 3 ^", "timeout -s TERM 3 ^",
	"setsid ^", "setsid -w ^", "stdbuf -oL ^", "ionice -c3 ^",
	"taskset 1 ^", "chrt -b 0 ^", "flock x ^", "flock x -c ^",
	"flock -n x -c 'ls; ^'", "time ^", "time -p ^", "echo | xargs ^",
	"echo a | xargs -n1 ^", "echo ^ | xargs", "echo a | xargs -I{} ^ {}",
	"echo ^ | xargs -I{} sh -c {}", "echo ^ | xargs -I% %",
	"echo ^ | xargs env", "find . -maxdepth 0 -exec ^ ';'",
	"find . -maxdepth 0 -exec ^ {} +",
	"find . -maxdepth 0 -exec sh -c ^ \\;",
	"find bin -name ^ -exec {} \\;", "sh -c ^", "bash -c ^", "dash -c ^",
	"sh -ec 'ls; ^'", "bash -lc ^", "bash -o posix -c ^", "bash +x -c ^",
	"dash + -c ^",
	"bash --norc -c ^", "bash -c 'z{canary,}'", "bash -c '{^,x}'",
	"bash -c $'^'", "bash -c '$\"^\"'", "sh -c '\"$@\"' x ^",
	"sh -c '$0' ^", "sh -c '$1' x ^", "sh -c 'eval \"$1\"' x ^",
	"sh <<E\n^\nE", "sh <<'E'\nls\n^\nE", "cat <<E | sh\n^\nE",
	"echo ^ | sh", "echo ^ >x; . ./x", "printf 'z%s' canary | sh",
	"bin/^", "./bin/^", "cd bin; ./^", "bin/zcanar?", "bin/z*",
	"PATH=bin:$PATH; ^", "alias a=^\na", "ln -sf bin/^ y; ./y",
	"ln -f bin/^ y; ./y", "cp bin/^ y; ./y",
	"PATH=.:$PATH; ln -sf bin/^ ls; ls; rm -f ls",
	"awk 'BEGIN{sys" "tem(\"^\")}'", "sed 1e^ x", "sed 's/.*/^/e' x",
	"perl -e 'sys" "tem(\"^\")'", "perl -e '`^`'",
	"python3 -c 'import os; os.sys" "tem(\"^\")'",
	"make -f /dev/null --eval 'x:;^' x",
	"sort --compress-program=^ -S 1k x",
	"tar cf y --checkpoint=1 --checkpoint-action=exec=^ x",
	"git -c alias.x='!^' x", "git -c core.pager=^ -p version",
	"script -qc ^ y", "split --filter=^ x",
	"/lib64/ld-linux-x86-64.so.2 /bin/sh -c ^", "busybox ^",
	"echo x >&2 | ^", "cat /dev/null - <<E; ^\nE", "echo '\n^", "# \n^",
	"ls #; ^", "echo a#b; ^", "[ 1 = 1 ] && ^", "test -f y || ^",
	"echo ${x:-$(^)}", "echo $(( $(^) + 1 ))", ": ${y:=^}; $y",
	"set -- ^; \"$@\"", "set -- ^; $1", "x='^ y'; eval $x",
	"IFS=q; x=^qa; $x", "unset x; ^$x", "'' ^", "$x ^", "\"$x\" ^",
	"${x}^", "^${x}", "~/^", "echo ^", "grep ^ x", "ls ^", "printf ^",
	"cat ^",
};

/* Other spellings of its name; some only bash reads, some are another name. */
static const char *const mutate_names[] = {
	"'zcanary'", "\"zcanary\"", "z\"canary\"", "z\\canary", "zcan''ary",
	"\\z\\c\\a\\n\\a\\r\\y", "zcan\\\nary", "z'can'\"ary\"", "$'zcanary'",
	"$'\\x7acanary'", "$'\\172canary'", "$'\\u007acanary'", "z$'can'ary",
	"$\"zcanary\"", "${u:+}zcanary", "${u:-zcanary}", "z${u}canary",
	"zcan${u:-ary}", "${u:=zcanary}", "${PATH:+zcanary}",
	"z${PATH##*}canary",
	"$(echo zcanary)", "`echo zcanary`", "$(printf z%s canary)",
	"\"$(printf '\\172canary')\"", "$(echo yranacz | rev)",
	"$(cat <<E\nzcanary\nE\n)", "bin/zcanary", "./bin/zcanary",
	"bin/../bin/zcanary", "$PWD/bin/zcanary", "$HOME/bin/zcanary",
	"~/bin/zcanary", "b?n/zcanar[y]", "bin/z*", "bin//zcanary",
	"/proc/self/cwd/bin/zcanary", "{zcanary,}", "z{canary,canary}",
	"zcanar{y,y}", "ZCANARY", "Zcanary", "zcanary\302\240",
	"\302\240zcanary", "zcan\303\241ry", "\320\267canary",
	"\357\273\277zcanary", "zcanary\342\200\213", "zcanary\342\200\256",
};

/* What runs a line: "%" is the line, "'" around it makes it one word. */
static const char *const mutate_frames[] = {
	"command %", "exec %", "builtin command %", "eval %", "eval '%'",
	"eval \"eval '%'\"", "env %", "env A=1 %", "env -i PATH=\"$PATH\" %",
	"env -S '%'", "nice %", "nohup %", "timeout 3 %", "setsid -w %",
	"xargs % </dev/null", "echo | xargs -I= %", "echo | xargs -n1 env %",
	"find . -maxdepth 0 -exec % \\;", "find . -maxdepth 0 -exec % {} +",
	"find . -maxdepth 0 -exec sh -c '%' \\;", "sh -c '%'", "bash -c '%'",
	"dash -c '%'", "sh -c 'sh -c \"$1\"' x '%'", "bash -O extglob -c '%'",
	"time %", "script -qc '%' /dev/null", "flock x -c '%'",
	"trap '%' EXIT", "trap '%' 0; :", "trap -- '%' INT; kill -INT $$",
	"bash -c 'trap \"$1\" DEBUG; :' x '%'", "bash -c 'coproc %; wait'",
	"coproc %\nwait", "f() { %\n}; f", "ls() { %\n}; ls",
	"function f { %\n}\nf", "alias a='%'\na", "alias ls='%'\nls",
	"echo '%' >y; . ./y", "echo '%' >y; bash -c 'source ./y'",
	"echo '%' >y; sh y",
	"echo '%' >y; sh <y", "echo '%' >y; chmod +x y; ./y",
	"printf '#!/bin/sh\\n%s\\n' '%' >y; chmod +x y; ./y",
	"sh <<'E'\n%\nE", "sh <<E\n%\nE", "bash -s <<'E'\n%\nE",
	"cat <<'E' | sh\n%\nE", "sh -s <<-E\n\t%\n\tE", "echo '%' | sh",
	"echo '%' | bash -s", "bash -c 'bash <<<\"$1\"' x '%'",
	"bash -c 'bash <(echo \"$1\")' x '%'",
	"echo '%' >y; BASH_ENV=./y bash -c :",
	"echo '%' >y; ENV=./y sh -i -c : 2>/dev/null",
	"echo '%' >y; bash --rcfile ./y -i -c : 2>/dev/null",
	"PROMPT_COMMAND='%' bash -i </dev/null", "PS4='$(%)' bash -xc :",
	"PS1='$(%)' bash -i </dev/null", "LD_PRELOAD=./y.so %",
	"PATH=$PWD/bin %", "PATH=bin:$PATH; %", "hash -r; %",
	"bash -c 'hash -p bin/zcanary ls; ls'", "exec -a ls %", "v='%'; $v",
	"v='%'; eval \"$v\"", "set -- %; \"$@\"", "v='%' sh -c 'eval \"$v\"'",
	"bash -c 'v=($1); \"${v[@]}\"' x '%'", "while %; do break; done",
	"until %; do break; done", "if %; then :; fi", "! %", "%\n",
	"% &\nwait",
	"(%\n)", "{ %\n}", "% | cat", "cat x | %", ": \"$(%\n)\"", ": `%`",
	": ${u:-$(%\n)}", ": $(( 0$(%\n) ))", "cat <<E\n$(%\n)\nE",
	"case $(%\n) in *) ;; esac", "for i in $(%\n); do :; done",
	": >\"$(%\n)\"", "A=$(%\n) ls", "[ -n \"$(%\n)\" ]", "ls;%", "ls&&%",
	"ls\n%", "false||%", "ls # x\n%", "\\\n%", "\t%", "  %  ",
	"ln -sf $PWD/bin/zcanary y; PATH=.:$PATH y", "ln -f bin/zcanary z; ./z",
	"cp bin/zcanary z; ./z", "cp bin/zcanary z; PATH=.:$PATH; z",
	"exec 9<bin/zcanary; /proc/self/fd/9",
	"awk 'BEGIN { sys" "tem(\"%\") }'",
	"perl -e 'exec \"sh\", \"-c\", shift' '%'",
	"printf 'x:\\n\\t%s\\n' '%' |"
	    " make -s -f -", "busybox sh -c '%'",
	"/lib64/ld-linux-x86-64.so.2 /bin/sh -c '%'", "enable -n echo; %",
	"unset -f ls; %", "set -o noglob; %", "set -e; %", "shopt -s "
	    "expand_aliases; alias a='%'\na", "umask 0; %", "cd bin; ../%",
	"cd bin && ./%", "(cd bin; PATH=. %)", "read v <<E\n%\nE\neval \"$v\"",
	"IFS=q; v='%'; $v", "IFS=; v='%'; eval $v", "getopts a v -a; %",
};

/* In place of a blank. */
static const char *const mutate_blanks[] = {
	"\t", "  ", " \\\n", "\n", "\302\240", "\342\200\203", "\343\200\200",
	"\342\200\250", "\v", "\f", "\r", "$IFS", "${IFS}", "$u ", " '' ",
};

static const char mutate_bytes[] = "'\"\\$`(){}|&;<> \n\t*?[]#=~!-@%+:,";

struct mutate {
	uint64_t	s;	/* not 0 */
};

#define MUTATE_OF(m, list) (list[mutate_below((m), \
    sizeof(list) / sizeof((list)[0]))])

static inline uint32_t
mutate_below(struct mutate *m, size_t n)
{
	m->s ^= m->s << 13;
	m->s ^= m->s >> 7;
	m->s ^= m->s << 17;
	return ((uint32_t)(m->s >> 33) % (uint32_t)n);
}

/* Within '...' a quote is another four bytes. */
static inline void
mutate_quote(FILE *f, const char *s)
{
	for (; *s != '\0'; s++)
		if (*s == '\'')
			(void)fputs("'\\''", f);
		else
			(void)fputc(*s, f);
}

/* Takes the line over. */
static inline char *
mutate_framed(const char *frame, char *line)
{
	char *out = NULL;
	size_t len;
	FILE *f = open_memstream(&out, &len);
	const char *p;
	int quoted = 0;

	if (f == NULL)
		return (line);
	for (p = frame; *p != '\0'; p++) {
		if (*p == '\'')
			quoted = !quoted;
		if (p[0] != '%' || p[1] == 's')
			(void)fputc(*p, f);
		else if (quoted)
			mutate_quote(f, line);
		else
			(void)fputs(line, f);
	}
	(void)fclose(f);
	free(line);
	return (out);
}

/* Each "from" becomes one of these by chance; keep: or stays now and then. */
static inline char *
mutate_words(struct mutate *m, char *line, const char *from,
    const char *const *to, size_t n, int keep)
{
	char *out = NULL, *p = line, *hit;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	if (f == NULL)
		return (line);
	while ((hit = strstr(p, from)) != NULL) {
		(void)fwrite(p, 1, (size_t)(hit - p), f);
		(void)fputs(keep && mutate_below(m, 4) == 0 ? from :
		    to[mutate_below(m, n)], f);
		p = hit + strlen(from);
	}
	(void)fputs(p, f);
	(void)fclose(f);
	free(line);
	return (out);
}

/* One byte more, less, or another one. */
static inline char *
mutate_byte(struct mutate *m, char *line)
{
	size_t n = strlen(line), at;
	char *s = xmalloc(n + 2);
	char c = mutate_bytes[mutate_below(m, sizeof(mutate_bytes) - 1)];

	memcpy(s, line, n + 1);
	free(line);
	if (n == 0)
		return (s);
	at = mutate_below(m, n);
	switch (mutate_below(m, 3)) {
	case 0:
		memmove(s + at + 1, s + at, n - at + 1);
		s[at] = c;
		break;
	case 1:
		memmove(s + at, s + at + 1, n - at);
		break;
	default:
		s[at] = c;
	}
	return (s);
}

static inline char *
mutate_base(struct mutate *m)
{
	static const char *const plain[] = { MUTATE_C };

	return (mutate_words(m, xstrdup(MUTATE_OF(m, mutate_lines)), "^", plain,
	    1, 0));
}

/* A line, to be freed. */
static inline char *
mutate_line(struct mutate *m)
{
	char *line = mutate_base(m);
	size_t k, times = mutate_below(m, 4);

	if (mutate_below(m, 2) == 0)
		line = mutate_words(m, line, MUTATE_C, mutate_names,
		    sizeof(mutate_names) / sizeof(mutate_names[0]), 1);
	for (k = 0; k < times && strlen(line) < MUTATE_MAX / 8; k++)
		line = mutate_framed(MUTATE_OF(m, mutate_frames), line);
	if (mutate_below(m, 4) == 0)
		line = mutate_words(m, line, " ", mutate_blanks,
		    sizeof(mutate_blanks) / sizeof(mutate_blanks[0]), 1);
	for (times = mutate_below(m, 4); times > 1; times--)
		line = mutate_byte(m, line);
	return (line);
}

#endif
