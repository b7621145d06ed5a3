# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: git goes through a tree in which names are protected, an editor's
# settings for instance, from its beginning to its end.  What is there under
# such a name stays, what is not there does not come, and both are told.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/protect.sh
. "$SRC/tests/regress/protect.sh"

command -v git >/dev/null || skip_all "needs git"
SKILLS='"free": { "default": "allow", "write": ["'$W'"], "execs": "off",
	"shell": true },
    "open": { "default": "allow", "write": ["'$W'"],
	"protect": ["-.vscode", "-.idea", "-.envrc", "-.claude"] },'
conf_default
daemon_start

# script SKILL TEXT: lines of a shell in the grant, which stop at a failure
script() {
	{
		printf 'set -e; cd %s\n' "$W"
		printf 'export GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=n@x.org\n'
		printf 'export GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=n@x.org\n'
		printf '%s\n' "$2"
	} >"$W/script"
	cb cbtagent run -s "$1" -- sh "$W/script"
}

# works SKILL NAME TEXT [OUTPUT]
works() {
	script "$1" "$3"
	if [ $# -lt 4 ]; then
		is "$2 ($1)" "$S" 0
	else
		is "$2 ($1)" "$S $(cat "$T/out")" "0 $4"
	fi
	[ "$S" -eq 0 ] || sed 's/^/# /' "$T/err"
}

# kept NAME: what the owner has there is there, byte by byte
kept() {
	is "$1: what the owner has there" "$(cd "$W/repo" &&
	    cat .vscode/tasks.json .idea/workspace.xml .envrc)" \
	    "owner's tasks${NL}owner's runs${NL}owner's env"
	is "$1: and nothing else" "$(cd "$W" && find . \( -path '*/.vscode/*' \
	    -o -path '*/.idea/*' -o -path '*/.claude/*' -o -name .envrc \) \
	    -type f | sort | tr '\n' ' ')" "./repo/.envrc \
./repo/.idea/workspace.xml ./repo/.vscode/tasks.json "
}

# main: what the owner has; other: other tasks, new settings, no .idea
owner 'git init -q repo; cd repo; git config user.name n
    git config user.email n@example.org; git checkout -q -b main
    mkdir .vscode .idea; echo "owner'"'"'s tasks" >.vscode/tasks.json
    echo "owner'"'"'s runs" >.idea/workspace.xml
    echo "owner'"'"'s env" >.envrc; echo 1 >f; mkdir d; echo 1 >d/z
    git add -A; git commit -qm one
    git checkout -q -b other; echo evil >.vscode/tasks.json
    git rm -qr .idea; mkdir -p .claude/a .vscode/b; echo evil >.claude/a/x
    echo evil >.vscode/b/settings.json; echo evil >.envrc; echo 2 >f; echo 2 >y
    git rm -q d/z; git add -A; git commit -qm two
    git checkout -q main'

for s in default free; do
	works $s "git checkout" 'cd repo; git checkout -q other
	    git rev-parse --abbrev-ref HEAD; cat f y; ls d 2>/dev/null || :
	    git status --short' "other
2
2
 M .envrc
 M .vscode/tasks.json
?? .idea/"
	has "git checkout: it is told ($s)" "$T/err" \
	    "changes were refused in the run: " \
	    "skills.$s.protect: .vscode (" "skills.$s.protect: .idea" \
	    "skills.$s.protect: .envrc" "skills.$s.protect: .claude"
	kept "git checkout ($s)"
	works $s "git checkout -f back" 'cd repo; git checkout -qf main
	    git status --short; cat f d/z; ls -A' "1
1
.envrc
.git
.idea
.vscode
d
f"
	kept "git checkout -f back ($s)"
	works $s "git stash, pop" 'cd repo; echo 3 >f; git stash -q; cat f
	    git stash pop -q; cat f; git checkout -q f' "1
3"
	hasnot "git stash: nothing to tell ($s)" "$T/err" refused
	works $s "git reset --hard, there and back" 'cd repo
	    git reset -q --hard other; cat f
	    git reset -q --hard ORIG_HEAD; cat f
	    git status --short' "2
1"
	kept "git reset ($s)"
	works $s "git merge" 'cd repo; git checkout -q -b m; git merge -q other
	    git log --format=%s -n 1; cat f; git checkout -qf main
	    git branch -q -D m; git status --short' "two
