# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# secrets list tells age, last use and grants; rotate keeps the value before
# for a while, history tells of all of them, and what is over goes by itself.
. "$SRC/tests/regress/lib.sh"

SKILLS='"one": { "default": "allow", "secrets": { "TOKEN": "env" } },
    "two": { "default": "allow", "secrets": { "TOKEN": "file" } },'
conf_default
daemon_start

# give VALUE ARGUMENT...: S, out, err
give() {
	printf '%s' "$1" >"$T/value"
	shift
	cbin cbtadmin "$@" <"$T/value"
}
# has_value SKILL VALUE
has_value() {
	cb cbtagent run -s "$1" -- sh -c "test \"\$TOKEN\" = $2"
}
row() {
	json "$T/out" "secrets.0.$1"
}

### list

give first-value-1 secrets set TOKEN
cb cbtadmin --json secrets list
is "list --json: granted to" "$(row skills.0) $(row skills.1)" "one two"
is "list --json: not used yet" "$(row used)" ""
cb cbtadmin secrets list
has "list: heads" "$T/out" "AGE" "LAST USED" "GRANTED TO"
has_value one first-value-1
cb cbtadmin --json secrets list
used=$(row used)
is "list --json: when it was used" "$(expr "$used" : '20..-..-..T.*Z$')" 20
daemon_stop
daemon_start
cb cbtadmin --json secrets list
is "after a restart: when it was used" "$(row used)" "$used"
cb cbtadmin --json audit search secret=TOKEN ev=intent
is "audit search secret=: the run that had it" \
    "$(grep -c '"ev":"intent"' "$T/out")" 1

### rotate

give another-value-9 secrets rotate NONE
is "rotate what is not there: status" "$S" 1
has "rotate what is not there: what to do" "$T/err" "secrets set NONE"
for value in '' '   ' "$NL$NL" 'a        '; do
	give "$value" secrets rotate TOKEN
	is "rotate to blanks, ${#value} of them: status" "$S" 64
done
give '         ' secrets set --unmaskable TOKEN
is "set to blanks, even so: status" "$S" 64
has_value one first-value-1
is "nothing of that was stored" "$S" 0
give second-value-2 secrets rotate --keep 1h TOKEN
is "rotate: status" "$S" 0
has "rotate: what it says" "$T/out" \
    "TOKEN: rotated, version 2; version 1 is kept until 20"
has_value one second-value-2
is "rotate: runs get the new one" "$S" 0
cb cbtagent run -- echo first-value-1 second-value-2
for value in first-value-1 second-value-2; do
	hasnot "rotate: $value is not in the log" "$T/log/gateway.log" \
	    "$value"
done
ok "rotate: its record has the secret's version" log_has '"ev":"rotate"' \
    '"secret_version":2,'
ok "and that of set" log_has '"ev":"set"' '"secret_version":1,'
cb cbtadmin --json secrets history TOKEN
is "history: states" "$(json "$T/out" versions.0.state) $(json "$T/out" \
    versions.1.state)" "kept current"
daemon_stop
daemon_start
cb cbtagent run -- echo first-value-1
hasnot "after a restart: hidden as well" "$T/log/gateway.log" first-value-1

### It ends by itself

give third-value-3 --json secrets rotate --keep 1 TOKEN
is "rotate --json" "$(json "$T/out" result)" rotated
over() {
	log_has 'secret: ' '"ev":"expire","name":"TOKEN"'
}
ok "what is over goes by itself, recorded" until_true 20 over
cb cbtadmin secrets history TOKEN
is "history: what became of them" \
    "$(awk 'NR > 1 { print $1, $3 }' "$T/out" | tr '\n' ' ')" \
    "1 kept 2 ended 3 current "
hasnot "history: no values" "$T/out" value
cb cbtadmin secrets history NONE
is "history of what is not there: status" "$S" 1
give fourth-value-4 secrets rotate --keep 0 TOKEN
is "rotate --keep 0: what it says" "$(cat "$T/out")" \
    "TOKEN: rotated, version 4"
cb cbtadmin --json secrets history TOKEN
is "rotate --keep 0: none is kept" "$(grep -c kept "$T/out")" 0
for command in "secrets history TOKEN" "secrets rotate TOKEN"; do
	# shellcheck disable=SC2086 # words
	cbin cbtagent $command <"$T/value"
	is "$command by no approver: status" "$S" 77
done
ok "recorded: rotate" log_has 'secret: ' '"ev":"rotate","name":"TOKEN"' \
    '"keep_s":3600'
daemon_stop
finish
