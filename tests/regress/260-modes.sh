# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Promise: no run leaves a file in a grant that has more rights on the host
# than the run, whether init answers its calls (protect) or not; and programs
# that try as a matter of course fail as they do where nobody may.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/escape.sh
. "$SRC/tests/regress/escape.sh"

P=$(mktemp -d /srv/cbt.XXXXXX)		# a grant without protected names
O=$(mktemp -d /srv/cbt.XXXXXX)		# outside of any
UNDO="rm -rf '$P' '$O'; $UNDO"
chmod 755 "$P" "$O"
chown clawbot "$P"
chown cbtagent "$O"
SKILLS="\"plain\": { \"default\": \"allow\", \"protect\": [],
    \"write\": [\"$P\"], ${LIMITS-} },"

# what counts under a directory, but for what was put there
marked() {
	find "$1" \( -perm /6000 -o -type b -o -type c \) ! -name 'planted*' \
	    ! -name shared ! -name below
	getcap -r "$1" 2>/dev/null
}

# plant DIRECTORY: what somebody else may have left there
plant() {
	install -m 4755 -o cbtother "$H/escape_who" "$1/planted"
	install -d -m 2777 -g cbtother "$1/shared"
}

# The program finds what is open: on the host all of it is.
plant "$O"
for name in "fchmod u+s" "fchmod g+s" fchmodat openat openat2 creat mknodat \
    "a file without a name" "chmod of a directory" "a whiteout" \
    "a whiteout by rename"; do
	[ "$name" != creat ] || [ "$(uname -m)" = x86_64 ] || continue
	escapes escape_modes "$name" -o "grant=$O"
done
ok "outside of a run: it leaves them" test "$(marked "$O" | wc -l)" -ge 10

conf_default
daemon_start

# in_skill SKILL COMMAND...
in_skill() {
	i_skill=$1
	shift
	cb cbtagent run -s "$i_skill" -- "$@"
}

for skill in default plain; do
	case $skill in
	default) G=$W ;;
	plain) G=$P ;;
	esac
	plant "$G"
	install -m 755 -o clawbot "$H/escape_modes" "$G/escape_modes"
	"$H/escape_modes" -l >"$T/attempts"
	in_skill $skill "$G/escape_modes" -o "grant=$G"
	cp "$T/out" "$T/told"
	while IFS= read -r name; do
		line=$(told "$name" "$T/told")
		case $line in
		"held $name: "*) result 0 "$skill: ${line#held }" ;;
		"missing $name: "*) skip "$skill: $name" "${line##*: }" ;;
		*)
			result 1 "$skill: $name" || :
			diag "$line" ;;
		esac
	done <"$T/attempts"
	is "$skill: nothing in the grant counts" "$(marked "$G")" ""

	### What tools make of it

	# a file of such a mode, and an archive that has it
	mkdir "$T/tree.$skill"
	printf '#!/bin/sh\necho ran\n' >"$T/tree.$skill/tool"
	chmod 4755 "$T/tree.$skill/tool"
	echo plain >"$T/tree.$skill/text"
	tar -C "$T/tree.$skill" -cf "$G/archive.tar" text tool
	chmod 644 "$G/archive.tar"
	in_skill $skill sh -c "cd '$G' && tar xf archive.tar"
	is "$skill: tar x: what is in it" \
	    "$(cat "$G/text") $("$G/tool")" "plain ran"
	is "$skill: tar x: without the bit" "$(marked "$G")" ""
	in_skill $skill sh -c "cd '$G' && rm tool && tar xpf archive.tar"
	ok "$skill: tar xp says that it could not" test "$S" -ne 0
	has "$skill: tar xp: which, and why" "$T/err" tool "not permitted"
	is "$skill: tar xp: what is in it" "$("$G/tool")" ran
	in_skill $skill sh -c "cd '$G' && cp -p planted cp-p"
	is "$skill: cp -p: the copy is there" \
	    "$(cmp "$G/planted" "$G/cp-p" && echo same)" same
	in_skill $skill sh -c "cd '$G' && cp planted cp-plain"
	is "$skill: cp: the copy is there" \
	    "$(cmp "$G/planted" "$G/cp-plain" && echo same)" same
	in_skill $skill sh -c "cd '$G' && install -m 4755 planted installed"
	ok "$skill: install says that it could not" test "$S" -ne 0
	has "$skill: install: why" "$T/err" "not permitted"
	in_skill $skill sh -c "cd '$G' && chmod u+s tool"
	ok "$skill: chmod says that it could not" test "$S" -ne 0
	in_skill $skill sh -c "cd '$G' && chmod 1777 . && chmod 755 ."
	is "$skill: other modes can be set" "$S" 0
	in_skill $skill sh -c "cd '$G' && mkdir -m 1777 sticky &&
	    mkfifo -m 600 pipe && install -m 700 -d private"
	is "$skill: and given" "$S $(stat -c %a "$G/sticky" "$G/pipe" \
	    "$G/private" | tr '\n' ' ')" "0 1777 600 700 "

	### A directory whose group its files get

	in_skill $skill sh -c "cd '$G/shared' && echo x >file && mkdir below"
	is "$skill: files get the group of a directory" "$S $(stat -c %G \
	    "$G/shared/file" "$G/shared/below" | uniq)" \
	    "0 $(stat -c %G "$G/shared")"
	is "$skill: and they do not act as it" \
	    "$(find "$G/shared" -type f -perm /6000)" ""
	is "$skill: nothing in the grant counts, after all" "$(marked "$G")" ""
done

### Roles

for r in executor auditor vault; do
	pid=$(role_pid $r)
	is "$r: its umask leaves nothing to others" \
	    "$(sed -n 's/^Umask:[^0-9]*//p' "/proc/$pid/status")" 0077
done
is "nothing of clawbot's counts" "$(marked "$T" | grep -v "^$T/tree")" ""
daemon_stop
finish
