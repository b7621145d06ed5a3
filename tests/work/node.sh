# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/641-suites.sh
#
# Projects of node (node/*) with packages of npm (NODE); for
# tests/regress/641-suites.sh.

suite_node() {
	lines_suite node NODE judged
}
