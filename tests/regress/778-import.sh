# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# secrets import --dotenv: all of a file or none of it, what is not certain is
# refused with its line, and the file is removed only when that was wanted.
. "$SRC/tests/regress/lib.sh"

SKILLS='"one": { "default": "allow",
	"secrets": { "KEY_A": "env", "KEY_B": "env" } },'
conf_default
daemon_start
E=$T/dot.env

# import ARGUMENT...: of the text on standard input
import() {
	cat >"$E"
	chown cbtadmin "$E"
	chmod 600 "$E"
	cb cbtadmin secrets import "$@"
}
chmod 777 "$T" 2>/dev/null
printf '%s' before-it-all-1 >"$T/value"
cbin cbtadmin secrets set KEY_A <"$T/value"

import --dotenv "$E" <<'END'
# two of them
KEY_A='first $value 1'
export KEY_B="second\tvalue\n2" # quoted
END
is "import: status" "$S" 0
is "import: what it says" "$(cat "$T/out")" \
    "imported 2: 1 created, 1 replaced"
ok "the file stays" test -e "$E"
cb cbtagent run -s one -- sh -c 'test "$KEY_A" = "first \$value 1" &&
    test "$KEY_B" = "$(printf "second\tvalue\n2")"'
is "runs get what was meant" "$S" 0
ok "recorded, with both names" log_has '"ev":"import"' \
    '"secrets":["KEY_A","KEY_B"]'
hasnot "recorded: no value" "$T/log/gateway.log" "first \$value"
cb cbtadmin --json audit search secret=KEY_B ev=import
is "audit search secret= finds it" "$(grep -c '"ev":"import"' "$T/out")" 1

# refused NAME LINE TEXT: of the text on standard input, and nothing is stored
refused() {
	import --dotenv "$E"
	is "$1: status" "$S" 64
	has "$1: where and why" "$T/err" "$E:$2: " "$3"
	hasnot "$1: no value is shown" "$T/err" hidden-value
	cb cbtadmin --json secrets list
	is "$1: nothing of it was stored" "$(grep -c NEW_ONE "$T/out")" 0
}
refused "there twice" 3 "NEW_ONE is there already, in line 1" <<'END'
NEW_ONE=hidden-value-1
OTHER=hidden-value-2
NEW_ONE=hidden-value-3
END
refused "a blank" 2 "write it between" <<'END'
NEW_ONE=hidden-value-1
OTHER=hidden-value 2
END
refused "an expansion" 1 "write the value between" <<'END'
NEW_ONE="hidden-value $HOME"
END
refused "a bad name" 2 "load or steer programs" <<'END'
NEW_ONE=hidden-value-1
LD_PRELOAD=hidden-value-2
END
refused "no name" 1 "no NAME=VALUE" <<'END'
hidden-value-without-a-name
END
refused "not to be hidden" 2 "it is short" <<'END'
NEW_ONE=hidden-value-1
OTHER=short
END
refused "not closed" 2 "no closing" <<'END'
NEW_ONE=hidden-value-1
OTHER='hidden-value-2
END
import --unmaskable --remove --dotenv "$E" <<'END'
NEW_ONE=short
END
is "--unmaskable --remove: status" "$S" 0
ok "--remove: it is gone" test ! -e "$E"
has "--remove: what may be left" "$T/err" "rotate what must not"
printf 'KEY_C=from-standard-input\n' >"$T/value"
cbin cbtadmin --json secrets import --dotenv - <"$T/value"
is "from standard input" "$S $(json "$T/out" secrets.0) $(json "$T/out" \
    result)" "0 KEY_C imported"
cbin cbtagent secrets import --dotenv - <"$T/value"
is "by no approver: status" "$S" 77
cb cbtadmin secrets import
is "without a file: status" "$S" 64
daemon_stop
finish
