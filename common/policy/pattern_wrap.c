/* SPDX-License-Identifier: ISC */
/*
 * Programs that run what their arguments name.  Behind them a pattern is
 * looked for at every word.
 */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "common/policy/pattern_priv.h"

struct wrap {
	const char	*name;
	unsigned	 flags;
	/*
	 * WRAP_SOME: words, each with "+" in front if all that follows may be
	 * run, with "=" if only the option's value may; "+-c" also stands for
	 * bundles with that letter.
	 */
	const char	*triggers;
};

#define CODE_C	"+-c"
#define CODE_E	"+-e +-E +--eval"
#define EDITOR	"=-c =--cmd =+ =-S =-e =--eval"
#define DOCKER	"+exec +run +create"
#define ALL	WRAP_ALL, NULL

static const struct wrap wraps[] = {
	/* shells */
	{ "sh", WRAP_ALL | WRAP_SHELL, NULL },
	{ "bash", WRAP_ALL | WRAP_SHELL, NULL },
	{ "rbash", WRAP_ALL | WRAP_SHELL, NULL },
	{ "dash", WRAP_ALL | WRAP_SHELL, NULL },
	{ "ash", WRAP_ALL | WRAP_SHELL, NULL },
	{ "zsh", WRAP_ALL | WRAP_SHELL, NULL },
	{ "ksh", WRAP_ALL | WRAP_SHELL, NULL },
	{ "mksh", WRAP_ALL | WRAP_SHELL, NULL },
	{ "yash", WRAP_ALL | WRAP_SHELL, NULL },
	{ "busybox", WRAP_ALL, NULL }, { "toybox", WRAP_ALL, NULL },
	{ "csh", ALL }, { "tcsh", ALL }, { "fish", ALL }, { "pwsh", ALL },
	{ "nu", ALL }, { "elvish", ALL }, { "xonsh", ALL }, { "rc", ALL },
	/* what runs the rest of its words */
	{ "at", ALL }, { "batch", ALL }, { "bwrap", ALL }, { "capsh", ALL },
	{ "caffeinate", ALL }, { "cgexec", ALL }, { "choom", ALL },
	{ "chpst", ALL }, { "chronic", ALL }, { "chroot", ALL },
	{ "chrt", ALL }, { "command", ALL }, { "coproc", ALL },
	{ "coreutils", ALL }, { "crun", ALL }, { "daemonize", ALL },
	{ "dbus-run-session", ALL }, { "direnv", ALL }, { "doas", ALL },
	{ "dumb-init", ALL }, { "entr", ALL }, { "env", ALL },
	{ "envdir", ALL }, { "eval", ALL }, { "exec", ALL },
	{ "expect", ALL }, { "fakechroot", ALL }, { "fakeroot", ALL },
	{ "faketime", ALL }, { "firejail", ALL }, { "flock", ALL },
	{ "gdb", ALL }, { "gdbserver", ALL }, { "gosu", ALL },
	{ "hyperfine", ALL }, { "i386", ALL }, { "ifne", ALL },
	{ "ionice", ALL }, { "ld", WRAP_SOME, "+-plugin" },
	{ "linux32", ALL }, { "linux64", ALL }, { "lldb", ALL },
	{ "logsave", ALL }, { "ltrace", ALL }, { "machinectl", ALL },
	{ "memusage", ALL }, { "mosh", ALL }, { "multitime", ALL },
	{ "nice", ALL }, { "nohup", ALL }, { "nsenter", ALL },
	{ "numactl", ALL }, { "parallel", WRAP_ALL | WRAP_STDIN, NULL },
	{ "perf", ALL }, { "personality", ALL }, { "pidproxy", ALL },
	{ "pkexec", ALL }, { "prlimit", ALL }, { "proot", ALL },
	{ "proxychains", ALL }, { "rlwrap", ALL }, { "run-parts", ALL },
	{ "runc", ALL }, { "runcon", ALL }, { "runuser", ALL },
	{ "schroot", ALL }, { "screen", ALL }, { "script", ALL },
	{ "setarch", ALL }, { "setlock", ALL }, { "setpriv", ALL },
	{ "setsid", ALL }, { "setuidgid", ALL }, { "sg", ALL },
	{ "softlimit", ALL }, { "spawn", ALL }, { "sshpass", ALL },
	{ "ssh", ALL }, { "start-stop-daemon", ALL }, { "stdbuf", ALL },
	{ "strace", ALL }, { "su", ALL }, { "su-exec", ALL },
	{ "sudo", ALL }, { "sudoedit", ALL }, { "systemd-inhibit", ALL },
	{ "systemd-run", ALL }, { "taskset", ALL }, { "time", ALL },
	{ "timeout", ALL }, { "tini", ALL }, { "tmux", ALL },
	{ "toolbox", ALL }, { "torsocks", ALL }, { "trickle", ALL },
	{ "ts", ALL }, { "uname26", ALL }, { "unbuffer", ALL },
	{ "unshare", ALL }, { "valgrind", ALL }, { "watch", ALL },
	{ "watchexec", ALL }, { "x86_64", ALL }, { "xvfb-run", ALL },
	{ "xargs", WRAP_ALL | WRAP_STDIN, NULL },
	{ "socat", ALL }, { "nc", WRAP_SOME, "+-e +-c +--exec +--sh-exec" },
	{ "ncat", WRAP_SOME, "+-e +-c +--exec +--sh-exec" },
	/* interpreters with code in an argument */
	{ "python", WRAP_SOME, CODE_C }, { "pypy", WRAP_SOME, CODE_C },
	{ "perl", WRAP_SOME, "+-e +-E" }, { "ruby", WRAP_SOME, CODE_E },
	{ "node", WRAP_SOME, "+-e +-p +--eval +--print" },
	{ "nodejs", WRAP_SOME, "+-e +-p +--eval +--print" },
	{ "deno", WRAP_SOME, "+eval" }, { "bun", WRAP_SOME, "+-e +x +run" },
	{ "php", WRAP_SOME, "+-r +-B +-R +-E" },
	{ "lua", WRAP_SOME, "+-e" }, { "luajit", WRAP_SOME, "+-e" },
	{ "guile", WRAP_SOME, "+-c" }, { "Rscript", WRAP_SOME, "+-e" },
	{ "julia", WRAP_SOME, "+-e +-E" }, { "osascript", WRAP_SOME, "+-e" },
	{ "awk", ALL }, { "gawk", ALL }, { "mawk", ALL }, { "nawk", ALL },
	{ "sed", ALL }, { "gsed", ALL }, { "ed", ALL },
	/* options that run programs */
	{ "find", WRAP_SOME, "+-exec +-execdir +-ok +-okdir" },
	{ "fd", WRAP_SOME, "+-x +-X +--exec +--exec-batch" },
	{ "fdfind", WRAP_SOME, "+-x +-X +--exec +--exec-batch" },
	{ "git", WRAP_SOME, "=-c =--config-env =--upload-pack "
	    "=--receive-pack =--exec =-x +run +foreach +filter-branch "
	    "+difftool +mergetool =--extcmd =--open-files-in-pager" },
	{ "tar", WRAP_SOME, "=--checkpoint-action =--to-command =-I =-F "
	    "=--use-compress-program =--rsh-command =--info-script "
	    "=--new-volume-script" },
	{ "bsdtar", WRAP_SOME, "=--use-compress-program" },
	{ "sort", WRAP_SOME, "=--compress-program" },
	{ "split", WRAP_SOME, "=--filter" },
	{ "rg", WRAP_SOME, "=--pre =--hostname-bin" },
	{ "ag", WRAP_SOME, "=--pager" }, { "bat", WRAP_SOME, "=--pager" },
	{ "man", WRAP_SOME, "=-P =-H =--pager =--html" },
	{ "less", WRAP_SOME, "=+" }, { "more", WRAP_SOME, "=+" },
	{ "rsync", WRAP_SOME, "=-e =--rsh =--rsync-path" },
	{ "scp", WRAP_SOME, "=-S =-o" }, { "sftp", WRAP_SOME, "=-S =-o" },
	{ "zip", WRAP_SOME, "=-T =-TT =--unzip-command" },
	{ "vim", WRAP_SOME, EDITOR }, { "vi", WRAP_SOME, EDITOR },
	{ "nvim", WRAP_SOME, EDITOR }, { "view", WRAP_SOME, EDITOR },
	{ "ex", WRAP_SOME, EDITOR }, { "emacs", WRAP_SOME, EDITOR },
	{ "make", WRAP_SOME, "=--eval" }, { "gmake", WRAP_SOME, "=--eval" },
	{ "sqlite3", WRAP_SOME, "=-cmd" },
	{ "psql", WRAP_SOME, "=-c =--command" },
	{ "mysql", WRAP_SOME, "=-e =--execute" },
	{ "tcpdump", WRAP_SOME, "=-z" },
	{ "wget", WRAP_SOME, "=--use-askpass" },
	{ "openssl", WRAP_SOME, "+-engine" },
	{ "docker", WRAP_SOME, DOCKER }, { "podman", WRAP_SOME, DOCKER },
	{ "nerdctl", WRAP_SOME, DOCKER },
	{ "docker-compose", WRAP_SOME, DOCKER },
	{ "kubectl", WRAP_SOME, "+exec +run +debug" },
	{ "oc", WRAP_SOME, "+exec +run +debug +rsh" },
	{ "lxc", WRAP_SOME, "+exec" }, { "lxc-attach", ALL },
	{ "npm", WRAP_SOME, "+exec +x +-c" }, { "npx", ALL },
	{ "yarn", WRAP_SOME, "+exec +dlx" }, { "pnpm", WRAP_SOME,
	    "+exec +dlx" }, { "pipx", WRAP_SOME, "+run" },
	{ "uv", WRAP_SOME, "+run" }, { "uvx", ALL },
	{ "poetry", WRAP_SOME, "+run" }, { "pipenv", WRAP_SOME, "+run" },
	{ "bundle", WRAP_SOME, "+exec" }, { "nix-shell", ALL },
	{ "nix", WRAP_SOME, "+run +-c +--command" },
	{ "conda", WRAP_SOME, "+run" }, { "mise", WRAP_SOME, "+exec +x" },
	{ "vagrant", WRAP_SOME, "+ssh" }, { "ansible", ALL },
	{ "go", WRAP_SOME, "=-exec =-toolexec" },
	{ "apt", WRAP_SOME, "=-o" }, { "apt-get", WRAP_SOME, "=-o" },
	{ "crontab", ALL },
};

