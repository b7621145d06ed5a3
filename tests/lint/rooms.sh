#!/bin/sh
# SPDX-License-Identifier: ISC
#
# rooms.sh [-v] BUILD ROLE...: which files of a role call each other in a
# circle: none may.  And a folder inside a role is a room, which calls only
# what does not call it back; but a room that has one door, a single function
# that all others call, may be called from anywhere.
#
# What calls what is read from the objects, which are built where they are
# not; a call through a pointer that was handed over is none.  -v tells how
# much was looked at.

set -u
cd "$(dirname "$0")/../.." || exit 1
verbose=0
if [ "$1" = -v ]; then
	verbose=1
	shift
fi
B=$1
shift

# FILE U|D SYMBOL, FILE without .o
symbols() {
	for s_src in $(find "$1" -name '*.c' | LC_ALL=C sort); do
		s_obj=$B/obj/${s_src%.c}.o
		nm "$s_obj" | awk -v file="${s_src%.c}" '
		$(NF - 1) == "U" { print file, "U", $NF }
		$(NF - 1) ~ /^[A-TV-Z]$/ { print file, "D", $NF }'
	done
}

# Circles of the graph whose edges are read; of files, then of rooms.
circles() {
	awk -v role="$1" -v verbose="$verbose" '
	# the folder, or the file itself at the top
	function room(f,   parts) {
		return split(f, parts, "/") > 2 ? parts[1] "/" parts[2] : f
	}
	function close_over(what, nodes, n,   i, j, k) {
		for (k = 1; k <= n; k++)
			for (i = 1; i <= n; i++) {
				if (!((what, nodes[i], nodes[k]) in edge))
					continue
				for (j = 1; j <= n; j++)
					if ((what, nodes[k], nodes[j]) in edge)
						edge[what, nodes[i], nodes[j]]
			}
	}
	# tells each of them; the size of the largest one
	function look(what, nodes, n,   i, j, k, list, dirs, seen, most) {
		close_over(what, nodes, n)
		for (i = 1; i <= n; i++) {
			if (nodes[i] in seen)
				continue
			k = 1
			list = nodes[i]
			dirs = !(nodes[i] in known)
			for (j = i + 1; j <= n; j++) {
				if (!((what, nodes[i], nodes[j]) in edge) ||
				    !((what, nodes[j], nodes[i]) in edge))
					continue
				seen[nodes[j]]
				list = list " " nodes[j]
				k++
				dirs += !(nodes[j] in known)
			}
			if (k > most)
				most = k
			# files at the top are looked at as files
			if (k > 1 && (what == "file" || dirs > 0)) {
				print what ": " k " call each other: " list
				bad = 1
			}
		}
		return most
	}
	$2 == "D" { home[$3] = $1 }
	$2 == "U" { user[++nuses] = $1; used[nuses] = $3 }
	!($1 in known) {
		known[$1]
		files[++nfiles] = $1
		if (!(room($1) in isroom)) {
			isroom[room($1)]
			rooms[++nrooms] = room($1)
		}
	}
	END {
		for (i = 1; i <= nuses; i++) {
			if (!(used[i] in home))
				continue
			to = home[used[i]]
			edge["file", user[i], to]
			if (room(to) == room(user[i]) ||
			    (room(to), used[i]) in door)
				continue
			door[room(to), used[i]]
			doors[room(to)]++
		}
		for (i = 1; i <= nuses; i++) {
			if (!(used[i] in home))
				continue
			to = room(home[used[i]])
			if (to != room(user[i]) &&
			    (doors[to] > 1 || to in known))
				edge["room", room(user[i]), to]
		}
		most = look("file", files, nfiles)
		look("room", rooms, nrooms)
		if (verbose)
			print role ": " nfiles " files, " nrooms \
			    " rooms, largest circle " most
		exit bad
	}'
}

bad=0
for role in "$@"; do
	objs=$(find "$role" -name '*.c' | sed "s|^\(.*\)\.c\$|$B/obj/\1.o|")
	# shellcheck disable=SC2086 # a list
	${MAKE-make} -s B="$B" $objs >&2 || exit 1
	symbols "$role" | circles "$role" || bad=1
done
exit $bad
