# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/641-suites.sh disable=SC2016,SC2034
#
# CPython's own tests, as Debian packages them, by module (PYTHON), with their
# files in the grant; for tests/regress/641-suites.sh.

# cases_python: what the tests have written, and not their output
cases_python() {
	cat "$HERE/cases" 2>/dev/null
}

suite_python() {
	if ! python3 -c 'import test.test_fcntl' >/dev/null 2>&1; then
		skip python "libpython3.N-testsuite is not installed"
		return 0
	fi
	CASES=cases_python
	install -m 644 "$SRC/tests/work/cases.py" "$W"
	listed PYTHON >"$T/units"
	while read -r p_unit p_use <&4; do
		begin "$p_unit" || continue
		cat >"$T/use" <<-END
		mkdir t && export TMPDIR="\$PWD/t" &&
		exec python3 "$W/cases.py" "\$PWD/cases" $UNIT $p_use
		END
		compare python "$UNIT" judged
	done 4<"$T/units"
}
