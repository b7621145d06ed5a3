#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2034
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

# What the page says that it does not hold for.
owner 'cd repo; git checkout -q -b link main; ln -s ../f .vscode/l
    git add -A; git commit -qm link; git checkout -qf main'
commits "a symbolic link: a commit of all takes it out" "D	.vscode/l
M	f" "
    cd repo; git checkout -q link; echo 10 >f; git commit -qam w; $SHOW"
has "a symbolic link: git says that it cannot make it" "$T/err" \
    "unable to create symlink .vscode/l"
has "... and the end of the run that it was refused" "$T/err" \
    "protect: .vscode"
daemon_stop
finish