2"
	kept "git merge ($s)"
	works $s "git rebase, cherry-pick" 'cd repo; git checkout -q -b r
	    echo 5 >g; git add g; git commit -qm three
	    git cherry-pick other >/dev/null; cat f y; git checkout -qf main
	    git branch -q -D r' "2
2"
	kept "git cherry-pick ($s)"
	works $s "git clone, pull, rm -rf" 'git clone -q -b main repo c; cd c
	    cat f; git log --format=%s; git checkout -qf other; git pull -q
	    cd ..; rm -rf c; ls' "1
one
repo
script"
	kept "git clone ($s)"
	works $s "git worktree add, remove" 'cd repo
	    git worktree add -q ../w other; cat ../w/y; ls -A ../w/.vscode
	    git worktree remove --force ../w; ls ..' "2
b
repo
script"
	works $s "git submodule" 'git init -q s; cd s
	    git -c protocol.file.allow=always submodule --quiet add \
		"${PWD%/*}/repo" m; cat m/f; cd ..; rm -rf s' 1
	kept "others ($s)"
	works $s "git apply" 'cd repo; git diff main other >../p
	    git apply ../p; cat y; git checkout -q f d; rm y ../p' 2
	kept "git apply ($s)"
done
works open "without these names all is as outside" 'cd repo
    git checkout -q other; cat .vscode/tasks.json .envrc; ls -A .claude
    git checkout -q main; git status --short' "evil
evil
a"
hasnot "nothing is refused" "$T/err" refused
kept "without these names"

# Whoever is not called git is told as ever.
script default 'cd repo; rm .vscode/tasks.json'
ok "rm fails" test "$S" -ne 0
has "and says why" "$T/err" "Read-only file system"
script default 'cd repo; echo x >.vscode/n'
ok "a shell fails" test "$S" -ne 0
script default 'cd repo; mkdir .claude'
ok "mkdir fails" test "$S" -ne 0 -a ! -e "$W/repo/.claude"
script default 'mkdir x; cd x; tar cf t.tar -C ../repo .; tar xf t.tar; true'
has "tar says what it leaves out" "$T/err" ".vscode"
works default "tar goes on" 'cat x/f; rm -rf x' 1

# And whoever calls himself git gets nothing for it.
install -m 755 "$(command -v python3)" "$W/git"
cat >"$W/as-git.py" <<'END'
import ctypes, os, socket, threading
os.chdir("repo")
libc = ctypes.CDLL(None, use_errno=True)
def no(what, f, *a):
    try:
        r = f(*a)
        print("REACHED", what, r)
    except OSError as e:
        if e.errno not in (30, 17, 39, 18, 2, 1, 20, 98):
            print("odd", what, e)
evil = lambda fd: (os.write(fd, b"evil"), os.close(fd))
N = os.O_CREAT | os.O_EXCL | os.O_WRONLY
names = [".vscode/new.json", ".vscode/tasks.json", ".envrc", ".bashrc",
    ".claude", ".ssh", ".idea/workspace.xml", "../n/.zshrc", ".vscode/b"]
os.makedirs("../n", exist_ok=True)
os.makedirs("../evil.d/sub", exist_ok=True)
evil(os.open("../evil.d/tasks.json", os.O_CREAT | os.O_WRONLY))
for n in names:
    for flags in (N, N | os.O_APPEND, os.O_CREAT | os.O_EXCL | os.O_RDWR):
        try:
            fd = os.open(n, flags, 0o777)
        except OSError:
            continue
        # by its descriptor, by /proc, mapped, and by a second name
        os.write(fd, b"evil")
        no("link", os.link, "/proc/self/fd/%d" % fd, n)
        no("link, followed", lambda: libc.linkat(-100,
            b"/proc/self/fd/%d" % fd, -100, n.encode(), 0x400) and
            (_ for _ in ()).throw(OSError(ctypes.get_errno(), "linkat")))
        os.fchmod(fd, 0o777)
        os.close(fd)
    for what in (os.O_WRONLY, os.O_RDWR | os.O_TRUNC):
        no("open", os.open, n, what)
    # a link is there until the next call, and leads nowhere
    try:
        os.symlink("../evil.d", n)
    except OSError:
        pass
    no("through a link", os.open, n + "/tasks.json", os.O_RDONLY)
    if os.path.islink(n) and os.path.exists(n):
        print("REACHED by a link", os.readlink(n))
    for what, f in (("mkdir", os.mkdir), ("open", lambda p:
        os.open(p, os.O_CREAT | os.O_WRONLY))):
        try:
            os.symlink("../evil.d", n)
        except OSError:
            pass
        no(what + " through a link", f, n + "/sub")
    if os.path.islink(n):
        print("REACHED a link that stays", n)
    try:
        os.symlink("../evil.d", n)
    except OSError:
        pass
    no("rename of a link", os.rename, n, "../n/moved")
    if os.path.islink("../n/moved"):
        print("REACHED a link that is moved")
    no("rename", os.rename, "../evil.d/tasks.json", n)
    no("rename of a directory", os.rename, "../evil.d", n)
    no("mknod", os.mkfifo, n)
    s = socket.socket(socket.AF_UNIX)
    no("socket", s.bind, n)
