# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016
#
# Promise: what denies a program denies scripts that name it in their first
# line, by whatever link of the system they call it, in a request, in a shell
# of one and beneath; and nothing that is only another script's option.
. "$SRC/tests/regress/lib.sh"

PROG=$(readlink -f "$(command -v python3)")
case ${PROG##*/} in
python3|"")
	skip_all "python3 is no link here" ;;
esac

SKILLS='"named": { "default": "allow", "deny": ["python3"], "write": ["'$W'"] },
    "option": { "default": "allow", "deny": ["python3 -i"], "write": ["'$W'"] },'
conf_default
daemon_start
cd "$W" || bail "no $W"
for name in link file; do
	prog=$PROG
	[ $name = file ] || prog=$(command -v python3)
	printf '#!%s\nprint("ran")\n' "$prog" >"$name"
	chmod 755 "$name"
done
printf '#!%s -i\n' "$(command -v python3)" >opt
chmod 755 opt

# by SKILL COMMAND...: the rule that decides
by() {
	cb cbtagent policy why -s "$1" -C "$W" -- "$2" ${3+"$3"}
	sed -n 's/^rule *//p' "$T/out"
}
for name in link file; do
	is "by its $name: the forecast" "$(by named ./$name)" \
	    "skills.named.deny: python3"
	cb cbtagent run -s named -C "$W" -- ./$name
	is "... the request" "$S" 77
	# what is not seen beforehand
	echo "./$name; echo \$?" >lines
	cb cbtagent run -s named -C "$W" -- sh lines
	is "... a script of it" "$(cat "$T/out")" 126
	ok "... with the rule" grep -q "skills.named.deny: python3" "$T/err"
	echo "sh lines" >beneath
	cb cbtagent run -s named -C "$W" -- sh beneath
	is "... beneath it" "$(cat "$T/out")" 126
done
is "an option of its first line" "$(by option ./opt)" \
    "skills.option.deny: python3 -i"
is "an option of the script alone" "$(by option ./link -i)" \
    skills.option.default
cb cbtagent run -s option -C "$W" -- ./link -i
is "... which runs" "$S $(cat "$T/out")" "0 ran"
daemon_stop
finish
