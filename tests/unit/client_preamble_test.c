/* SPDX-License-Identifier: ISC */
/* Commands out of what agents make of them; what is like that is left alone. */
#include "config.h"

#include "tests/unit/unit.h"

#include <string.h>

#include "client/preamble.h"

#define SNAPSHOT	"source /h/.claude/shell-snapshots/s-1.sh 2>/dev/null"
#define GUARD	"{ \\builtin shopt -u extglob || \\builtin setopt A; }"	\
	" >/dev/null 2>&1 || true"
#define UNALIAS	"{ \\builtin unalias -- 'which'; } >/dev/null 2>&1 || true"
#define CLAUDE	SNAPSHOT " || true && " GUARD " && " UNALIAS " && eval "
#define CWD	" && pwd -P >| /tmp/claude-2d00-cwd"
#define SHOPT	"shopt -u promptvars nullglob extglob nocaseglob dotglob; "
#define JOBS	"_bgpids_file='/tmp/x y'\n(\n  trap 'jobs -p > "	\
	"\"$_bgpids_file\"' EXIT\n"
#define CODEX	"if . '/h/.codex/s.sh' >/dev/null 2>&1; then :; fi\n\nexec "

static const struct {
	const char	*line;
	const char	*meant;		/* NULL: it is taken as it is */
	int		 no_input;
} lines[] = {
	{ CLAUDE "ls < /dev/null" CWD, "ls", 1 },
	{ CLAUDE "ls \\< /dev/null" CWD, "ls", 1 },
	{ CLAUDE "'cd /tmp && echo \"it'\"'\"'s\" | cat' < /dev/null" CWD,
	    "cd /tmp && echo \"it's\" | cat", 1 },
	{ CLAUDE "'cat <<'\"'\"'X'\"'\"'\nhello\nX\n'" CWD,
	    "cat <<'X'\nhello\nX\n", 0 },
	{ CLAUDE "\"a \\$b \\! \\`c\\`\"" CWD, "a $b \\! `c`", 0 },
	{ "{ shopt -u extglob || setopt NO_A; } >/dev/null 2>&1 || true"
	    " && eval ls" CWD, "ls", 0 },
	{ "shopt -u extglob 2>/dev/null || true && eval ls" CWD, "ls", 0 },
	/* its own eval is the outer one */
	{ CLAUDE "'true && eval ls && pwd -P >| /tmp/a-cwd'" CWD,
	    "true && eval ls && pwd -P >| /tmp/a-cwd", 0 },
	/* nothing of these is what it seems */
	{ "make && eval ls" CWD, NULL, 0 },
	{ CLAUDE "\"$x\"" CWD, NULL, 0 },
	{ CLAUDE "\"`x`\"" CWD, NULL, 0 },
	{ CLAUDE "ls" CWD " && rm x", NULL, 0 },
	{ CLAUDE "ls && rm x" CWD, NULL, 0 },
	{ CLAUDE "ls && pwd -P >| /home/u/file", NULL, 0 },
	{ CLAUDE "'ls" CWD, NULL, 0 },
	{ CLAUDE, NULL, 0 },
	{ SNAPSHOT " && eval ls" CWD, NULL, 0 },

	{ CODEX "'/bin/bash' -c 'echo '\"'\"'a'\"'\"''", "echo 'a'", 0 },
	{ CODEX "'/bin/zsh' -lc 'ls'", "ls", 0 },
	{ CODEX "'/bin/bash' -c 'ls' 'name'", NULL, 0 },
	{ CODEX "'/bin/bash' -c ls; rm x", NULL, 0 },
	{ CODEX "'/bin/bash' -c \"$x\"", NULL, 0 },

	{ SHOPT "ls -l", "ls -l", 0 },
	{ SHOPT "{ ls; }; __code=$?; pgrep -g 0 >/tmp/p 2>&1; exit $__code;",
	    "ls", 0 },
	{ "{ a & }; __code=$?; pgrep -g 0 >'/tmp/p' 2>&1; exit $__code;",
	    "a &", 0 },
	{ JOBS "ls\n)\n__code=$?\nexit $__code", "ls", 0 },
	{ SHOPT JOBS "cat <<E\n)\nE\n)\n__code=$?\nexit $__code",
	    "cat <<E\n)\nE", 0 },
	{ "{ ls;\n}; __code=$?; pwd > \"/tmp/s.tmp\"; exit $__code", "ls", 0 },
	{ JOBS "ls\n)\n__code=$?\nexit $__code; rm x", NULL, 0 },
	{ "{ ls; }; __code=$?; pgrep -g 0 >$(x) 2>&1; exit $__code;", NULL,
	    0 },
	{ "{ ls; }; __code=$?; pgrep -g 0 >a 2>&1; exit $__code; x", NULL, 0 },

	{ "", NULL, 0 },
	{ "ls", NULL, 0 },
	{ "eval 'ls'", NULL, 0 },
	{ "{ ls; }", NULL, 0 },
	{ "source a", NULL, 0 },
};

static void
test_lines(void **state)
{
	int no_input;
	size_t i;
	char *s;

	(void)state;
	for (i = 0; i < NELEM(lines); i++) {
		no_input = -1;
		s = preamble_strip(lines[i].line, &no_input);
		if (lines[i].meant == NULL)
			assert_null(s);
		else {
			assert_non_null(s);
			assert_string_equal(s, lines[i].meant);
		}
		assert_int_equal(no_input, lines[i].no_input);
		free(s);
	}
}

static const struct {
	const char	*line;
	const char	*words;		/* NULL: not one of ours */
} clients[] = {
	{ "clawbot mcp", "clawbot mcp" },
	{ "/usr/bin/clawbot hook claude", "/usr/bin/clawbot hook claude" },
	{ " clawbot  mcp -s dev ", "clawbot mcp -s dev" },
	{ "clawbot", NULL },
	{ "clawbot run -- ls", NULL },
	{ "clawbot -S /tmp/x mcp", NULL },
	{ "clawbot mcp; ls", NULL },
	{ "clawbot mcp $x", NULL },
	{ "clawbot mcp >x", NULL },
	{ "clawbot mcp\nls", NULL },
	{ "A=b clawbot mcp", NULL },
	{ "claw mcp", NULL },
	{ "x/clawbots mcp", NULL },
	{ "clawbot/x mcp", NULL },
	{ "", NULL },
	{ "   ", NULL },
	{ "clawbot mcp 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8"
	    " 9 0 1", NULL },
};

static void
test_clients(void **state)
{
	char **words, joined[256];
	size_t i, k;

	(void)state;
	for (i = 0; i < NELEM(clients); i++) {
		if (!preamble_is_client(clients[i].line, &words)) {
			assert_null(clients[i].words);
			assert_null(words);
			continue;
		}
		assert_non_null(clients[i].words);
		joined[0] = '\0';
		for (k = 0; words[k] != NULL; k++)
			(void)snprintf(joined + strlen(joined),
			    sizeof(joined) - strlen(joined), "%s%s",
			    k == 0 ? "" : " ", words[k]);
		assert_string_equal(joined, clients[i].words);
		free(words);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_clients),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
