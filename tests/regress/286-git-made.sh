# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: a run makes, clones, configures, moves in and removes repositories
# in a grant where names are protected, and leaves nothing in them that git
# would execute.
. "$SRC/tests/regress/lib.sh"

command -v git >/dev/null || skip_all "needs git"
SKILLS='"off": { "default": "allow", '$PATIENT', "write": ["'$W'"], "protect": [] },
    "free": { "default": "allow", '$PATIENT', "write": ["'$W'"], "execs": "off",
	"shell": true },
    "whole": { "default": "allow", '$PATIENT', "write": ["'$W'"], "protect": ["+.git"] },'
conf_default
daemon_start

as_owner() {
	su -s /bin/sh clawbot -c "cd '$W' &&  export HOME=/nonexistent \
	    GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=n@x.org \
	    GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=n@x.org; $1" >"$T/owner.out" 2>&1 ||
	    diag "owner: $(cat "$T/owner.out")"
}

# script SKILL TEXT: lines of a shell in the grant, which stop at a failure
script() {
	{
		printf 'set -e; cd %s\n' "$W"
		printf 'export GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=n@x.org\n'
		printf 'export GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=n@x.org\n'
		printf '%s\n' "$2"
	} >"$W/script"
	cb cbtagent --json run -s "$1" -- sh "$W/script"
}

# works SKILL NAME TEXT [OUTPUT]
works() {
	script "$1" "$3"
	is "$2 ($1)" "$S" 0
	[ "$S" -eq 0 ] || sed "s/.*\"refused\"/# /" "$T/out"
	[ $# -lt 4 ] || is "$2: prints ($1)" "$(json "$T/out" stdout)" "$4"
}

# fails NAME TEXT
fails() {
	script default "$2"
	ok "$1" test "$S" -ne 0
	[ "$(json "$T/out" refused)" != "[]" ] || diag "$1: nothing is told"
}

as_owner 'git init -q repo; cd repo; mkdir .vscode sub; echo 1 >f; git add .
    git commit -qm one; git branch -q other; git init -q --bare ../bare.git'

for skill in default free; do
	rm -rf "$W"/c[1-9] "$W/w" "$W/w2" "$W/made" "$W/x"
	works $skill "git init" 'git init -q made; cd made; git status --short;
	    git config core.filemode; test -f .git/hooks/pre-commit.sample' true
	works $skill "git config" 'cd made; git config user.name me;
	    git config push.default simple; git config user.name' me
	works $skill "git remote add, push -u" 'cd made; echo 1 >f; git add f;
	    git commit -qm one; git init -q ../to; git remote add o ../to;
	    git push -q -u o HEAD:m 2>/dev/null; git branch --unset-upstream;
	    git push -q -u o HEAD:m; git rev-parse --abbrev-ref @{u}' o/m
	works $skill "git remote rename, remove" 'cd made;
	    git remote rename o p; git remote remove p; git remote'
	works $skill "git branch -m, checkout -b, branch -D" 'cd made;
	    git checkout -q -b x; git branch -m y; git checkout -q -;
	    git branch -q -D y'
	works $skill "git clone of a path" 'git clone -q repo c1; cd c1;
	    git log --format=%s; git checkout -q other' one
	works $skill "git clone of file://" 'git clone -q "file://$PWD/repo" c2;
	    git -C c2 pull -q; git -C c2 remote' origin
	works $skill "where that leads" 'git -C c1 remote get-url origin;
	    git -C c2 remote get-url origin' "$W/repo/.git
file://$W/repo/.git"
	works $skill "git push to a bare one, by its name" 'cd repo;
	    git push -q ../bare.git HEAD:m; git ls-remote -h ../bare.git |
	    cut -f 2; git push -q ../bare.git :m' refs/heads/m
	works $skill "git worktree" 'cd repo; git worktree add -q ../w other;
	    git -C ../w status --short; git -C ../w log --format=%s;
	    git worktree move ../w ../w2; git worktree remove ../w2' one
	works $skill "git submodule add, update" 'cd made;
	    git -c protocol.file.allow=always submodule --quiet add "${PWD%/*}/repo" s;
	    git commit -qm s; git -C s log --format=%s; cat s/f; cd ..;
	    git -c protocol.file.allow=always clone -q --recurse-submodules \
	    made c3; git -C c3/s log --format=%s;
	    git -C c3 submodule --quiet update --init' 'one
1
one'
	works $skill "cp -a, tar, rm -rf" 'cp -a c3 c4; git -C c4 status --short;
	    git -C c4/s log --format=%s; tar cf t.tar c3; mkdir x;
	    tar xf t.tar -C x; cmp x/c3/.git/config c3/.git/config;
	    git -C x/c3 log -n 1 --format=%s; rm -rf c1 c2 c3 c4 x made t.tar;
	    rm -rf to; ls -d c* || :' 'one
s'
done
is "the watch leaves nothing of its own" \
    "$(find "$W" -name '.clawbot-*')" ""

# What git executes.
as_owner 'git -C repo config alias.st "!echo own"; chmod 600 repo/.git/config'
works default "what the owner has set stays" 'cd repo; git config user.name me'
is "what the owner has set is there" \
    "$(git config -f "$W/repo/.git/config" alias.st)" "!echo own"
is "and its mode" "$(stat -c %a "$W/repo/.git/config")" 600
cp "$W/repo/.git/config" "$T/config"
for set in "core.fsmonitor x" "core.sshCommand x" "core.hooksPath x" \
    "filter.x.clean x" "diff.external x" "alias.x !x" "include.path x" \
    "credential.helper x" "remote.x.url ext::x" "remote.x.uploadpack x" \
    "core.worktree /" "--unset alias.st" "alias.st !y"; do
	script default "cd repo; git config $set"
	case $set in
	core.worktree*) is "git config $set: is left out" "$S" 0 ;;
	*) ok "git config $set: fails" test "$S" -ne 0 ;;
	esac
	has "git config $set: is told" "$T/out" \
	    '"rule":"skills.default.protect: .git/config"'