/* python3.11, perl5.36: without the version */
static size_t
plain_len(const char *base)
{
	size_t n = strlen(base);

	while (n > 0 && (isdigit((unsigned char)base[n - 1]) ||
	    base[n - 1] == '.' || base[n - 1] == '-'))
		n--;
	return (n);
}

static const struct wrap *
find_len(const char *base, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(wraps) / sizeof(wraps[0]); i++)
		if (strncmp(wraps[i].name, base, n) == 0 &&
		    wraps[i].name[n] == '\0')
			return (&wraps[i]);
	return (NULL);
}

const struct wrap *
wrap_find(const char *base)
{
	static const struct wrap loader = { "ld.so", ALL };
	const struct wrap *w;
	size_t n;

	/* the dynamic loader starts the program that it is given */
	if (strncmp(base, "ld-linux", 8) == 0 ||
	    strncmp(base, "ld-musl", 7) == 0 ||
	    strcmp(base, "ld.so") == 0 || strcmp(base, "ld64.so.2") == 0 ||
	    strncmp(base, "ld-2.", 5) == 0)
		return (&loader);
	n = strlen(base);
	if (n == 0)
		return (NULL);
	if ((w = find_len(base, n)) != NULL || (n = plain_len(base)) == 0)
		return (w);
	return (find_len(base, n));
}

unsigned
wrap_flags(const struct wrap *w)
{
	return (w->flags);
}

/* Is s this option, in some spelling? */
static int
is_trigger(const char *t, size_t n, const char *s)
{
	size_t len;

	if (n == 1 && *t == '+')
		return (s[0] == '+' && s[1] != '\0');
	if (*t != '-')
		return (strncmp(t, s, n) == 0 && s[n] == '\0');
	if (t[1] == '-') {
		/* abbreviations, too */
		len = strcspn(s, "=");
		return (len >= 4 && len <= n && strncmp(t, s, len) == 0);
	}
	if (s[0] != '-' || s[1] == '-')
		return (0);
	if (n == 2)
		return (strchr(s + 1, t[1]) != NULL);
	return (strncmp(t, s, n) == 0 && (s[n] == '\0' || s[n] == '='));
}

int
wrap_trigger(const struct wrap *w, const char *s)
{
	const char *t = w->triggers;
	size_t n;
	int kind, best = 0;

	while (t != NULL && *t != '\0') {
		kind = *t++ == '+' ? 2 : 1;
		n = strcspn(t, " ");
		if (kind > best && is_trigger(t, n, s))
			best = kind;
		t += n + strspn(t + n, " ");
	}
	return (best);
}
