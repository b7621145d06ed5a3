# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: protected names in writable grants stay as they are, whether they
# exist or not, whatever a run tries; everything else works as it does
# without that.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/protect.sh
. "$SRC/tests/regress/protect.sh"

[ -z "${CLAWBOT_TRAP-}" ] ||
    skip_all "some thousand attempts; done in the two other builds"

# A link to itself is no way to a protected name, and no reason to refuse.
mkdir "$T/grant"
ln -s .git "$T/grant/.git"
chown clawbot "$T/grant"
SKILLS='"tmp": { "default": "allow", '$PATIENT', "write": ["'$T/grant'"] },
    "off": { "default": "allow", '$PATIENT', "write": ["'$W'"], "protect": [] },
    "ask": { "write": ["'$W'"], "protect": [".one", "two/three"] },
    "asksoff": { "write": ["'$W'"], "protect": [] },'
conf_default
daemon_start

### Attempts

attack names
ok "names: some thousand" test \
    "$(sed -n 's/^tried \([0-9]*\) .*/\1/p' "$T/attack.out")" -gt 5000
cb root --json audit tail -n 3
ok "refused calls are counted" sh -c \
    'n=$(grep -o "\"refused\":[0-9]*" "$1" | tail -n 1); n=${n#*:};
    [ "${n:-0}" -gt 1000 ]' - "$T/out"
attack tricks

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
script 'echo CONFIG_X=y >.config && cp .config sub.config &&
    mv .config x && mv x .config && cat .config && rm .config sub.config'
is "a file .config, as a kernel's" "$S $(cat "$T/out")" "0 CONFIG_X=y"
script 'ln -s out .config'
ok "a link .config is refused" test "$S" -ne 0 -a ! -h "$W/.config"
script 'mkdir -p .config && mkdir .config/git'
ok "what it begins is not to be made" test "$S" -ne 0 -a ! -e "$W/.config/git"
script 'echo "gitdir: out" >f.git; mv f.git g/.git; echo x >g2.git &&
    mkdir h && mv g2.git h/.git'
ok "a file .git is refused" test "$S" -ne 0 -a ! -e "$W/h/.git"
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
cb cbtadmin approvals show "$ID"
has "approvals show what is protected" "$T/out" "but not" ".one" "two/three"
cb cbtadmin deny "$ID"
cbbg asksoff cbtagent run -s asksoff -- ls "$W"
waiting
cb cbtadmin approvals show "$ID"
has "approvals show that nothing is" "$T/out" "no name in there is protected"
cb cbtadmin deny "$ID"
daemon_stop
finish
