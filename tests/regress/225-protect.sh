# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: protected names in writable grants stay as they are, whether they
# exist or not, whatever a run tries; everything else works as it does
# without that.
. "$SRC/tests/regress/lib.sh"

[ -z "${CLAWBOT_TRAP-}" ] ||
    skip_all "races of a minute; done in the two other builds"

LIMITS='"limits": { "timeoutSeconds": 550, "memoryMB": 0 },'
# A link to itself is no way to a protected name, and no reason to refuse.
mkdir "$T/grant"
ln -s .git "$T/grant/.git"
chown clawbot "$T/grant"
SKILLS='"tmp": { "default": "allow", "write": ["'$T/grant'"] },
    "off": { "default": "allow", "write": ["'$W'"], "protect": [] },
    "ask": { "write": ["'$W'"], "protect": [".one", "two/three"] },
    "asksoff": { "write": ["'$W'"], "protect": [] },'
[ "$ASAN" = no ] || LIMITS='"limits": { "timeoutSeconds": 550,
    "memoryMB": 0, "processes": 0 },'
CB_TIMEOUT=580
conf_default
daemon_start

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

### Attempts

attack names
ok "names: some thousand" test \
    "$(sed -n 's/^tried \([0-9]*\) .*/\1/p' "$T/attack.out")" -gt 5000
cb root --json audit tail -n 1
ok "refused calls are counted" sh -c \
    'n=$(grep -o "\"refused\":[0-9]*" "$1" | head -n 1); n=${n#*:};
    [ "${n:-0}" -gt 1000 ]' - "$T/out"
attack tricks
attack "races $((100000 / SCALE))"
is "races: the other file was written" "$(cat "$W/plain/config")" PWNED

# Two runs in the same grant, each served by an init of its own.  How much each
# gets to is a matter of who is scheduled; so again, until both got to some.
pair() {
	prepare
	owner 'mkdir -p pair/d'
	cbbg first cbtagent run -- sh -c "cd '$W' && ./attack first \
	    $((20000 / SCALE))"
	first=$BGPID
	agent sh -c "cd '$W' && ./attack second $((20000 / SCALE))"
	PAIR=$S
	moved=$(sed -n 's/^moved //p' "$T/out")
	status_of "$first" 500
	made=$(sed -n 's/^made //p' "$T/first.out")
}
for try in 1 2 3 4 5 6 7 8; do
	pair
	[ "$PAIR" -eq 0 ] || break
	grep -qF "reached 0" "$T/out" || break
	[ "${made:-0}" -eq 0 ] || [ "${moved:-0}" -eq 0 ] || break
done
is "two runs: status" "$PAIR" 0
has "two runs: nothing is reached" "$T/out" "reached 0"
ok "two runs: both got to something ($made, $moved)" test \
    "${made:-0}" -gt 0 -a "${moved:-0}" -gt 0
ok "two runs: nothing is left" test ! -e "$W/pair/.git/config"

# The same, where an exchange is taken back while others exchange.
exchange() {
	prepare
	owner 'mkdir -p pair/.git pair/x pair/y pair/z'
	cbbg fourth cbtagent run -- sh -c "cd '$W' && ./attack fourth"
	fourth=$BGPID
	agent sh -c "cd '$W' && ./attack third $((50000 / SCALE))"
	PAIR=$S
	back=$(sed -n 's/^back //p' "$T/out")
	kill "$fourth"
	status_of "$fourth"
}
for try in 1 2 3 4 5 6 7 8; do
	exchange
	[ "$PAIR" -eq 0 ] || break
	[ "${back:-0}" -eq 0 ] || break
done
is "two exchange: status" "$PAIR" 0
has "two exchange: nothing is left" "$T/out" "reached 0"
ok "two exchange: some were taken back ($back)" test "${back:-0}" -gt 0

# A grant in /tmp, where runs otherwise make sockets.
bind='socket(S, 1, 1, 0) or die; bind(S, pack("S a*", 1, shift))
    or die "refused: $!\n"'
cb cbtagent run -s tmp -- perl -e "$bind" "$T/grant/.bashrc"
ok "a socket in a grant in /tmp: refused" grep -q ^refused "$T/err"
ok "it is not there" test ! -e "$T/grant/.bashrc"
agent perl -e "$bind" /tmp/socket
is "a socket in a private /tmp" "$S" 0

