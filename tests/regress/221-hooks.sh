# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: no variable that makes a loader, a shell, an interpreter or a tool
# do something else reaches a run: set by the caller it is refused, in the
# client's own environment it stays there.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] ||
    skip_all "about names, which no build changes; done in one"

hooks="LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT LD_DEBUG LD_PROFILE LD_ORIGIN_PATH
    LD_BIND_NOW LD_SHOW_AUXV GLIBC_TUNABLES GCONV_PATH LOCPATH NLSPATH
    MALLOC_TRACE RES_OPTIONS HOSTALIASES TMPDIR
    BASH_ENV ENV IFS SHELLOPTS BASHOPTS PS4 PROMPT_COMMAND CDPATH PATH HOME
    SHELL
    PYTHONPATH PYTHONSTARTUP PYTHONHOME PYTHONINSPECT PYTHONUSERBASE
    PYTHONBREAKPOINT PYTHONWARNINGS PYTHONPYCACHEPREFIX PYTHONPLATLIBDIR
    PERL5LIB PERL5OPT PERL5DB PERLLIB PERLIO_DEBUG PERL_UNICODE
    RUBYLIB RUBYOPT RUBYPATH GEM_PATH GEM_HOME BUNDLE_GEMFILE
    NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NODE_REPL_EXTERNAL_MODULE
    JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS JAVA_OPTS CLASSPATH
    GIT_SSH_COMMAND GIT_SSH GIT_EXEC_PATH GIT_CONFIG GIT_CONFIG_COUNT
    GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0 GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM
    GIT_CONFIG_PARAMETERS GIT_DIR GIT_WORK_TREE GIT_PAGER GIT_EDITOR
    GIT_SEQUENCE_EDITOR GIT_ASKPASS GIT_PROXY_COMMAND GIT_EXTERNAL_DIFF
    GIT_TEMPLATE_DIR GIT_TRACE GIT_ALTERNATE_OBJECT_DIRECTORIES
    GIT_OBJECT_DIRECTORY GIT_INDEX_FILE GIT_ALLOW_PROTOCOL
    PAGER MANPAGER EDITOR VISUAL BROWSER LESSOPEN LESSCLOSE
    MAKEFLAGS MAKEFILES CC GCC_EXEC_PREFIX COMPILER_PATH CONFIG_SITE
    TAR_OPTIONS RSYNC_RSH SSH_ASKPASS SSH_AUTH_SOCK CURL_HOME WGETRC
    http_proxy HTTPS_PROXY OPENSSL_CONF SSL_CERT_FILE GNUPGHOME
    VIMINIT EXINIT LUA_INIT PHPRC TCLLIBPATH AWKPATH
    XDG_CONFIG_HOME DBUS_SESSION_BUS_ADDRESS DBUS_SYSTEM_BUS_ADDRESS DISPLAY
    XAUTHORITY WAYLAND_DISPLAY NOTIFY_SOCKET LISTEN_FDS DOCKER_HOST
    KUBECONFIG
    LTDL_LIBRARY_PATH TCL_LIBRARY ODBCSYSINI KRB5_CONFIG SASL_PATH LDAPCONF
    P11_KIT_STRICT VK_ICD_FILENAMES LIBGL_DRIVERS_PATH OCL_ICD_VENDORS
    CUDA_INJECTION64_PATH OMP_TOOL_LIBRARIES LADSPA_PATH FAKECHROOT_BASE
    NIX_LD ELECTRON_RUN_AS_NODE NMAPDIR SCONSFLAGS TS_NODE_PROJECT TEXMFCNF"

conf_default
daemon_start

### By the caller

for name in $hooks; do
	cb cbtagent run --no-wait -e "$name=/tmp/evil" -- true
	is "-e $name: status" "$S" 77
	has "-e $name: the message" "$T/err" "$name" "cannot be set by a caller"
