/* SPDX-License-Identifier: ISC */
/*
 * The environment of a run.  The table of hooks names what makes a loader, a
 * shell, an interpreter or a common tool execute or read something else than
 * the command line says; a name that is not in it still makes the supervisor
 * ask a person.
 */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "executor/env.h"

#define VALUE_MAX_AMBIENT	128

/* A trailing or leading star stands for anything. */
static const char *const hooks[] = {
	/* loaders and the C library */
	"LD_*", "DYLD_*", "GLIBC_TUNABLES", "GCONV_PATH", "LOCPATH",
	"NLSPATH", "MALLOC_*", "RES_OPTIONS", "LOCALDOMAIN", "HOSTALIASES",
	"GETCONF_DIR", "TZDIR", "RESOLV_*", "NIS_PATH", "TMPDIR", "TMP",
	"TEMP", "LIBC_*", "ASAN_*", "LSAN_*", "MSAN_*", "TSAN_*", "UBSAN_*",
	/* shells */
	"PATH", "HOME", "SHELL", "USER", "LOGNAME", "PWD", "OLDPWD", "IFS",
	"ENV", "BASH*", "SHELLOPTS", "PS0", "PS1", "PS2", "PS3", "PS4",
	"PROMPT_COMMAND", "CDPATH", "GLOBIGNORE", "FCEDIT", "HISTFILE",
	"EXECIGNORE", "ZDOTDIR", "FPATH", "KSH_*", "POSIXLY_CORRECT",
	"INPUTRC", "FIGNORE", "TERMCAP", "TERMINFO*", "SHLVL",
	/* interpreters and run times */
	"PYTHON*", "PIP_*", "UV_*", "VIRTUAL_ENV", "CONDA_*", "PERL*",
	"RUBY*", "GEM_*", "BUNDLE_*", "NODE_*", "NPM_*", "npm_*", "YARN_*",
	"DENO_*", "BUN_*", "JAVA*", "_JAVA*", "JDK_*", "JRE_*", "CLASSPATH",
	"MAVEN_*", "GRADLE_*", "ANT_*", "SBT_*", "SCALA_*", "CLOJURE_*",
	"LUA_*", "TCLLIBPATH", "PHPRC", "PHP_*", "GOPATH", "GOROOT",
	"GOFLAGS", "GOENV", "GOPROXY", "GOBIN", "GOTOOL*", "GODEBUG",
	"GONOSUM*", "GOSUMDB", "GOPRIVATE", "GOMODCACHE", "GOCACHE", "CGO_*",
	"CARGO_*", "RUST*",
	"DOTNET_*", "CORECLR_*", "COMPlus_*", "MONO_*", "ERL_*", "ELIXIR_*",
	"GUILE_*", "R_*", "JULIA_*", "OCAML*", "CAML*", "GHC*", "EMACS*",
	"QT_*", "GTK*", "GIO_*", "G_MESSAGES_*", "GDK_*", "GST_*",
	/* compilers and builders */
	"MAKE*", "MFLAGS", "GNUMAKE*", "CC", "CXX", "CPP", "CC_*", "AR",
	"AS", "LD", "GCC_*", "COMPILER_PATH", "LIBRARY_PATH", "CPATH",
	"C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "OBJC_INCLUDE_PATH",
	"COLLECT_*", "DEPENDENCIES_OUTPUT", "SUNPRO_DEPENDENCIES",
	"CMAKE_*", "NINJA_*", "MESON_*", "PKG_CONFIG*", "CONFIG_SITE",
	"CONFIG_SHELL", "AUTOCONF", "AUTOM4TE", "ACLOCAL*", "LIBTOOL*",
	"DISTCC_*", "CCACHE_*", "RUSTC*", "AWKPATH", "AWKLIBPATH",
	"AWK_*", "GAWK_*", "BISON_*", "M4PATH", "FLEX*",
	/* tools that start others, or read a file that says so */
	"GIT_*", "HG*", "SVN_*", "CVS_*", "BZR_*", "*PAGER", "*EDITOR",
	"VISUAL", "BROWSER", "LESS*", "MORE", "MANPATH", "MANOPT",
	"GROFF_*", "TROFF*", "TAR_*", "GZIP", "BZIP*", "XZ_*", "ZSTD_*",
	"ZIPOPT", "UNZIP*", "RSYNC_*", "SSH_*", "SUDO_*", "GPG_*",
	"GNUPGHOME", "CURL_*", "WGETRC", "SYSTEM_WGETRC",
	"http_proxy", "https_proxy", "ftp_proxy",
	"all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY",
	"ALL_PROXY", "NO_PROXY", "OPENSSL_*", "SSL_*", "SSLKEYLOGFILE",
	"GNUTLS_*", "NSS_*", "REQUESTS_CA_BUNDLE", "AWS_CONFIG_FILE",
	"AWS_SHARED_CREDENTIALS_FILE", "AWS_CA_BUNDLE", "KUBECONFIG",
	"DOCKER_*", "HELM_*", "TF_CLI_*", "TF_PLUGIN*", "TF_DATA_DIR",
	"ANSIBLE_*", "VAGRANT_*", "PSQL*", "PGSERVICE*",
	"PGSYSCONFDIR", "PGOPTIONS", "PGPASSFILE", "MYSQL_*", "SQLITE_*",
	"GREP_OPTIONS", "RIPGREP_CONFIG_PATH", "FZF_*", "FD_*", "BAT_*",
	"ACK_*", "TMUX*", "SCREEN*", "STY", "VIM*", "VIMINIT", "EXINIT",
	"MYVIMRC", "GDB*", "LLDB_*", "STRACE*", "PROJ_*", "MAGICK_*",
	"MAGIC", "GS_*", "POPPLER_*", "FONTCONFIG_*", "DEBUGINFOD_*",
	"DEB_*", "DPKG_*", "APT_*", "DEBCONF_*", "RPM_*", "SYSTEMD_*",
	/* libraries that load others by name */
	"LTDL_*", "TCL_LIBRARY", "TK_LIBRARY", "ODBC*", "KRB5*", "SASL_*",
	"LDAP*", "P11_KIT_*", "VK_*", "LIBGL_*", "LIBVA_*", "VDPAU_*",
	"OCL_*", "CUDA_INJECTION*", "OMP_TOOL*", "OMPI_*", "PMIX_*",
	"LADSPA_PATH", "ALSA_CONFIG_*", "MOZ_PLUGIN_PATH", "FAKECHROOT*",
	"WINE*", "NIX_*", "GUIX_*", "PLTCOLLECTS",
	"ELECTRON_*", "NVM_*", "PNPM_*", "VOLTA_*", "COREPACK_*", "TS_NODE_*",
	"COMPOSER_*", "SCONSFLAGS", "NMAPDIR", "TEXMF*", "TEXINPUTS",
	"NVIM_*",
	/* the session around */
	"XDG_*", "DBUS_*", "DISPLAY", "WAYLAND_*", "XAUTHORITY", "ICEAUTH*",
	"MAIL", "MAILCHECK", "MAILPATH", "NOTIFY_SOCKET", "LISTEN_*",
	"CREDENTIALS_DIRECTORY", "CLAWBOT_*",
};

