# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: what a repository names as a program of git's is not run where a
# variable of git's keeps it from that.
. "$SRC/tests/regress/lib.sh"

command -v git >/dev/null || skip_all "needs git"
SKILLS='"fixed": { "default": "allow", '$PATIENT', "write": ["'$W'"],
	"env": { "GIT_PAGER": "less" } },'
conf_default
daemon_start

# A repository whose every setting names a program that leaves a trace.
printf '#!/bin/sh\necho "$0 $*" >>%s/ran\n' "$W" >"$W/evil"
chmod 755 "$W/evil"
mkdir "$W/repo"
cd "$W/repo" || exit 1
{
	git init -q .
	git config user.email a@example.org
	git config user.name a
	echo a >f
	git add f
	git commit -q -m a
	for key in core.fsmonitor core.sshCommand core.pager core.editor \
	    sequence.editor core.askPass core.gitProxy credential.helper \
	    gpg.program gpg.openpgp.program gpg.ssh.program pager.status \
	    pager.log; do
		git config "$key" "$W/evil"
	done
	git config log.showSignature true
	git config protocol.ext.allow always
	echo b >f
} >/dev/null 2>&1
chown -R clawbot "$W/repo"
cd /tmp || exit 1

# ran NAME COMMAND...: nothing of the repository's was
ran() {
	r_name=$1
	shift
	rm -f "$W/ran"
	cb cbtagent run -C "$W/repo" -- "$@"
	is "$r_name: nothing of the repository's was run" \
	    "$(cat "$W/ran" 2>/dev/null)" ""
}

# what it would do is real
su -s /bin/sh clawbot -c "cd '$W/repo' && HOME=/tmp git status" \
    >/dev/null 2>&1
ok "without them it is run" test -s "$W/ran"

ran "status" git status --short
is "status: it works" "$S" 0
has "status: and tells what changed" "$T/out" " M f"
ran "diff" git diff
has "diff: it works" "$T/out" "+b"
ran "log" git log --oneline
is "log: it works" "$S" 0
ran "commit" git commit -q -a -m b
is "commit: it works" "$S" 0
ran "transport" git ls-remote "ext::$W/evil x"
ran "ssh" git ls-remote ssh://localhost/x
# it waits for an editor that nobody is at
CB_TIMEOUT=20 ran "commit with an editor" git commit --amend

cb cbtagent run -- printenv GIT_PAGER
is "a run has them" "$(cat "$T/out")" cat
cb cbtagent run -s fixed -- printenv GIT_PAGER
is "a skill can have others" "$(cat "$T/out")" less
cb cbtagent run -e GIT_PAGER=x -- true
is "a caller cannot" "$S" 77
daemon_stop
finish
