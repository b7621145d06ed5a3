# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Builds under the profile developer, with every execve judged: none of them
# raises a question or a refusal, and what reaches beyond the project raises
# exactly one question, before anything is gone.
#
# make check leaves out what takes long; WORK=all, of make check-work, is all
# of it, with a library of this project.
#
#	BUILDS=DIR	builds every source tree in there (unpacked packages,
#			node projects with a cache of npm in .npm-cache) as
#			well, and says how long that takes, judged and not
. "$SRC/tests/regress/lib.sh"

OTHER=$(mktemp -d /srv/cbt.XXXXXX)
UNDO="$UNDO rm -rf $OTHER; "
chown clawbot "$OTHER"
# skill NAME FIELDS: with room for builds
skill() {
	echo "\"$1\": { $2
	    \"write\": [\"$W\", \"$OTHER\"], \"limits\": {
	    \"timeoutSeconds\": 590, \"memoryMB\": 0, \"processes\": 512 } },"
}
# git writes what is protected where it makes a repository
SKILLS="$(skill judged '"profile": "developer",')
    $(skill free '"profile": "developer", "protect": [],')
    $(skill off '"default": "allow", "execs": "off",')"
MORE='"tools": { "exec": { "approvalPatterns": ["rm -rf", "DROP TABLE",
    "git push --force"] } },'
conf_default
daemon_start

### Telling

