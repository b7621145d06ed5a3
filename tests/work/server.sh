# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/641-suites.sh
#
# Servers, and what is used with them (SERVER); for tests/regress/641-suites.sh.

suite_server() {
	lines_suite server SERVER work
}
