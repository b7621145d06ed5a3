# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/641-suites.sh
#
# Builds of Debian's packages with their own tests (SOURCE); for
# tests/regress/641-suites.sh.

suite_source() {
	lines_suite source SOURCE judged
}
