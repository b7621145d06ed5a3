# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/641-suites.sh disable=SC2016,SC2034
#
# git's own tests, of the source of Debian's package, for the git that is
# installed, by script (GIT), with their repositories in the run's own /tmp or
# in the grant; for tests/regress/641-suites.sh.

# cases_git OUTPUT: its lines, without their numbers
cases_git() {
	sed -n 's/^\(ok\|not ok\) [0-9]* - /\1\t/p
	    s/^\(ok\|not ok\) [0-9]* # skip /skip\t/p' "$1" |
	    sed 's/^\(.*\)	\(.*\)$/\2	\1/
	    s/^\(.*\) # TODO known breakage\(.*\)$/\1 (known breakage)\2/'
}

suite_git() {
	if [ ! -x "$WORK_DIR/git/t/helper/test-tool" ]; then
		skip git "tests/work/prepare.sh has not been there"
		return 0
	fi
	CASES=cases_git
	listed GIT >"$T/units"
	while read -r g_unit g_where g_skip <&4; do
		g_root=--root=/tmp
		[ -z "$g_where" ] || g_root=
		begin "$g_unit${g_where:+ in a grant}" || continue
		cat >"$T/use" <<-END
		export TEST_OUTPUT_DIRECTORY="\$PWD" GIT_TEST_GIT_DAEMON=1 \
		    GIT_TEST_INSTALLED=/usr/bin GIT_SKIP_TESTS="$g_skip" &&
		cd "\$WORK/git/t" &&
		exec sh ./$g_unit.sh $g_root
		END
		compare git "$UNIT" git
	done 4<"$T/units"
}