### What is not protected: as the kernel has it

prepare
install -m 755 "$RUN_H/watch_same" "$W/same"
owner 'mkdir in out'
(cd "$W/out" && as clawbot ../same | cat) >"$T/same.out" 2>&1
script 'cd in && ../same'
ok "odd calls are answered as by the kernel" cmp "$T/same.out" "$T/out"
diff "$T/same.out" "$T/out" | head -n 10 | sed 's/^/# /'
ok "odd calls: all of them" test "$(wc -l <"$T/out")" -gt 250

### Tools

prepare
owner 'rm -rf repo; mkdir g; cd g; git init -q .; git config user.name n
    git config user.email e@example.org; echo 1 >f; git add f
    git commit -qm one'
cp "$W/g/.git/config" "$T/git.config"
script 'cd g && echo 2 >f && git add f && git commit -qm two &&
    echo 3 >f && git stash -q && git stash pop -q && git checkout -q -b br &&
    git checkout -qf master && git tag t && git gc -q && git status --short &&
    git log --oneline | wc -l && git fsck && git diff HEAD~1 --stat'
is "git in a repository" "$S" 0
script 'cd g && git config a.b c'
ok "git config is refused" test "$S" -ne 0
has "git config says why" "$T/err" "Read-only file system"
script 'git init sub'
ok "git init is refused" test "$S" -ne 0
has "git init says why" "$T/err" "Read-only file system"
ok "its configuration is as it was" cmp "$W/g/.git/config" "$T/git.config"
script 'cd /tmp && git clone -q '"$W"'/g c && cd c && git config a.b c &&
    git config a.b && echo x >.bashrc && mkdir .ssh'
is "everything is free in /tmp" "$S $(cat "$T/out")" "0 c"
script 'echo x >.bashrc'
has "a shell says why" "$T/err" "Read-only file system"
script 'rm -rf .vscode .nothing && ls'
is "removing what is not there" "$S" 0
script 'printf "int main(void) { return 0; }\n" >m.c && cc -o m m.c && ./m'
is "a compiler" "$S" 0
script 'printf "all: a b c d\na b c d: ; cc -o \$@ m.c && ./\$@\n" >Makefile &&
    make -s -j2'
is "make -j2, and what it made is executed" "$S" 0
script 'mkdir -p s/t && echo 1 >s/t/f && ln -s f s/t/l && cp -a s s2 &&
    tar cf s.tar s && mkdir x && tar xf s.tar -C x && diff -r s s2 &&
    diff -r s x/s && rm -rf s s2 x s.tar'
is "cp -a and tar" "$S" 0
script 'echo 1 >a; echo 2 >>a; : >b; echo 3 | tee c >/dev/null; sed -i s/1/4/ a
    { echo 5; echo 6 >/dev/stderr; } >/dev/stdout 2>/dev/fd/1; cat a b c
    mkfifo p; cat p & echo 7 >p; wait; rm p; echo 8 >/dev/null'
is "redirections" "$(tr '\n' ' ' <"$T/out")" "5 6 4 2 3 7 "
script 'i=0; while [ $i -lt 100 ]; do
	flock l true || exit 1; flock -n l true || exit 2; i=$((i + 1)); done'
is "nobody else keeps a lock" "$S" 0
script 'perl -e "for (1..200) { open(F, q(>), q(e)); print F qq(#!/bin/sh\n);
    close F; chmod 0755, q(e); system(q(./e)) == 0 or exit 1 }"'
is "nobody else keeps a program open" "$S" 0

### Configuration

cb cbtagent run -s off -- sh -c "cd '$W' && echo x >.bashrc && mkdir .vscode &&
    cat .bashrc"
is "an empty list: all works" "$S $(cat "$T/out")" "0 x"
cbbg ask cbtagent run -s ask -- ls "$W"
waiting
cb cbtadmin approvals
has "approvals show what is protected" "$T/out" "but not" ".one" "two/three"
cb cbtadmin deny "$ID"
cbbg asksoff cbtagent run -s asksoff -- ls "$W"
waiting
cb cbtadmin approvals
has "approvals show that nothing is" "$T/out" "no name in there is protected"
cb cbtadmin deny "$ID"
daemon_stop
finish