for n in (".git.git", "../n/.git.git", ".clawbot-x", ".git/hooks/pre-push",
    ".git/config.worktree", "../n/.clawbot-1/x"):
    no("mkdir " + n, os.mkdir, n)
# an empty directory is all that there is, and it stays one
os.makedirs("../n/.vscode/a", exist_ok=True)
no("into it", os.rename, "../evil.d/tasks.json", "../n/.vscode/tasks.json")
no("moved", os.rename, "../n/.vscode", "../n/x")
no("over it", os.rename, "../evil.d", "../n/.vscode/a")
no("linked", os.link, "../evil.d/tasks.json", "../n/.vscode/a/x")
# nor does one stay by who takes from its directory what removes it
os.makedirs("../v", exist_ok=True)
turns = threading.Semaphore(0), threading.Semaphore(0)
def close_it():
    for i in range(3):
        turns[0].acquire()
        os.chmod("../v", 0o555)
        turns[1].release()
th = threading.Thread(target=close_it)
th.start()
for n in (".envrc", ".vscode", ".bashrc"):
    os.chmod("../v", 0o755)
    try:
        os.symlink("../evil.d", "../v/" + n)
    except OSError as e:
        print("odd link", n, e)
    turns[0].release()
    turns[1].acquire()
    os.umask(os.umask(0))
    if os.path.islink("../v/" + n):
        print("REACHED a link that stays in a directory", n)
th.join()
# told that it is gone, it is not
os.unlink(".vscode/tasks.json")
print(open(".vscode/tasks.json").read().strip())
# a directory that becomes a protected one while files are made in it
stop = False
def turn():
    while not stop:
        for a, b in (("../t", "../u"), ("../u", "../t")):
            try:
                os.rename(a, b)
            except OSError:
                pass
os.makedirs("../t/.vscode", exist_ok=True)
th = threading.Thread(target=turn)
th.start()
for i in range(300):
    for d in ("../t", "../u"):
        for n in (".vscode/x", "x"):
            try:
                evil(os.open(d + "/" + n, N))
            except OSError:
                pass
        try:
            os.rename(d + "/x", d + "/.vscode/x")
            print("REACHED by a rename")
        except OSError:
            pass
        try:
            os.unlink(d + "/x")
        except OSError:
            pass
stop = True
th.join()
END
for s in default free; do
	works $s "a program called git" './git as-git.py' "owner's tasks"
	ok "it was refused ($s)" grep -q "changes were refused" "$T/err"
	is "nothing of it is there ($s)" "$(grep -rl evil "$W" \
	    --include='*' 2>/dev/null | grep -v '/\.git/' |
	    grep -vE '/(as-git.py|evil.d/tasks.json|[ntu]/x)$')" ""
	is "nor any other name ($s)" "$(cd "$W" && find repo n t u v ! -type d \
	    \( -path '*/.vscode/*' -o -path '*/.idea/*' -o -name '.[b-e]*' \
	    -o -name '.zshrc' -o -name '.ssh' -o -name '.clawbot*' \) \
	    2>/dev/null | grep -v '/\.git/' | sort | tr '\n' ' ')" \
	    "repo/.envrc repo/.idea/workspace.xml repo/.vscode/tasks.json "
	works $s "and goes again" 'rm -rf n t u v evil.d'
done
kept "a program called git"
daemon_stop
finish