done
ok "the configuration is as it was" cmp "$T/config" "$W/repo/.git/config"
fails "a configuration with what is executed stays" 'rm repo/.git/config'
fails "hooks" 'echo x >repo/.git/hooks/post-commit'
fails "hooks of a new repository" 'git init -q n1; rm -f n1/.git/hooks/*;
    cp script n1/.git/hooks/update'
fails "a hook by a link" 'git init -q n2; ln script n2/.git/hooks/x.sample;
    mv n2/.git/hooks/x.sample n2/.git/hooks/update'
script default 'mkdir -p n3/.git; printf "[core]\n\tfsmonitor = x\n" >n3/.git/config;
    true; ls n3/.git'
is "a configuration in place: is not there" "$(json "$T/out" stdout)" ""
has "it is told" "$T/out" '"rule":"skills.default.protect: .git/config"'
script default 'mkdir -p n4 n4/g/hooks; echo "gitdir: g" >n4/.git; true;
    ls -A n4'
is "a file .git to where nothing is protected: is not there" \
    "$(json "$T/out" stdout)" g
for to in "$W/n4/g" ../n4/g "$W/repo/.git/modules/x/.." "../repo/.git/x" \
    ../repo/.git/modules /tmp/.git "$W/repo/.git/modules//x" \
    "../g/../repo/.git" "$W/repo/.git/worktrees"; do
	script default "mkdir -p n5; echo 'gitdir: $to' >n5/.git; true; ls -A n5"
	is "a file .git to $to" "$(json "$T/out" stdout)" ""
done
for to in "$W/repo/.git" ../repo/.git ../repo/.git/worktrees/w \
    ../repo/.git/modules/a/b; do
	script default "rm -rf n5; mkdir n5; echo 'gitdir: $to' >n5/.git;
	    cat n5/.git"
	is "a file .git to $to" "$(json "$T/out" stdout)" "gitdir: $to"
done
script default 'mkdir -p repo/.git/worktrees/z; cd repo/.git/worktrees/z;
    echo /tmp >commondir; true; cat commondir'
is "where a work tree belongs cannot be chosen" "$(json "$T/out" stdout)" \
    ../..
fails "nor of what repository it is" 'cd repo; mkdir -p .git/worktrees/y;
    echo x >.git/worktrees/y/config'
fails "nor its hooks" 'cd repo; mkdir -p .git/worktrees/y/hooks'

