# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A kind of record is one row of common/record/kind.h, a command of clawbot(1)
# one of client/commands.h, a system call that is refused one of
# common/refused.c: in a copy of the tree with one line more in each, and
# nothing else than what uses it, the log, the client, the filters and the
# battery know it.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/scratch.sh
. "$SRC/tests/regress/scratch.sh"

case $(uname -m) in
x86_64)		vmsplice=278 ;;
aarch64)	vmsplice=75 ;;
*)		skip_all "knows no number of vmsplice(2) here" ;;
esac

(cd "$tree" && cp -R common supervisor executor auditor vault notifier \
    file client "$T/was")

# changed DIR...: lines that are not as they were
changed() {
	for c_dir; do
		diff -r "$T/was/$c_dir" "$tree/$c_dir"
	done | grep -c '^>'
}

# build NAME
build() {
	S=0
	(cd "$tree" && env -u MAKEFLAGS -u MFLAGS "${MAKE-make}" -s -j2 B=b \
	    all) >"$T/make.out" 2>&1 || S=$?
	is "$1: it builds" "$S" 0
	[ "$S" -eq 0 ] || {
		diag "$(tail -20 "$T/make.out")"
		finish
	}
}

### A row for each, and what uses it

# shellcheck disable=SC1003 # sed's, and a backslash in the table
sed -i '/^KIND(RECOVER, /i\
KIND(SPARE, "spare", SUPERVISOR("refused", RECORD_DAMPED))		\\' \
    "$tree/common/record/kind.h"
sed -i 's/, RECORD_AUTH, /, RECORD_SPARE, /' "$tree/supervisor/ask/ask.c"
is "a kind of record: its row, and who writes it" \
    "$(changed common) $(changed supervisor executor auditor client)" "1 1"
# shellcheck disable=SC1003
sed -i '/^COMMAND(cmd_ps, /i\
COMMAND(cmd_greet, "greet", "WHOM", "greet somebody", NULL, 0,		\\\
    OPT('"'l', \"loud\""', NULL, "for all to hear"))			\\' \
    "$tree/client/commands.h"
is "a command: its row" "$(changed client)" 2
cat >>"$tree/client/list.c" <<'END'

int
cmd_greet(struct cli *cli, const struct command *cmd, int argc, char **argv)
{
	const char *end = ".";

	while (command_opt(cli, cmd, argc, argv) == 'l')
		end = "!";
	command_operands(cmd, argc, 1, 1);
	printf("hello %s%s\n", argv[optind], end);
	return (0);
}
END
sed -i '/^	RUN(sethostname, /i\
	RUN(vmsplice, MACHINE, { -1, 0, 0, 0 }),' "$tree/common/refused.c"
is "a call: its row" \
    "$(changed common) $(changed executor supervisor)" "2 1"
build "with them"
without=$B
B=$tree/b
LIBEXEC=$B

### The command

"$B/clawbot" --help >"$T/help"
has "--help lists the command" "$T/help" "greet WHOM" "greet somebody"
"$B/clawbot" greet --help >"$T/out"
has "its own --help" "$T/out" "greet [options] WHOM" "-l, --loud" \
    "for all to hear" --json
is "it runs" "$("$B/clawbot" greet -l world)" "hello world!"
S=0
"$B/clawbot" greet >"$T/out" 2>&1 || S=$?
is "without an operand" "$S" 64
has "without an operand: says what it needs" "$T/out" "greet needs WHOM"
S=0
"$B/clawbot" gret world >"$T/out" 2>&1 || S=$?
has "it is what was meant" "$T/out" "did you mean greet?"
# what 212-manuals.sh compares
sed -n 's/^  \([a-z][a-z ]*[a-z]\).*/\1/p' "$T/help" | sed 's/  .*//' |
    sort >"$T/commands"
sed -n 's/^\.Ss //p' "$SRC"/man/clawbot*.1 | sort >"$T/sections"
is "what is left to write is its section of the manual" \
    "$(comm -23 "$T/commands" "$T/sections")" greet

### The kind, and the call

# errno of vmsplice of no descriptor
cat >"$W/splice.pl" <<END
syscall($vmsplice, -1, 0, 0, 0) == -1 and printf "%d\n", \$! + 0;
END
is "outside of a run it is another error" "$(perl "$W/splice.pl")" 9
conf_default
daemon_start
agent perl "$W/splice.pl"
is "a run is refused the call" "$S $(cat "$T/out")" "0 1"
cb cbtadmin doctor --sandbox
is "the battery finds it refused" "$S" 0
cb cbtagent doctor --sandbox
ok "what is recorded as one is refused" test "$S" -ne 0
ok "the record is there" until_true 60 grep -qE \
    '^[0-9]{12} [^ ]+ spare: \{"v":1,"ev":"refused","cause":' \
    "$T/log/gateway.log"
cb cbtadmin --json audit tail -n 20
is "it is shown as any other" "$(grep -c '"kind":"spare"' "$T/out")" 1
cb cbtadmin audit verify
is "it is verified" "$S" 0
daemon_stop
S=0
"$without/clawbot" audit verify "$T/log" >"$T/out" || S=$?
is "who does not know the kind says so" "$S" 2
has "who does not know the kind says so: the rule" "$T/out" rule=kind
daemon_start
ok "the next start takes the log" answers
daemon_stop

### What no filter refuses, the battery finds

# a row like the others, of a call that nobody is refused
sed -n '/^#define RUN(/,/[^\\]$/p' "$SRC/common/refused.c" |
    sed 's/RUN(/NOBODY(/; s/REFUSED_BY_RUNS/0/' >"$T/nobody"
awk -v nobody="$T/nobody" '
/^const struct refused refused_calls/ {
	while ((getline line <nobody) > 0)
		print line
}
{ print }
/^	RUN\(vmsplice, / { print "\tNOBODY(sched_yield, MACHINE, { 0 })," }' \
    "$tree/common/refused.c" >"$T/refused.c"
mv "$T/refused.c" "$tree/common/refused.c"
build "with a row that no filter reads"
S=0
daemon_try || S=$?
is "the daemon does not start" "$S" 1
is "it ends" "$(gone "$D" && echo yes)" yes
has "it says which attempt went through" "$T/d.err" "skill default" \
    "seccomp" "reboot(2), acct(2), swapon(2) and their like"
wait "$D" || :
D=
finish
