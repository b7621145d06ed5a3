/* SPDX-License-Identifier: ISC */
/*
 * Which letters and which words are one option, for programs that people
 * write patterns about.  A row more makes a pattern stricter; a missing row
 * leaves only the spellings that are written alike.
 */
#include "config.h"

#include <string.h>

#include "common/policy/pattern_priv.h"

struct prog_opt {
	const char	*prog;		/* NULL: every program without a row
					   of its own for this option */
	const char	*name;
	const char	*shorts;
};

static const struct prog_opt opts[] = {
	{ "apt", "assume-yes", "y" }, { "apt", "yes", "y" },
	{ "apt-get", "assume-yes", "y" }, { "apt-get", "yes", "y" },
	{ "bash", "rcfile", "" },
	{ "chmod", "recursive", "R" }, { "chown", "recursive", "R" },
	{ "cp", "archive", "a" },
	{ "curl", "config", "K" }, { "curl", "data", "d" },
	{ "curl", "fail", "f" }, { "curl", "form", "F" },
	{ "curl", "header", "H" }, { "curl", "insecure", "k" },
	{ "curl", "location", "L" }, { "curl", "output", "o" },
	{ "curl", "proxy", "x" }, { "curl", "range", "r" },
	{ "curl", "remote-name", "O" }, { "curl", "request", "X" },
	{ "curl", "upload-file", "T" }, { "curl", "user", "u" },
	{ "docker", "all", "a" }, { "docker", "detach", "d" },
	{ "docker", "env", "e" }, { "docker", "force", "f" },
	{ "docker", "file", "f" }, { "docker", "interactive", "i" },
	{ "docker", "publish", "p" }, { "docker", "tty", "t" },
	{ "docker", "user", "u" }, { "docker", "volume", "v" },
	{ "docker", "workdir", "w" },
	{ "git", "all", "a" }, { "git", "delete", "d" },
	{ "git", "force", "f" }, { "git", "message", "m" },
	{ "git", "no-verify", "n" }, { "git", "quiet", "q" },
	{ "git", "set-upstream", "u" }, { "git", "move", "m" },
	{ "grep", "file", "f" }, { "grep", "recursive", "r" },
	{ "grep", "dereference-recursive", "R" },
	{ "kill", "signal", "s" }, { "killall", "signal", "s" },
	{ "pkill", "signal", "" }, { "pkill", "full", "f" },
	{ "kubectl", "all-namespaces", "A" }, { "kubectl", "filename", "f" },
	{ "kubectl", "force", "" }, { "kubectl", "namespace", "n" },
	{ "kubectl", "output", "o" }, { "kubectl", "selector", "l" },
	{ "ls", "all", "a" }, { "ls", "almost-all", "A" },
	{ "ls", "reverse", "r" }, { "ls", "recursive", "R" },
	{ "mysql", "execute", "e" }, { "mysql", "force", "f" },
	{ "npm", "global", "g" },
	{ "podman", "all", "a" }, { "podman", "volume", "v" },
	{ "psql", "command", "c" }, { "psql", "file", "f" },
	{ "psql", "dbname", "d" },
	{ "rm", "dir", "d" }, { "rm", "interactive", "iI" },
	{ "rsync", "archive", "a" }, { "rsync", "delete", "" },
	{ "rsync", "rsh", "e" },
	{ "sed", "in-place", "i" }, { "sed", "expression", "e" },
	{ "sed", "file", "f" },
	{ "ssh", "force", "" },
	{ "su", "command", "c" },
	{ "sudo", "login", "i" }, { "sudo", "shell", "s" },
	{ "sudo", "user", "u" },
	{ "systemctl", "force", "f" }, { "systemctl", "host", "H" },
	{ "tail", "follow", "f" },
	{ "tar", "append", "r" }, { "tar", "create", "c" },
	{ "tar", "extract", "x" }, { "tar", "file", "f" },
	{ "tar", "get", "x" }, { "tar", "directory", "C" },
	{ "userdel", "remove", "r" }, { "userdel", "force", "f" },
	{ "wget", "output-document", "O" }, { "wget", "recursive", "r" },
	{ NULL, "force", "f" }, { NULL, "recursive", "rR" },
	{ NULL, "verbose", "v" }, { NULL, "quiet", "q" },
	{ NULL, "all", "a" }, { NULL, "yes", "y" },
};
#define NOPTS	(sizeof(opts) / sizeof(opts[0]))

static const struct {
	const char	*prog;
	char		 c;
	const char	*letters;
} compounds[] = {
	{ "git", 'D', "df" },		/* git branch -D */
	{ "git", 'M', "mf" },
	{ "cp", 'a', "dR" },
};

static const char *const single_dash[] = {
	"ffmpeg", "find", "gcc", "g++", "cc", "c++", "clang", "convert", "go",
	"java", "javac", "ld", "magick", "openssl", "qemu-img", "terraform",
	"tofu", "xrandr", "setxkbmap", "iptables-save", "dig", "packer",
	"consul", "vault", "nomad", "mogrify",
};

int
opts_single_dash(const char *base)
{
	size_t i;

	for (i = 0; i < sizeof(single_dash) / sizeof(single_dash[0]); i++)
		if (strcmp(single_dash[i], base) == 0)
			return (1);
	return (0);
}

static int
is_prog(const struct prog_opt *o, const char *base)
{
	return (o->prog != NULL && strcmp(o->prog, base) == 0);
}

const char *
opts_long_shorts(const char *base, const char *name)
{
	size_t i;

	for (i = 0; i < NOPTS; i++)
		if (is_prog(&opts[i], base) && strcmp(opts[i].name, name) == 0)
			return (opts[i].shorts);
	for (i = 0; i < NOPTS; i++)
		if (opts[i].prog == NULL && strcmp(opts[i].name, name) == 0)
			return (opts[i].shorts);
	return ("");
}

static int
own_letter(const char *base, char c)
{
	size_t i;

	for (i = 0; i < NOPTS; i++)
		if (is_prog(&opts[i], base) &&
		    strchr(opts[i].shorts, c) != NULL)
			return (1);
	return (0);
}

const char *
opts_short_long(const char *base, char c, size_t nth)
{
	int own = own_letter(base, c);
	size_t i;

	for (i = 0; i < NOPTS; i++) {
		if (own ? !is_prog(&opts[i], base) : opts[i].prog != NULL)
			continue;
		if (strchr(opts[i].shorts, c) == NULL)
			continue;
		if (nth-- == 0)
			return (opts[i].name);
	}
	return (NULL);
}

const char *
opts_compound(const char *base, char c)
{
	size_t i;

	for (i = 0; i < sizeof(compounds) / sizeof(compounds[0]); i++)
		if (compounds[i].c == c &&
		    strcmp(compounds[i].prog, base) == 0)
			return (compounds[i].letters);
	return (NULL);
}

char
opts_twin(const char *base, char c)
{
	if ((c != 'r' && c != 'R') || own_letter(base, c))
		return ('\0');
	return (c == 'r' ? 'R' : 'r');
}

size_t
opts_git_sub(char *const *w, size_t n)
{
	static const char *const with[] = { "-C", "-c", "--git-dir",
	    "--work-tree", "--namespace", "--config-env", "--super-prefix",
	    "--attr-source" };
	size_t i, k;

	for (i = 1; i < n && w[i][0] == '-'; i++)
		for (k = 0; k < sizeof(with) / sizeof(with[0]); k++)
			if (strcmp(w[i], with[k]) == 0) {
				i++;
				break;
			}
	return (i < n ? i : n);
}
