# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: what is confined is still of use: the usual tools do their work in
# a run, with a grant to write to and nothing else.
. "$SRC/tests/regress/lib.sh"

[ "$ASAN${CLAWBOT_TRAP-}" = no ] ||
    skip_all "about other people's programs; done in one build"

CB_TIMEOUT=600
LIMITS='"limits": { "timeoutSeconds": 590 }'
SKILLS='"unprotected": { "default": "allow", "write": ["'$W'"],
    "protect": [] },'
conf_default
daemon_start

# have PROGRAM: of the system, which is all that a run sees
have() {
	h_path=$(PATH=/usr/local/bin:/usr/bin:/bin command -v "$1") &&
	    case $(readlink -f "$h_path") in
	    /usr/*)	true ;;
	    *)		false ;;
	    esac
}

# works NAME COMMAND...: in a run in the grant, it ends with 0
works() {
	wk_name=$1
	shift
	cb cbtagent run -C "$W" -- "$@"
	is "$wk_name: status" "$S" 0
	[ "$S" -eq 0 ] || head -n 10 "$T/err" | sed 's/^/#   /'
}

### git

if have git; then
	works "git" sh -ec 'cd /tmp && git init -q repo && cd repo &&
	    git config user.name agent && git config user.email a@invalid &&
	    echo one >file && git add file && git commit -q -m first &&
	    echo two >>file && git status --short && git diff --stat &&
	    git commit -q -a -m second && git log --oneline | wc -l &&
	    git gc -q && git fsck --strict 2>&1 && git clone -q . ../clone &&
	    cat ../clone/file'
	is "git: output" "$(tr -s '\n ' ' ' <"$T/out")" \
	    " M file file | 1 + 1 file changed, 1 insertion(+) 2 one two "
	# hooks and configuration stay as they are, unless the skill says so
	cb cbtagent run -s unprotected -C "$W" -- sh -ec 'git init -q repo &&
	    cd repo && echo one >file && git add file && git -c \
	    user.name=agent -c user.email=a@invalid commit -q -m first'
	is "git in the grant: a new repository" "$S" 0
	works "git in the grant" sh -ec 'cd repo && echo two >>file &&
	    git status --short && git add file && git -c user.name=agent \
	    -c user.email=a@invalid commit -q -m second && git checkout -q -b new &&
	    git rebase -q HEAD~1 && git tag v1 && git stash list && ls &&
	    git log --oneline | wc -l'
	is "git in the grant: output" "$(tr -s '\n ' ' ' <"$T/out")" \
	    " M file file 2 "
	is "git in the grant: the account's" \
	    "$(stat -c %U "$W/repo/.git/HEAD")" clawbot
else
	skip "git" "not installed"
fi

### Compilers and builders

if have gcc; then
	cat >"$W/hello.c" <<-'END'
	#include <math.h>
	#include <pthread.h>
	#include <stdio.h>
	static void *run(void *p) { *(double *)p = sqrt(1764); return (p); }
	int main(void) {
		pthread_t t; double d = 0;
		if (pthread_create(&t, NULL, run, &d) || pthread_join(t, NULL))
			return (1);
		printf("%.0f\n", d);
		return (0);
	}
	END
	works "gcc" sh -c 'gcc -O2 -g -Wall -o hello hello.c -lm -lpthread &&
	    ./hello'
	is "gcc: what it made works" "$(cat "$T/out")" 42
	works "gcc, in steps, in /tmp" sh -c 'cd /tmp && gcc -c -fPIC \
	    -o hello.o "$0" && gcc -shared -o lib.so hello.o -lm &&
	    gcc -static -o hello hello.o -lm && ./hello && ls' "$W/hello.c"
	is "gcc, in steps: what it made works" "$(tr '\n' ' ' <"$T/out")" \
	    "42 hello hello.o lib.so "
else
	skip "gcc" "not installed"
fi
if have make && have gcc; then
	mkdir "$W/many"
	i=0
	while [ $i -lt 24 ]; do
		echo "int f$i(void); int f$i(void) { return ($i); }" \
		    >"$W/many/f$i.c"
		i=$((i + 1))
	done
	cat >"$W/many/Makefile" <<-'END'
	.RECIPEPREFIX = >
	OBJ = $(patsubst %.c,%.o,$(wildcard f*.c))
	all: libmany.a
	libmany.a: $(OBJ)
	> ar rc $@ $^
	check: all
	> test "$$(nm libmany.a | grep -c ' T f')" = 24
	.PHONY: all check
	END
	chown -R clawbot "$W/many"
	works "make -j" make -s -j 8 -C many check
	ok "make -j: it was made" test -s "$W/many/libmany.a"
else
	skip "make -j" "make or gcc not installed"
fi

### The tests of a package that is configured, built and installed

if have autoconf && have make && have gcc; then
	mkdir "$W/pkg"
	cat >"$W/pkg/configure.ac" <<-'END'
	AC_INIT([pkg], [1.0])
	AC_CONFIG_SRCDIR([pkg.c])
	AC_CONFIG_HEADERS([config.h])
	AC_PROG_CC
	AC_CHECK_HEADERS([unistd.h sys/mman.h])
	AC_CHECK_FUNCS([mmap memfd_create fork])
	AC_CHECK_SIZEOF([long])
	AC_SUBST([SIZE], [$ac_cv_sizeof_long])
	AC_CONFIG_FILES([Makefile])
	AC_OUTPUT
	END
	cat >"$W/pkg/pkg.c" <<-'END'
	#include "config.h"
	#include <stdio.h>
	int main(int argc, char **argv) {
		printf("%s %d %d\n", argc > 1 ? argv[1] : PACKAGE_NAME,
		    SIZEOF_LONG, HAVE_MMAP + HAVE_FORK);
		return (0);
	}
	END
	cat >"$W/pkg/Makefile.in" <<-'END'
	.RECIPEPREFIX = >
	CC = @CC@
	CFLAGS = @CFLAGS@ @DEFS@
	prefix = @prefix@
	all: pkg
	pkg: pkg.c config.h
	> $(CC) $(CFLAGS) -I. -o $@ $<
	check: check-name check-argument check-pipe
	check-name: pkg
	> test "$$(./pkg)" = "pkg @SIZE@ 2"
	check-argument: pkg
	> test "$$(./pkg x)" = "x @SIZE@ 2"
	check-pipe: pkg
	> mkfifo f && { ./pkg y >f & read l <f; rm f; test -n "$$l"; }
	install: pkg
	> mkdir -p $(prefix)/bin && cp pkg $(prefix)/bin
	END
	chown -R clawbot "$W/pkg"
	works "autoconf" sh -c 'cd pkg && autoconf && autoheader'
	works "configure, make, make check, make install" sh -c 'cd pkg &&
	    ./configure -q --prefix="$PWD/inst" && make -s -j 2 &&
	    make -s -j 2 check && make -s install && inst/bin/pkg'
	is "what was installed works" "$(tail -n 1 "$T/out")" \
	    "pkg $(getconf LONG_BIT | sed 's/64/8/') 2"
else
	skip "configure, make, make check, make install" \
	    "autoconf, make or gcc not installed"
fi
if have prove && [ -d /usr/share/perl ]; then
	mkdir "$W/t"
	for i in 1 2 3; do
		cat >"$W/t/$i.t" <<-'END'
		use Test::More tests => 4; use File::Temp qw(tempdir);
		use IO::Socket::UNIX; my $d = tempdir(CLEANUP => 1);
		ok(-w $d, "a directory");
		my $l = IO::Socket::UNIX->new(Local => "$d/s", Listen => 1);
		ok($l, "a socket"); defined(my $pid = fork) or die;
		if (!$pid) { IO::Socket::UNIX->new(Peer => "$d/s")->
		    print("hello\n"); exit }
		is(scalar(readline($l->accept)), "hello\n", "its word");
		waitpid($pid, 0); is($?, 0, "its end");
		END
	done
	works "prove -j" prove -j 3 t
	has "prove -j: all pass" "$T/out" "All tests successful" "Tests=12"
else
	skip "prove -j" "not installed"
fi

### Interpreters

if /usr/bin/python3 -c 'import sqlite3, multiprocessing' 2>/dev/null; then
	works "python3" /usr/bin/python3 -c 'if 1:
	    import json, multiprocessing, os, sqlite3, subprocess, tempfile
	    import threading
	    def f(x): return x * x
	    def main():
	        c = multiprocessing.get_context("fork")
	        with c.Pool(2) as p: print(sum(p.map(f, range(10))))
	        with tempfile.TemporaryDirectory() as d:
	            b = sqlite3.connect(os.path.join(d, "x.db"))
	            b.execute("create table t (v)")
	            b.execute("insert into t values (7)"); b.commit()
	            print(b.execute("select v from t").fetchone()[0])
	        print(subprocess.check_output(["echo", "sub"]).decode().strip())
	        t = threading.Thread(target=print, args=("thread",))
	        t.start(); t.join()
	    main()'
	is "python3: output" "$(tr '\n' ' ' <"$T/out")" "285 7 sub thread "
else
	skip "python3" "not installed with its library"
fi
# a domain of Landlock around that of a run would refuse this
works "mv, ln: from one directory to another" sh -c 'mkdir -p a b &&
    echo moved >a/f && mv a/f b/f && ln b/f a/g && cat a/g && rm -r a b'
is "mv, ln: output" "$(cat "$T/out")" moved
# what Debian has of Python's own tests: files, locks, maps, terminals
if /usr/bin/python3 -c 'import test.test_fcntl' 2>/dev/null; then
	works "python3's own tests" /usr/bin/python3 -m test -q test_fcntl \
	    test_fileio test_glob test_json test_mmap test_pathlib test_pty \
	    test_shutil test_tarfile test_tempfile
	has "python3's own tests: output" "$T/out" "Tests result: SUCCESS"
else
	skip "python3's own tests" "libpython3.N-testsuite is not installed"
fi
if have node; then
	works "node" node -e 'const cp = require("child_process"), fs =
	    require("fs"), w = require("worker_threads");
	    fs.writeFileSync("/tmp/x", "file");
	    console.log(fs.readFileSync("/tmp/x", "utf8"));
	    console.log(cp.execSync("echo child").toString().trim());
	    const t = new w.Worker(`require("worker_threads").parentPort.
		postMessage("worker")`, { eval: true });
	    t.on("message", m => console.log(m));'
	is "node: output" "$(tr '\n' ' ' <"$T/out")" "file child worker "
else
	skip "node" "not installed"
fi
works "perl" perl -MFile::Find -MDigest::SHA=sha256_hex -e '
    my $n = 0; find(sub { $n++ if -f }, "/usr/share/perl"); print $n > 10;
    print length sha256_hex("x")'
is "perl: output" "$(cat "$T/out")" 164

### Others

works "tar" sh -ec 'mkdir a a/b; echo x >a/b/c; ln -s c a/b/l
    tar czf a.tar.gz a; mkdir out; tar xzf a.tar.gz -C out; diff -r a out/a
    tar tzf a.tar.gz | wc -l'
is "tar: output" "$(cat "$T/out")" 4
if have ssh-keygen; then
	works "ssh-keygen" sh -ec 'ssh-keygen -q -t ed25519 -N "" -C "" -f key
	    echo text >text; ssh-keygen -q -Y sign -f key -n file text
	    ssh-keygen -l -f key.pub'
	has "ssh-keygen: output" "$T/out" "256 SHA256:"
	is "ssh-keygen: nobody else reads the key" \
	    "$(stat -c %a "$W/key")" 600
else
	skip "ssh-keygen" "not installed"
fi
# Without /var and /etc/apt there is nothing to ask about, but it says so
# itself and does not fall over.
if have apt-cache; then
	works "apt-cache" apt-cache --version
	cb cbtagent run -- apt-cache policy apt
	diag "apt-cache policy: status $S, $(tail -n 1 "$T/err")"
	ok "apt-cache policy: ends by itself" test "$S" -lt 126
else
	skip "apt-cache" "not installed"
fi
works "find, sort, awk, sed, xargs" sh -c 'find /usr/bin -name "g*" |
    sort | sed "s,.*/,," | awk "{ n++ } END { print n > 0 }" | xargs echo'
daemon_stop
finish