# questions: so many have been asked since the daemon was started
questions() {
	cat "$T/log"/*.log | grep ' approval: ' | grep -c '"ev":"request"'
}

# refusals RUN: so many execs of it were refused
refusals() {
	cat "$T/log"/*.log | grep -F "\"ev\":\"exec\",\"run\":\"$1\"" |
	    grep -c '"verdict":"deny"'
}

# have TOOL...: where runs find programs
have() {
	for h_tool; do
		[ -x "/usr/bin/$h_tool" ] || return 1
	done
}

### Projects

# put NAME: a file of the next project, from standard input
put() {
	mkdir -p "$T/tree/$(dirname "$1")"
	cat >"$T/tree/$1"
}

# project NAME: $P, a directory of the runs' account, of what was put
project() {
	P=$W/$1
	mkdir -p "$T/tree"
	mv "$T/tree" "$P"
	chown -R clawbot "$P"
}

# in_project SKILL LINE: S, and the result in $T/out
in_project() {
	CB_TIMEOUT=600 cb cbtagent --json run -s "$1" -C "$P" --no-wait -- \
	    sh -c "$2"
}

BUILT=0 EXECS=0 ASKED=0 REFUSED=0
# build [-s SKILL] NAME LINE: in the project; it works, nobody is asked and
# nothing refused
build() {
	b_skill=judged
	[ "$1" != -s ] || {
		b_skill=$2
		shift 2
	}
	b_before=$(questions)
	in_project "$b_skill" "exec >out.log 2>&1
$2"
	b_asked=$(($(questions) - b_before))
	b_execs=$(json "$T/out" execs) || b_execs=0
	b_refused=$(refusals "$(json "$T/out" run)")
	is "$1: status" "$S" 0
	[ "$S" -eq 0 ] || tail -n 8 "$P/out.log" "$T/err" "$T/out" |
	    sed 's/^/# /'
	is "$1: questions" "$b_asked" 0
	is "$1: refusals" "$b_refused" 0
	ok "$1: its execs were seen" test "$b_execs" -gt 1
	BUILT=$((BUILT + 1)) EXECS=$((EXECS + b_execs))
	ASKED=$((ASKED + b_asked)) REFUSED=$((REFUSED + b_refused))
}

### This project

if [ "${WORK-}" != all ]; then
	skip "this project" "only of all of it"
elif have autoconf make cc; then
	tar -C "$SRC" --exclude=./build --exclude=.git --exclude=./configure \
	    --exclude=./config.h.in --exclude=./autom4te.cache \
	    -cf "$T/self.tar" .
	mkdir "$T/tree"
	tar -C "$T/tree" -xf "$T/self.tar"
	rm "$T/self.tar"
	project self
	build "this project, configured" 'autoconf && autoheader &&
	    ./configure -q'
	build "this project, a library of it" 'make -s -j2 build/libcommon.a &&
	    make -s clean'
else
	skip "this project" "needs autoconf and a compiler"
fi

### Others

put configure.ac <<'END'
AC_INIT([hello], [1.0])
AC_PROG_CC
AC_PROG_RANLIB
AC_CHECK_HEADERS([unistd.h sys/epoll.h])
AC_CHECK_FUNCS([strlcpy memfd_create])
AC_C_BIGENDIAN
AC_CONFIG_HEADERS([config.h])
AC_CONFIG_FILES([Makefile])
AC_OUTPUT
END
put Makefile.in <<'END'
all: hello
hello: hello.o
	@CC@ -o $@ hello.o
check: all
	./hello | grep hello
install: all
	install -d $(DESTDIR)/bin && install -m 755 hello $(DESTDIR)/bin
clean:
	rm -f *.o hello
	find . -name '*.tmp' -exec rm -f {} +
distclean: clean
	rm -rf config.h config.status config.log Makefile autom4te.cache
END
put hello.c <<'END'
#include <stdio.h>
int main(void) { return puts("hello") < 0; }
END
project autotools
! have autoconf make cc || build "autoconf" 'autoconf && autoheader &&
    ./configure CFLAGS=-O1 && make -j2 && make check &&
    make install DESTDIR="$PWD/inst" && make distclean'

put CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.13)
project(hello C)
enable_testing()
add_library(greet STATIC greet.c)
add_executable(hello hello.c)
target_link_libraries(hello greet)
add_custom_command(TARGET hello POST_BUILD COMMAND ${CMAKE_COMMAND} -E rm -rf
    ${CMAKE_BINARY_DIR}/scratch)
add_test(NAME hello COMMAND hello)
END
put greet.c <<'END'
const char *greet(void);
const char *greet(void) { return "hello"; }
END
put hello.c <<'END'
#include <stdio.h>
const char *greet(void);
int main(void) { return puts(greet()) < 0; }
END
project cmake
! have cmake make cc || build "cmake" 'cmake -S . -B b &&
    cmake --build b -j2 && cd b && ctest && make clean'
! have cmake ninja cc || build "cmake with ninja" 'cmake -G Ninja -S . -B n &&
    cmake --build n && ninja -C n clean'

put package.json <<'END'
{ "name": "hello", "version": "1.0.0",
  "dependencies": { "dep": "file:dep" },
  "scripts": { "postinstall": "node -e 1", "build": "mkdir -p dist && cp i.js dist/",
    "clean": "rm -rf dist", "test": "node i.js && npm run build && npm run clean" } }
END
put i.js <<'END'
require("dep");
END
put dep/package.json <<'END'
{ "name": "dep", "version": "1.0.0", "main": "d.js",
  "scripts": { "postinstall": "rm -rf cache && node -e 1" } }
END
put dep/d.js <<'END'
console.log("dep");
END
project npm
! have npm node || build "npm ci" 'export HOME=/tmp npm_config_offline=true \
    npm_config_update_notifier=false
npm install && rm -rf /tmp/x && npm ci && npm test'

put lib/Hello.pm <<'END'
package Hello;
our $VERSION = "1.0";
sub hello { return "hello" }
1;
END
put Makefile.PL <<'END'
use ExtUtils::MakeMaker;
WriteMakefile(NAME => "Hello", VERSION_FROM => "lib/Hello.pm");
END
put t/1.t <<'END'
use Test::More tests => 1;
use Hello;
is(Hello::hello(), "hello");
END
project perl
! have perl make || build "perl" 'perl Makefile.PL && make && make test &&
    make realclean'

put hello.py <<'END'
import shutil, subprocess, unittest
class T(unittest.TestCase):
    def test(self):
        self.assertEqual(subprocess.check_output(["echo", "x"]), b"x\n")
    def test_clean(self):
        subprocess.check_call(["rm", "-rf", "__pycache__/x"])
END
project python
! have python3 || build "python" 'python3 -m unittest hello &&
    python3 -m compileall -q . && python3 -m venv --without-pip v &&
    v/bin/python3 -m unittest hello'

# What there is of a repository before a run: where names are protected, none
# can make one.
if have git cc; then
	put a.c <<-'END'
	int main(void) { return 0; }
	END
	put Makefile <<-'END'
	all: a.o
	END
	(
		cd "$T/tree" && HOME=/nonexistent && git init -q -b main . &&
		git config user.name x && git config user.email x@y &&
		git add -A && git commit -q -m one
	) || bail "no repository"
	project git
	build "git" 'export HOME=/tmp
git checkout -q -b topic && echo >>a.c && git stash && git stash pop &&
git commit -q -a -m two && git checkout -q main && echo >b.c && git add b.c &&
git commit -q -m three && git checkout -q topic && git rebase -q main &&
git checkout -q main && git merge -q topic && git gc -q && git fsck &&
git log --oneline | cat && git status --short && git bisect start HEAD HEAD~2 &&
git bisect run make -s && git bisect reset'
	put .gitconfig <<-'END'
	[protocol "file"]
		allow = always
	END
	project fresh
	build -s free "git, anew" 'export HOME="$PWD"
git init -q -b main one && cd one && git config user.name x &&
git config user.email x@y && echo >a && git add a && git commit -q -m one &&
cd .. && git clone -q one two && git clone -q --bare one three.git &&
cd two && git config user.name x && git config user.email x@y &&
git submodule add -q ../one sub &&
git commit -q -m sub && git submodule status && git pull -q &&
git worktree add -q ../tree && git worktree list && git repack -q -a -d'
else
	skip "git" "needs git and a compiler"
fi

### What reaches beyond

# A project whose script, makefile, test and hook do what they are told by
# $WHAT, and a repository to push to.
put s.sh <<'END'
eval "$WHAT"
echo "status: $?"
END
put Makefile <<'END'
gone:
	$(WHAT)
END
put p.py <<'END'
import os, shlex, subprocess
try:
    subprocess.call(shlex.split(os.environ["WHAT"]))
except OSError as e:
    print("status:", e.errno)
END
put package.json <<'END'
{ "name": "hello", "version": "1.0.0",
  "scripts": { "postinstall": "eval \"$WHAT\"" } }
END
put package-lock.json <<'END'
{ "name": "hello", "version": "1.0.0", "lockfileVersion": 3,
  "packages": { "": { "name": "hello", "version": "1.0.0" } } }
END
put inside/file </dev/null
have git && (
	cd "$T/tree" && HOME=/nonexistent && git init -q -b main . &&
	git config user.name x && git config user.email x@y &&
	git commit -q --allow-empty -m one &&
	git init -q -b main --bare "$OTHER/far.git" &&
	git remote add origin "$OTHER/far.git" && git push -q origin main &&
	git commit -q --amend --allow-empty -m two &&
	chown -R clawbot "$OTHER/far.git"
) >/dev/null 2>&1
project beyond
touch "$OTHER/file"
chown clawbot "$OTHER/file"

# stands WHEN: everything that could be gone
stands() {
	ok "$a_name: everything stands $1" \
	    test -e "$P/s.sh" -a -e "$P/inside/file" -a -e "$OTHER/file"
	[ ! -d "$OTHER/far.git" ] || is "$a_name: nothing is pushed $1" \
	    "$(git --git-dir="$OTHER/far.git" -c safe.directory=* \
	    log -1 --format=%s main)" one
}

# asks_once NAME LINE WHAT ERROR: one question while all of it stands; it is
# denied, and what asked for it is told
asks_once() {
	a_name=$1
	a_before=$(questions)
	cbbg once cbtagent run -s judged -C "$P" -- sh -c "export HOME=/tmp \
	    npm_config_offline=true WHAT='$3'
$2"
	a_pid=$BGPID
	waiting
	is "$a_name: questions" "$(($(questions) - a_before))" 1
	stands "while it is asked about"
	cb cbtadmin --json approvals
	cb cbtadmin deny "$(json "$T/out" approvals.0.question)"
	status_of "$a_pid"
	is "$a_name: questions in the end" "$(($(questions) - a_before))" 1
	stands "when it was denied"
	ok "$a_name: the call failed with EACCES" \
	    grep -q "$4" "$T/once.out" "$T/once.err"
}

build "what is in the project may go" 'export WHAT="rm -rf inside/x"
sh ./s.sh && make gone && python3 p.py'
for what in "rm -rf $P" 'rm -r -f ..' "rm -rf $OTHER/file" \
    'git push --force origin main'; do
	case $what in
	git*)	have git || continue ;;
	esac
	asks_once "a script: $what" 'sh ./s.sh' "$what" 'ermission denied'
	asks_once "a makefile: $what" 'make gone' "$what" 'ermission denied'
	! have python3 || asks_once "python: $what" 'python3 p.py' "$what" \
	    '^status: 13$'
	case ${WORK-}$what in
	all* | *" $P" | git*)
		! have npm || asks_once "npm: $what" 'npm ci' "$what" \
		    'ermission denied' ;;
	esac
done

# A link out of the project is no way around the question, and a directory
# that only the runs' account may search none to it.
ln -s "$OTHER" "$P/link"
mkdir -p "$P/closed/x" "$P/closed/y"
chown -R clawbot "$P/closed"
chmod 700 "$P" "$P/closed"
for what in 'rm -rf link/file' 'find link/ -name file -delete' \
    'rm -r -f inside/../link/file'; do
	asks_once "a link: $what" 'sh ./s.sh' "$what" 'ermission denied'
done
build "what only the account may search" 'export WHAT="rm -rf closed/x"
sh ./s.sh && test ! -e closed/x && cd closed && WHAT="rm -rf ./y ../link" &&
sh ../s.sh && test ! -e y && test ! -L ../link'

### At length

# line_of: how what is in the project is built
line_of() {
	if [ -f "$P/package-lock.json" ]; then
		echo 'export HOME=/tmp; npm ci --offline --no-audit' \
		    "--cache $P/.npm-cache && npm test"
	elif [ -f "$P/configure" ]; then
		echo './configure && make -j2 &&' \
		    "make install DESTDIR=$P/inst && make clean"
	elif [ -f "$P/CMakeLists.txt" ]; then
		echo 'cmake -S . -B b.d && cmake --build b.d -j2 &&' \
		    'cmake --build b.d --target clean'
	elif [ -f "$P/pyproject.toml" ] || [ -f "$P/setup.py" ]; then
		echo 'export HOME=/tmp; python3 -m venv v.d && v.d/bin/pip' \
		    'install -q --no-index --no-build-isolation .'
	elif [ -f "$P/Makefile.PL" ]; then
		echo 'perl Makefile.PL && make && make test && make clean'
	else
		echo 'make -j2 && make clean'
	fi
}

# timed DIR SKILL: a build of a copy; TOOK and CPU in milliseconds
timed() {
	cp -a "$1" "$T/tree"
	project "$(basename "$1").$2"
	if [ "$2" = judged ]; then
		build "${1##*/}" "$(line_of)"
	else
		# a line would be asked about where nothing is judged later
		printf '#!/bin/sh\nexec >out.log 2>&1\n%s\n' "$(line_of)" \
		    >"$P/line.sh"
		chmod 755 "$P/line.sh"
		CB_TIMEOUT=600 cb cbtagent --json run -s "$2" -C "$P" \
		    --no-wait -- ./line.sh
		is "${1##*/}, not judged: status" "$S" 0
	fi
	TOOK=$(($(json "$T/out" wall_us || echo 0) / 1000))
	CPU=$((($(json "$T/out" user_us || echo 0) +
	    $(json "$T/out" sys_us || echo 0)) / 1000))
	rm -rf "$P"
}

JUDGED=0 FREE=0 JUDGED_CPU=0 FREE_CPU=0
for dir in ${BUILDS:+"$BUILDS"/*/}; do
	dir=${dir%/}
	timed "$dir" off
	free=$TOOK free_cpu=$CPU
	timed "$dir" judged
	JUDGED=$((JUDGED + TOOK)) FREE=$((FREE + free))
	JUDGED_CPU=$((JUDGED_CPU + CPU)) FREE_CPU=$((FREE_CPU + free_cpu))
	diag "${dir##*/}: $b_execs execs, $b_asked questions," \
	    "$b_refused refusals, $TOOK ms judged, $free ms not; of" \
	    "processors $CPU and $free_cpu ms"
done
[ -z "${BUILDS-}" ] || diag "in all $JUDGED ms judged, $FREE ms not; of" \
    "processors $JUDGED_CPU and $FREE_CPU ms"
diag "$BUILT builds, $EXECS execs, $ASKED questions, $REFUSED refusals"
daemon_stop
finish
