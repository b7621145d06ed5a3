# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2317
#
# Builds under the profile developer, with every execve judged: none of them
# raises a question, and what reaches beyond the project raises exactly one,
# before anything is gone.
. "$SRC/tests/regress/lib.sh"

conf_default
"$B/clawbotd" -T -f "$CONF" | grep -q '"execs"' ||
    skip_all "what a run executes is not judged in this version"

OTHER=$(mktemp -d /srv/cbt.XXXXXX)
UNDO="$UNDO rm -rf $OTHER; "
chown clawbot "$OTHER"
SKILLS="\"p\": { \"profile\": \"developer\", \"write\": [\"$W\", \"$OTHER\"],
    \"limits\": { \"timeoutSeconds\": 600, \"memoryMB\": 0,
	\"processes\": 512 } },"
MORE='"tools": { "exec": { "approvalPatterns": ["rm -rf", "DROP TABLE",
    "git push --force"] } },'
conf_default
daemon_start

# questions: so many have been asked since the daemon was started
questions() {
	grep '^[^ ]* [^ ]* approval: ' "$T/log/gateway.log" |
	    grep -c '"ev":"request"'
}

# project NAME: a directory of the runs' account, and what is in it by tar
project() {
	P=$W/$1
	mkdir "$P"
	tar -C "$P" -xf -
	chown -R clawbot "$P"
}

# build NAME LINE: in the project; it works, and nobody is asked
build() {
	b_before=$(questions)
	S=0
	as cbtagent timeout 600 "$B/clawbot" -S "$T/run" run -s p -C "$P" \
	    --no-wait -- sh -c "$2" >"$T/out" 2>"$T/err" </dev/null || S=$?
	is "$1: status" "$S" 0
	[ "$S" -eq 0 ] || tail -n 5 "$T/err" "$T/out" | sed 's/^/# /'
	is "$1: questions" "$(($(questions) - b_before))" 0
}

# put NAME: a file of the tree that is packed by pack, from standard input
put() {
	mkdir -p "$T/tree/$(dirname "$1")"
	cat >"$T/tree/$1"
}
pack() {
	tar -C "$T/tree" -cf - .
	rm -rf "$T/tree"
}

# have TOOL...: where runs find programs
have() {
	for h_tool; do
		[ -x "/usr/bin/$h_tool" ] || return 1
	done
}

### This project

tar -C "$SRC" --exclude=./build --exclude=.git --exclude=./configure \
    --exclude=./config.h.in --exclude=./autom4te.cache -cf - . | project self
if have autoconf make cc; then
	build "this project, configured" 'autoconf && autoheader &&
	    ./configure -q'
	build "this project, a library of it" 'make -s -j2 build/libcommon.a &&
	    make -s clean && rm -rf autom4te.cache'
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
pack | project autotools
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
pack | project cmake
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
pack | project npm
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
pack | project perl
! have perl make || build "perl" 'perl Makefile.PL && make && make test &&
    make realclean'

put hello.py <<'END'
import subprocess, unittest
class T(unittest.TestCase):
    def test(self):
        self.assertEqual(subprocess.check_output(["echo", "x"]), b"x\n")
END
pack | project python
! have python3 || build "python" 'python3 -m unittest hello &&
    python3 -m compileall -q . && rm -rf __pycache__/x'

put a.c <<'END'
int main(void) { return 0; }
END
pack | project git
! have git cc || build "git" 'export HOME=/tmp
git init -q . && git config user.name x && git config user.email x@y
git add -A && git commit -qm one && git checkout -qb topic &&
echo >>a.c && git commit -qam two && git rebase -q main 2>/dev/null ||
git log --oneline | cat && git gc -q && git status --short'

### What reaches beyond

# asks_once NAME LINE WHAT...: one question, while each WHAT is still there;
# it is denied
asks_once() {
	a_name=$1 a_line=$2
	shift 2
	a_before=$(questions)
	cbbg once cbtagent run -s p -C "$P" -- sh -c "$a_line"
	a_pid=$BGPID
	waiting
	is "$a_name: questions" "$(($(questions) - a_before))" 1
	for a_what; do
		ok "$a_name: nothing is gone" test -e "$a_what"
	done
	a_id=$(json "$T/out" approvals.0.question) || a_id=
	cb cbtadmin deny "${a_id:-$ID}"
	status_of "$a_pid"
	is "$a_name: questions in the end" "$(($(questions) - a_before))" 1
	for a_what; do
		ok "$a_name: nothing is gone when it was denied" \
		    test -e "$a_what"
	done
}

put s.sh <<'END'
rm -rf "$1"
exit 0
END
put Makefile <<'END'
gone:
	-rm -rf $(WHAT)
END
put p.py <<'END'
import subprocess, sys
subprocess.call(["rm", "-r", "-f", sys.argv[1]])
END
put inside/file </dev/null
pack | project beyond
touch "$OTHER/file"
chown clawbot "$OTHER/file"
build "what is in the project may go" 'sh ./s.sh inside && test ! -e inside'
for line in 'sh ./s.sh WHAT' 'make -s gone WHAT=WHAT' 'python3 p.py WHAT'; do
	for what in "$P" .. "$OTHER/file"; do
		asks_once "$line: $what" "$(echo "$line" |
		    sed "s,WHAT\$,$what,")" "$P/s.sh" "$OTHER/file"
	done
done
daemon_stop
finish
