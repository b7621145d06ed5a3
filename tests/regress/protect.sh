# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2034
#
# What the scripts about protected names have in common; comes after lib.sh.

LIMITS='"limits": { "timeoutSeconds": 550, "memoryMB": 0 },'
[ "$ASAN" = no ] || LIMITS='"limits": { "timeoutSeconds": 550,
    "memoryMB": 0, "processes": 0 },'
CB_TIMEOUT=580

# owner COMMAND: what the owner of the workspace does, on the host
owner() {
	as clawbot env HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 \
	    sh -ec "cd '$W' && $1" >"$T/owner.out" 2>&1 ||
	    diag "owner: $(cat "$T/owner.out")"
}

# script TEXT: a shell script for a run, in the workspace
script() {
	printf 'cd %s || exit 99\n%s\n' "$W" "$1" >"$W/script"
	agent sh "$W/script"
}

prepare() {
	find "$W" -mindepth 1 -delete
	owner 'mkdir -p repo/.git/hooks repo/.git/modules/m repo/.git/modules/s/t/hooks \
	    plain .ssh
	    echo key >.ssh/key; echo rc >.bashrc; echo c >plain/config
	    echo conf >repo/.git/config; echo h >repo/.git/hooks/post-commit
	    ln -s repo sl'
	install -m 755 "$RUN_H/watch_attack" "$W/attack"
}

# Every byte and mode of what is protected, and every such name there is.
state() {
	find "$W/repo" "$W/.ssh" "$W/.bashrc" -printf '%p %y %m %n %s %l\n' |
	    sort
	find "$W/repo" "$W/.ssh" "$W/.bashrc" -type f -exec cat {} + | sort
	find "$W" \( -iname .bashrc -o -name .zshrc -o -name .zprofile -o \
	    -name .mcp.json -o -name .vscode -o -name .claude -o \
	    -path '*/.git/config' -o -path '*/.git/hooks' -o \
	    -path '*/.git/commondir' -o -path '*/.git/modules/*/config' \) |
	    sort
	find "$W" -name .git ! -type d
}

# attack HOW: nothing is reached, and nothing has changed
attack() {
	prepare
	state >"$T/before"
	script "./attack $1"
	state >"$T/after"
	is "$1: status" "$S" 0
	hasnot "$1: nothing is reached" "$T/out" REACHED
	has "$1: all was tried" "$T/out" "reached 0"
	cp "$T/out" "$T/attack.out"
	ok "$1: nothing has changed" cmp "$T/before" "$T/after"
	diff "$T/before" "$T/after" | head -n 5 | sed 's/^/# /'
	ok "$1: nothing is written" sh -c \
	    "! grep -rq PWNED '$W/repo' '$W/.ssh' '$W/.bashrc'"
}