# Directories of this machine, where a run can make a repository with hooks.
cat >"$W/evil.sh" <<'END'
rm -rf evil
git init -q --bare evil
printf '#!/bin/sh\necho >"%s/ran"\n' "$PWD" >evil/hooks/post-receive
chmod 755 evil/hooks/post-receive
END
# pushes NAME TEXT: what the owner pushes to after a run of TEXT runs nothing
pushes() {
	script default "rm -rf p; git init -q p; cd p; echo 1 >f; git add f;
	    git commit -qm 1; git branch -qM m; git config push.default current;
	    . ../evil.sh; set +e
	    $2
	    true"
	is "$1: the run" "$S" 0
	as_owner 'cd p && { git push -q; git push -q origin m; :; }'
	ok "$1: a push runs nothing" test ! -e "$W/p/ran"
	rm -f "$W/p/ran"
}

pushes "a remote" 'git remote add origin "$PWD/evil"'
pushes "a remote, by a relative path" 'git remote add origin ./evil'
pushes "a remote, by file:" 'git remote add origin "file://$PWD/evil"'
pushes "a remote, with bytes in percent" \
    'git remote add origin "file://$PWD/%65vil"'
pushes "a remote for pushes alone" 'git remote add origin h:x;
    git remote set-url --push origin evil'
pushes "a bare name" 'mv evil evil.git; git remote add origin ../p/evil.git'
pushes "a work tree that is replaced by one" 'git init -q t;
    git remote add origin "$PWD/t"; rm -rf t; mv evil t'
pushes "one called .git.git" 'git remote add origin "$PWD/x/.git"; mkdir x;
    mv evil x/.git.git; cp -r evil x/.git.git'
pushes "one by a link called .git" 'git remote add origin "$PWD/x/.git";
    mkdir x; ln -s ../evil x/.git'
pushes "the name of no remote" 'git config branch.m.remote evil'
pushes "the same for pushes" 'git config branch.m.pushRemote evil;
    git config remote.pushDefault evil'
pushes "a remote that is gone" 'git remote add evil h:x;
    git config branch.m.remote evil; git config --unset remote.evil.url'
pushes "a file of a remote" 'mkdir .git/remotes;
    echo "URL: $PWD/evil" >.git/remotes/origin'
pushes "a file of a branch" 'echo "$PWD/evil" >.git/branches/origin'
pushes "other addresses for it" 'git remote add origin h:x;
    git config "url.$PWD/evil.insteadOf" h:x;
    git config "url.$PWD/evil.pushInsteadOf" h:x'
as_owner 'git clone -q --bare repo own.git; git clone -q own.git own'
works default "a bare one that the owner has set" 'cd own; git pull -q;
    git remote rename origin o; git remote get-url o; git remote remove o' \
    "$W/own.git"
works default "its repository goes" 'rm -rf own'

# Written on after it was looked at: by a descriptor, and in memory.
cat >"$W/late.py" <<'END'
import mmap, os
evil = b"[core]\n\tfsmonitor = x\n"
good = b"[core]\n\tbare = false\n"
os.makedirs("n6/.git")
fd = os.open("n6/.git/config", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
os.write(fd, good.ljust(len(evil), b"\n"))
m = mmap.mmap(fd, len(evil))
again = os.open("/proc/self/fd/%d" % fd, os.O_RDONLY)
os.close(fd)
os.mkdir("n6/a")
m[:] = evil
os.mkdir("n6/b")
m.close()
os.mkdir("n6/c")
print(os.path.exists("n6/.git/config"))
lock = os.open("n6/.git/config.lock", os.O_RDWR | os.O_CREAT, 0o644)
os.write(lock, good.ljust(len(evil), b"\n"))
os.link("n6/.git/config.lock", "n6/other")
os.rename("n6/.git/config.lock", "n6/.git/config")
os.pwrite(lock, evil, 0)
open("n6/other", "r+b").write(evil)
print(open("n6/.git/config", "rb").read() == evil)
for name in "n6/.git/config", "n6/.git/.clawbot-1":
    try:
        os.open(name, os.O_WRONLY | os.O_CREAT)
        print("opened", name)
    except OSError as e:
        print(e.errno)
END
works default "writing on" 'python3 late.py' 'False
False
30
30'
works default "one that is still open at the end" 'mkdir -p n7/.git;
    exec 3>n7/.git/config; printf "[user]\n\tname = x\n" >&3'
is "it is there afterwards" "$(git config -f "$W/n7/.git/config" user.name)" x
is "whoever names .git keeps all of it" "$(script whole 'cd repo;
    git config user.name you'; echo "$S")" 255 ||
    json "$T/out" stderr | sed 's/^/# /'
works off "without names all is as outside" 'cd repo; git config core.pager x;
    echo x >.git/hooks/update; rm .git/hooks/update'
daemon_stop
finish
