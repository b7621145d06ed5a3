#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016,SC2034
#
# Promise: what git could not check out under a protected name no commit
# deletes, be it by "git add -A" or "git commit -a", in clones, branches and
# work trees.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/protect.sh
. "$SRC/tests/regress/protect.sh"

command -v git >/dev/null || skip_all "needs git"
conf_default
daemon_start

# commits NAME WANTED TEXT: lines of a shell in the grant; what they print
commits() {
	{
		printf 'set -e; cd %s\n' "$W"
		printf 'export GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=n@x.org\n'
		printf 'export GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=n@x.org\n'
		printf '%s\n' "$3"
	} >"$W/script"
	cb cbtagent run -- sh "$W/script"
	is "$1" "$S $(cat "$T/out")" "0 $2"
	[ "$S" -eq 0 ] || sed 's/^/# /' "$T/err"
}

SHOW='git show --format= --name-status --no-renames'
owner 'git init -q -b main repo; cd repo; git config user.name n
    git config user.email n@example.org; mkdir .vscode; echo 1 >f
    echo "main'"'"'s" >.vscode/tasks.json; git add -A; git commit -qm one
    git checkout -q -b editor; mkdir -p .idea/deep d
    echo "editor'"'"'s" >.vscode/tasks.json; echo x >.vscode/settings.json
    echo x >.idea/x; echo x >.idea/deep/y; echo x >.envrc; echo x >d/.envrc
    echo 2 >f; git add -A; git commit -qm two; git checkout -q main'

commits "a clone: add -A and commit" "M	f" "
    git clone -q -b editor repo c; cd c; echo 3 >f; git status --short >&2
    git add -A; git commit -qm w; $SHOW"
has "a clone: git sees what was changed" "$T/err" " M f"
hasnot "a clone: and nothing else" "$T/err" " D "
has "a clone: what did not come is told" "$T/err" "changes were refused" \
    "protect: .vscode" "protect: .idea" "protect: .envrc"
commits "a later run: commit -a" "M	f" "
    cd c; echo 4 >f; git commit -qam w; $SHOW"
commits "git stash, reset --hard, checkout of all: commit -a" "M	f" "
    cd c; echo 5 >f; git stash -q; git reset -q --hard; git stash pop -q
    git checkout -q HEAD -- . ; echo 6 >f; git commit -qam w; $SHOW"
commits "to a branch without them, and back: add -A" "M	f" "
    cd c; git checkout -q -b m origin/main; git checkout -q editor
    echo 7 >f; git add -A; git commit -qm w; $SHOW"
commits "index of version 4: commit -a" "M	f" "
    git -c index.version=4 clone -q -b editor repo v; cd v; echo 3 >f
    git commit -qam w; $SHOW"
commits "SHA-256: commit -a" "M	f" "
    git init -q --object-format=sha256 -b main s; cd s; echo 1 >f
    git add -A; git commit -qm one
    o=\$(echo x | git hash-object -w --stdin)
    git update-index --add --cacheinfo 100644,\$o,.vscode/a
    git commit -qm two; git reset -q --hard; echo 2 >f
    git commit -qam w; $SHOW"
commits "a work tree: commit -a" "M	f" "
    cd c; git worktree add -q ../w origin/editor 2>/dev/null; cd ../w
    echo 8 >f; git commit -qam w; $SHOW"
commits "a checkout over what the owner has: commit -a" "M	.vscode/tasks.json
M	f" "
    cd repo; git checkout -q editor; echo 9 >f; git commit -qam w; $SHOW
    git checkout -qf main"
is "and the owner has it still" "$(cat "$W/repo/.vscode/tasks.json")" "main's"
commits "who wants them gone can say so" "D	.vscode/settings.json" "
    cd v; git rm -q --cached --sparse .vscode/settings.json; git commit -qm w
    $SHOW"
commits "git fsck finds the index sound" "" "
    cd c; git fsck --no-progress --no-dangling"
owner 'cd c; git update-index --no-skip-worktree .envrc
    git checkout -q -- .envrc; cat .envrc'
is "outside, the owner can have them" "$(cat "$T/owner.out")" x

# Links, and what is another repository.
owner 'cd repo; git checkout -q -b link main; ln -s ../f .vscode/l
    ln -s ../f l; mkdir .idea; ln -s nowhere .idea/m; ln -s f .envrc
    git add -A; git update-index --add --cacheinfo \
    160000,$(git rev-parse HEAD),.vscode/sub; git commit -qm link
    git checkout -qf main'
commits "links: a clone, and commit -a" "M	f" "
    git clone -q -b link repo k; cd k; test ! -e .vscode/l; test -L l
    echo 3 >f; git commit -qam w; $SHOW"
has "links: what did not come is told" "$T/err" "changes were refused" \
    "protect: .vscode" "protect: .idea" "protect: .envrc"
ok "links: nothing of them is there" test -z \
    "$(find "$W/k/.vscode" "$W/k/.idea" "$W/k/.envrc" -type l 2>/dev/null)"
commits "links: a later run, add -A" "M	f" "
    cd k; echo 4 >f; git status --short >&2; git add -A; git commit -qm w
    $SHOW"
hasnot "links: and git sees nothing else" "$T/err" " D " "??"
commits "links: to a branch without them, and back" "M	f" "
    cd k; git checkout -q -b m origin/main; git checkout -q link
    echo 5 >f; git commit -qam w; $SHOW"
commits "links: merge, and add -A" "M	f" "
    cd k; git checkout -q m; git merge -q -m m origin/link
    echo 6 >f; git add -A; git commit -qm w; $SHOW"
commits "links: stash, reset --hard, restore" "M	f" "
    cd k; echo 7 >f; git stash -q; git reset -q --hard; git stash pop -q
    git restore -q -s HEAD -W -- .vscode || true
    git commit -qam w; $SHOW"
commits "links: a work tree" "M	f" "
    cd k; git worktree add -q ../x origin/link 2>/dev/null; cd ../x
    echo 8 >f; git commit -qam w; $SHOW"
owner 'cd k; git update-index --no-skip-worktree .vscode/l
    git checkout -q -- .vscode/l; readlink .vscode/l'
is "outside, the owner can have them" "$(cat "$T/owner.out")" ../f
commits "what the owner has stays" "M	f" "
    cd k; git checkout -q m~1 2>/dev/null; git checkout -q link
    echo 9 >f; git commit -qam w; $SHOW"
is "... as it was" "$(readlink "$W/k/.vscode/l")" ../f
owner 'ln -s /proc/clawbot/this-name-is-protected k/.idea/left
    ln -s /proc/clawbot/this k/.idea/other'
cb cbtagent run -C "$W/k/.idea" -- rm left
is "what a run that was killed has left any run removes" \
    "$S $(find "$W/k/.idea" -name left)" "0 "
cb cbtagent run -C "$W/k/.idea" -- rm other
ok "... and no other one" test "$S" -ne 0
cb cbtagent run -C "$W/k" -- ln -s ../f .idea/n
ok "nobody else makes one" test "$S" -ne 0
has "... and is told why" "$T/err" "Read-only file system"
cp /usr/bin/ln "$W/git"
chmod 755 "$W/git"
cb cbtagent run -C "$W/k" -- sh -c '../git -s ../f .idea/n; ls -A .idea'
is "who is called git makes none either" "$S $(cat "$T/out")" "0 other"
daemon_stop
finish
