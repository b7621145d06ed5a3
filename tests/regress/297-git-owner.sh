# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: git works in repositories of other accounts where runs have an
# account of their own, and what such a repository names for git to run by
# itself is not run; with that of the caller it says what git always says.
. "$SRC/tests/regress/lib.sh"

command -v git >/dev/null || skip_all "no git"

export HOME=/nonexistent GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
install -d -m 777 "$W/u"
install -d -o cbtother -m 755 "$W/u/repo"
as cbtother git -C "$W/u/repo" init -q || bail "no repository"
mkdir -p "$W/u/repo/sub/deep"
echo first >"$W/u/repo/sub/file"
chown -R cbtother: "$W/u/repo"
as cbtother git -C "$W/u/repo" add .
as cbtother git -C "$W/u/repo" -c user.name=n -c user.email=n@example.org \
    commit -q -m one
printf '#!/bin/sh\ntouch "%s/u/ran"\n' "$W" >"$W/u/ran.sh"
chmod 755 "$W/u/ran.sh"
as cbtother git -C "$W/u/repo" config core.fsmonitor "$W/u/ran.sh"
as cbtother git -C "$W/u/repo" config core.sshCommand "$W/u/ran.sh"
as cbtother git -C "$W/u/repo" config core.pager "$W/u/ran.sh"
SKILLS='"own": { "default": "allow", "write": ["'$W/u'"] },
    "seen": { "default": "allow", "read": ["'$W/u'"] },
    "me": { "default": "allow", "runAs": "caller", "write": ["'$W/u'"] },
    "set": { "default": "allow", "write": ["'$W/u'"],
	"env": { "GIT_CONFIG_COUNT": "0" } },'
conf_default
daemon_start

for skill in own seen; do
	for dir in repo repo/sub/deep; do
		cb cbtagent run -s $skill -C "$W/u/$dir" -- git log --format=%s
		is "$skill, $dir: log" "$S $(cat "$T/out")" "0 one"
		cb cbtagent run -s $skill -C "$W/u/$dir" -- git status --short
		is "$skill, $dir: status" "$S $(cat "$T/out")" "0 "
	done
	cb cbtagent run -s $skill -C "$W/u" -- git -C repo show --stat
	is "$skill: by -C" "$S" 0
done
ok "nothing that the repository names has run" test ! -e "$W/u/ran"
cb cbtagent run -s me -C "$W/u/repo" -- git log --format=%s
is "as the caller: git's own refusal" "$S" 128
has "... and its words" "$T/err" "dubious ownership"
cb cbtagent run -s set -C "$W/u/repo" -- git log --format=%s
is "a skill that sets it has its own" "$S" 128
cbin cbtagent run -s own -e GIT_CONFIG_COUNT=0 -- true
is "a caller cannot" "$S" 77
daemon_stop
finish
