#!/bin/sh
# SPDX-License-Identifier: ISC
# What a request's programs remove below its directory is not asked about; what
# they remove by a link in there, that leads elsewhere, is.
# shellcheck disable=SC2317 # functions that others call
. "$SRC/tests/regress/lib.sh"

mkdir "$W/top" "$W/else" "$W/top/dir"
chmod 1777 "$W/top" "$W/else" "$W/top/dir"
SKILLS='"judged": { "default": "allow", "write": ["'"$W"'"], "protect": [],
    "limits": { "timeoutSeconds": 600 } },'
# shellcheck disable=SC2034 # read by conf_default
MORE='"tools": { "exec": { "approvalPatterns": ["rm -rf", "find **", "git clean -f",
    "cmake -E remove_directory", "tar --remove-files"] } },'
conf_default
daemon_start

waits() {
	cb cbtadmin --json approvals &&
	    ID=$(json "$T/out" approvals.0.question)
}

# remove NAME LINE
remove() {
	printf 'mkdir -p dir/a ../else/a; ln -sfn ../else link\n%s\n' "$2" \
	    >"$W/top/script"
	until_true 60 nothing_waits || bail "one is asked about still"
	cbbg one cbtagent run -s judged -C "$W/top" -- /bin/sh -c 'sh script'
}

free() {
	remove "$@"
	status_of "$BGPID"
	is "$1: goes on" "$S" 0
}

asked() {
	remove "$@"
	ok "$1: asked about" until_true 60 waits
	cb cbtadmin deny "$ID"
	status_of "$BGPID"
	never ok "... and not removed" test -e "$W/else/a"
}

free "below" 'rm -rf dir/a && ! test -e dir/a'
free "what is not there" 'rm -rf none/a'
free "a link itself" 'rm -rf link && ! test -h link'
asked "by a link" 'rm -rf link/a'
asked "what a link leads to" 'find link/ -delete'
asked "by a whole path" "rm -rf $W/top/link/a"

# other programs that remove, where their words tell what
free "below, by git" 'git init -q r; cd r && touch x && git clean -fdqx &&
    ! test -e x'
free "below, by tar" 'touch y; tar cf a.tar --remove-files y && ! test -e y'
asked "above, by tar" "tar cf a.tar --remove-files ../else/a"
asked "by a link, by tar" "tar cf a.tar --remove-files link/a"
if command -v cmake >/dev/null; then
	free "below, by cmake" 'cmake -E remove_directory dir/a &&
	    ! test -e dir/a'
	asked "above, by cmake" 'cmake -E remove_directory ../else/a'
	asked "by a link, by cmake" 'cmake -E remove_directory link/a'
fi
daemon_stop
finish