static int
matches(const char *pat, const char *name, size_t n)
{
	size_t len = strlen(pat);

	if (pat[0] == '*') {
		len--;
		return (n >= len && memcmp(name + n - len, pat + 1, len) == 0);
	}
	if (pat[len - 1] == '*') {
		len--;
		return (n >= len && memcmp(name, pat, len) == 0);
	}
	return (n == len && memcmp(name, pat, len) == 0);
}

int
env_is_hook(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++)
		if (matches(hooks[i], name, n))
			return (1);
	return (0);
}

static size_t
name_len(const char *var)
{
	return (strcspn(var, "="));
}

static int
name_ok(const char *var, size_t n)
{
	size_t i;

	if (n == 0 || n >= PLAN_MAXNAME || var[n] != '=' ||
	    isdigit((unsigned char)var[0]))
		return (0);
	for (i = 0; i < n; i++)
		if (!isascii((unsigned char)var[i]) ||
		    (!isalnum((unsigned char)var[i]) && var[i] != '_'))
			return (0);
	return (1);
}

/* The later one counts, as with env(1). */
static void
put(struct strv *env, const char *var)
{
	size_t i, n = name_len(var);

	for (i = 0; i < env->n; i++)
		if (name_len(env->v[i]) == n &&
		    memcmp(env->v[i], var, n) == 0) {
			freezero(env->v[i], strlen(env->v[i]));
			env->v[i] = xstrdup(var);
			return;
		}
	strv_add(env, var);
}

static void
put_value(struct strv *env, const char *name, const char *value)
{
	char *s;

	(void)xasprintf(&s, "%s=%s", name, value);
	put(env, s);
	free(s);
}

static int
has_name(const struct strv *vars, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < vars->n; i++)
		if (name_len(vars->v[i]) == n &&
		    memcmp(vars->v[i], name, n) == 0)
			return (1);
	return (0);
}

#define ALNUM	"abcdefghijklmnopqrstuvwxyz" \
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/*
 * What a caller's terminal and language may say.  They are not asked for,
 * just there, so what does not look right is left out without a word.  No
 * value can name a file outside the directories of the system.
 */
