# SPDX-License-Identifier: ISC
# shellcheck shell=sh
#
# What the package's own tests run, with the package installed.
sh "$(dirname "$0")/../../../debian/tests/client" || echo "not ok - client"
exec sh "$(dirname "$0")/../../../debian/tests/promises"
