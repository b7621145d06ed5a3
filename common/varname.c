/* SPDX-License-Identifier: ISC */
/*
 * Names of variables and secrets.  The table of hooks names what makes a
 * loader, a shell, an interpreter or a common tool execute or read something
 * else than the command line says; a name that is not in it still makes the
 * supervisor ask a person.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "common/varname.h"

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

/* Of these, what only says which of its ways a program goes. */
static const char *const harmless[] = { "NODE_ENV" };

/* Of these, what builds and tests are given. */
static const char *const builds[] = {
	"CC", "CXX", "CPP", "AR", "AS", "LD", "CGO_*", "CMAKE_*", "NINJA_*",
	"PKG_CONFIG*", "CCACHE_*", "MAKEFLAGS", "DEB_*", "TMPDIR",
	"PYTHON*", "PIP_*", "UV_*", "VIRTUAL_ENV", "NODE_*", "npm_*", "NPM_*",
	"YARN_*", "PNPM_*", "COREPACK_*", "TS_NODE_*", "PERL5LIB", "RUBYLIB",
	"BUNDLE_*", "GEM_*", "JAVA_HOME", "JAVA_OPTS", "CLASSPATH",
	"MAVEN_*", "GRADLE_*", "ANT_*", "SBT_*", "PHP_*", "COMPOSER_*",
	"GOFLAGS", "GOPATH", "GOENV", "GOPROXY", "GOBIN", "GOTOOL*",
	"GODEBUG", "GONOSUM*", "GOSUMDB", "GOPRIVATE", "GOMODCACHE",
	"GOCACHE", "CARGO_*", "RUST*", "DOTNET_*", "JULIA_*", "R_*",
	"ASAN_*", "LSAN_*", "MSAN_*", "TSAN_*", "UBSAN_*", "MALLOC_*",
};

/* Of these, what git puts into commits or does not ask for. */
static const char *const texts[] = {
	"GIT_AUTHOR_*", "GIT_COMMITTER_*", "GIT_TERMINAL_PROMPT",
	"GIT_MERGE_AUTOEDIT", "GIT_OPTIONAL_LOCKS", "GIT_REFLOG_ACTION",
	"GIT_LFS_SKIP_SMUDGE", "GIT_ADVICE",
};

/* Of these, what names a program, and such programs that do nothing. */
static const char *const shown_by[] = { "*PAGER", "*EDITOR", "VISUAL" };
static const char *const idle[] = { "", ":", "true", "false", "cat" };

/* What no configuration and no secret may set either. */
static const char *const never[] = {
	"LD_*", "DYLD_*", "BASH_FUNC_*", "CLAWBOT_*", "PATH", "IFS", "ENV",
	"BASH_ENV", "SHELLOPTS", "BASHOPTS", "PS4", "PROMPT_COMMAND",
	"GLIBC_TUNABLES", "GCONV_PATH",
};

static int
matches(const char *pat, const char *name, size_t n)
{
	size_t len = strlen(pat);

	if (len == 0)
		return (n == 0);
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

static int
is_in(const char *const *list, size_t len, const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (matches(list[i], name, n))
			return (1);
	return (0);
}

const char *
varname_malformed(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (name[i] != '_' && !(name[i] >= 'A' && name[i] <= 'Z') &&
		    !(name[i] >= 'a' && name[i] <= 'z') &&
		    !(name[i] >= '0' && name[i] <= '9'))
			break;
	if (n == 0 || i != n || (name[0] >= '0' && name[0] <= '9'))
		return ("names are letters, digits and \"_\", and do not "
		    "begin with a digit");
	if (n > VARNAME_MAX)
		return ("name is too long, it may have 128 bytes");
	return (NULL);
}

const char *
varname_wrong(const char *name)
{
	const char *why = varname_malformed(name, strlen(name));

	if (why == NULL && is_in(never, sizeof(never) / sizeof(never[0]),
	    name, strlen(name)))
		return ("variables that load or steer programs cannot be set");
	return (why);
}

int
varname_is_hook(const char *name, size_t n)
{
	return (is_in(hooks, sizeof(hooks) / sizeof(hooks[0]), name, n) &&
	    !is_in(harmless, sizeof(harmless) / sizeof(harmless[0]), name,
	    n));
}

int
varname_is_build(const char *name, size_t n)
{
	return (is_in(builds, sizeof(builds) / sizeof(builds[0]), name, n));
}

int
varname_is_inert(const char *name, size_t n, const char *value)
{
	if (is_in(texts, sizeof(texts) / sizeof(texts[0]), name, n))
		return (1);
	return (is_in(shown_by, sizeof(shown_by) / sizeof(shown_by[0]), name,
	    n) && is_in(idle, sizeof(idle) / sizeof(idle[0]), value,
	    strlen(value)));
}

void
varname_versioned(char text[VARNAME_VERSIONED + 1], const char *name,
    uint64_t version)
{
	(void)snprintf(text, VARNAME_VERSIONED + 1, "%.*s@%llu", VARNAME_MAX,
	    name, (unsigned long long)version);
}

int
varname_is_versioned(const char *text, const char *name)
{
	size_t n = strlen(name), digits;

	if (strncmp(text, name, n) != 0 || text[n] != '@')
		return (0);
	text += n + 1;
	digits = strspn(text, "0123456789");
	/* one way to write a number */
	return (digits != 0 && digits < 20 && text[digits] == '\0' &&
	    (text[0] != '0' || digits == 1));
}