static int
ambient_ok(const char *var, size_t n)
{
	const char *v = var + n + 1, *set;

	if (matches("LANG", var, n) || matches("LC_*", var, n) ||
	    matches("LANGUAGE", var, n))
		set = ALNUM "_.@:-";
	else if (matches("TERM", var, n))
		set = ALNUM "_.+-";
	else if (matches("TZ", var, n))
		set = ALNUM "_/,.:<>+-";
	else if (matches("NO_COLOR", var, n))
		set = ALNUM;
	else if (matches("COLUMNS", var, n) || matches("LINES", var, n))
		set = "0123456789";
	else
		return (0);
	return (strlen(v) <= VALUE_MAX_AMBIENT && v[strspn(v, set)] == '\0' &&
	    v[0] != '/' && v[0] != ':' && strstr(v, "..") == NULL);
}

static int
ask(struct plan *p, const struct xskill *x, const char *var,
    struct trouble *t)
{
	size_t i, n = name_len(var);
	char name[PLAN_MAXNAME];

	if (!name_ok(var, n)) {
		trouble_set(t, CBE_USAGE, "a variable has to be NAME=VALUE, "
		    "with letters, digits and \"_\" in its name");
		return (-1);
	}
	(void)snprintf(name, sizeof(name), "%.*s", (int)n, var);
	if (env_is_hook(var, n)) {
		trouble_set(t, CBE_REFUSED, "variable %s loads or steers "
		    "programs and cannot be set by a caller", name);
		return (-1);
	}
	for (i = 0; i < x->secrets.n; i++)
		if (strcmp(x->secrets.v[i], name) == 0)
			break;
	if (i < x->secrets.n || has_name(&x->env, name, n)) {
		trouble_set(t, CBE_REFUSED, "variable %s is set by skill %s",
		    name, x->name);
		return (-1);
	}
	put(&p->env, var);
	if (!strv_has(&p->asked_env, name))
		strv_add(&p->asked_env, name);
	return (0);
}

/* A secret that is a variable is the only one of its name. */
static void
make_way(struct strv *env, const struct xskill *x)
{
	size_t i, k, n;

	for (i = 0; i < x->secrets.n; i++) {
		if (x->secret_how[i] != PLAN_SECRET_ENV)
			continue;
		n = strlen(x->secrets.v[i]);
		for (k = 0; k < env->n; k++)
			if (name_len(env->v[k]) == n &&
			    memcmp(env->v[k], x->secrets.v[i], n) == 0)
				break;
		if (k == env->n)
			continue;
		freezero(env->v[k], strlen(env->v[k]));
		env->v[k] = env->v[--env->n];
		env->v[env->n] = NULL;
	}
}

/* Where a run finds the secrets that it gets as files. */
static void
put_secret_files(struct strv *env, const struct xskill *x)
{
	size_t i;
	char *s;

	for (i = 0; i < x->secrets.n; i++) {
		if (x->secret_how[i] != PLAN_SECRET_FILE)
			continue;
		(void)xasprintf(&s, "%s_FILE=%s/%s", x->secrets.v[i],
		    SECRETS_DIR, x->secrets.v[i]);
		put(env, s);
		free(s);
	}
}

int
env_build(struct plan *p, const struct xskill *x, const struct runreq *q,
    struct trouble *t)
{
	size_t i, n;

	put_value(&p->env, "PATH", RUN_PATH);
	put_value(&p->env, "HOME", "/tmp");
	put_value(&p->env, "SHELL", "/bin/sh");
	put_value(&p->env, "USER", p->account);
	put_value(&p->env, "LOGNAME", p->account);
	for (i = 0; i < q->locale.n; i++) {
		n = name_len(q->locale.v[i]);
		if (name_ok(q->locale.v[i], n) && ambient_ok(q->locale.v[i], n))
			put(&p->env, q->locale.v[i]);
	}
	for (i = 0; i < x->env.n; i++) {
		n = name_len(x->env.v[i]);
		/* programs are looked up by the fixed one */
		if (name_ok(x->env.v[i], n) && !matches("PATH",
		    x->env.v[i], n))
			put(&p->env, x->env.v[i]);
	}
	put_secret_files(&p->env, x);
	for (i = 0; i < q->env.n; i++)
		if (ask(p, x, q->env.v[i], t) == -1)
			return (-1);
	if (p->env.n > PLAN_MAXENV) {
		trouble_set(t, CBE_USAGE, "too many variables");
		return (-1);
	}
	make_way(&p->env, x);
	strv_sort(&p->env);
	strv_sort(&p->asked_env);
	return (0);
}