done
cb cbtagent run -e LD_PRELOAD= -- true
is "-e with no value: status" "$S" 77
cb cbtagent run -e FINE=1 -e LD_PRELOAD=/tmp/evil -- true
is "-e after one that is fine: status" "$S" 77
cb cbtagent --json run -e BASH_ENV=/tmp/evil -- true
is "-e, --json: outcome" "$(json "$T/out" outcome)" denied
# what is no name of a variable is no way either
for bad in LD_PRELOAD "BASH_FUNC_ls%%=() { evil; }" "=x" "1X=x" "A B=x" \
    "LD_PRELOAD =/tmp/evil" "A-B=x" "$(printf 'A\nLD_PRELOAD=x')"; do
	cb cbtagent run -e "$bad" -- env
	ok "-e $(echo "$bad" | tr '\n' ' '): refused" test "$S" -ne 0
	is "-e $(echo "$bad" | tr '\n' ' '): nothing ran" "$(cat "$T/out")" ""
done
# one that is not known is asked about, and then it is there
cbbg fine cbtagent run -e FINE=1 -- env
waiting
cb cbtadmin approve -y "$ID"
status_of "$BGPID"
has "-e with another name is asked about, and set" "$T/fine.out" "FINE=1"

### In the client's environment

set --
for name in $hooks FINE; do
	# the client itself has to start, and to say nothing else
	case $name in
	LD_SHOW_AUXV) ;;
	LD_* | GLIBC_TUNABLES | MALLOC_*)
		set -- "$@" "$name=" ;;
	*)
		set -- "$@" "$name=/tmp/evil" ;;
	esac
done
S=0
as cbtagent env -i LC_ALL=C.UTF-8 "$@" "$B/clawbot" -S "$T/run" run -- /usr/bin/env \
    >"$T/out" 2>"$T/err" </dev/null || S=$?
is "inherited: status" "$S" 0
hasnot "inherited: none is seen" "$T/out" evil
is "inherited: and no other than these" \
    "$(sed '/^GIT_/d; s/=.*//' "$T/out" | LC_ALL=C sort | tr '\n' ' ')" \
    "HOME LC_ALL LOGNAME PATH SHELL USER "
has "inherited: those have the run's values" "$T/out" "HOME=/tmp" \
    "SHELL=/bin/sh" "USER=clawbot" "LOGNAME=clawbot" "PATH=/usr/local/sbin"

### What they would have done

printf '#!/bin/sh\necho EVIL\n' >"$W/evil"
chmod 755 "$W/evil"
echo 'print("EVIL")' >"$W/sitecustomize.py"
echo 'print "EVIL"; 1;' >"$W/Evil.pm"

# effect NAME=VALUE COMMAND...: outside of a run it has one, in a run none
effect() {
	ef_var=$1
	shift
	env "$ef_var" "$@" </dev/null >"$T/out" 2>&1 || :
	has "$ef_var has an effect outside" "$T/out" EVIL
	as cbtagent env "$ef_var" "$B/clawbot" -S "$T/run" run -C "$W" -- "$@" \
	    >"$T/out" 2>&1 </dev/null || :
	hasnot "$ef_var has none in a run" "$T/out" EVIL
}
effect "PERL5OPT=-I$W -MEvil" perl -e 1
if command -v git >/dev/null; then
	effect "GIT_SSH_COMMAND=$W/evil >&2" git ls-remote \
	    ssh://host.invalid/x
	effect "GIT_EXTERNAL_DIFF=$W/evil" git diff --no-index --ext-diff \
	    /etc/passwd /etc/group
else
	skip "GIT_*" "no git"
fi
if command -v bash >/dev/null; then
	effect "BASH_ENV=$W/evil" bash -c true
else
	skip "BASH_ENV" "no bash"
fi
if [ -x /usr/bin/python3 ]; then
	effect "PYTHONPATH=$W" /usr/bin/python3 -c pass
else
	skip "PYTHONPATH" "no python3"
fi
daemon_stop
finish
