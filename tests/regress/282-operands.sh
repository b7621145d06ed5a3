# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: files that the words of a command name are what they were when it
# was approved, or it does not run; and what can change is told to who
# approves.
. "$SRC/tests/regress/lib.sh"

SKILLS='"asks": { "default": "ask", "allow": ["cat plain"],
    "write": ["'$W'"] },'
LOGGING='"redact": ["hush=[a-z]*"],'
conf_default
daemon_start

# ask COMMAND...: waits; ID
ask() {
	cbbg ask cbtagent run -s asks -C "$W" -- "$@"
	waiting
}

answered() {
	cb cbtadmin approve -y "$ID"
	status_of "$BGPID"
}

# fresh: what the commands below name
fresh() {
	rm -rf "${W:?}"/*
	mkdir "$W/dir"
	echo 'echo first' >"$W/s.sh"
	echo 'BEGIN { print "first" }' >"$W/prog"
	echo inside >"$W/dir/file"
	chown -R clawbot "$W"
}

# refused NAME PATH: it did not run, and that is why
refused() {
	is "$1: status" "$S" 75
	has "$1: which, and what to do" "$T/ask.err" \
	    "$2: is not the file any more that was looked at" "ask again"
	is "$1: nothing ran" "$(cat "$T/ask.out")" ""
}

# shown NAME PATH: with the digest that b2sum tells
shown() {
	cb cbtadmin approvals show "$ID"
	has "$1: shown with its digest" "$T/out" "$(b2sum -l 256 "$2")"
}

### What is shown

fresh
ask sh s.sh
shown "a script" "$W/s.sh"
has "a script: what may change" "$T/out" \
    "$W: the directory, in which runs can write" "standard input"
cb cbtadmin --json approvals
is "--json: bound" "$(json "$T/out" approvals.0.bound)" \
    "[\"$(b2sum -l 256 "$W/s.sh")\"]"
answered
is "unchanged: runs" "$S $(cat "$T/ask.out")" "0 first"
ok "unchanged: on record" grep -qF \
    "\"bound\":[\"$(b2sum -l 256 "$W/s.sh")\"]" "$T/log/gateway.log"

ask awk -f prog s.sh
shown "an operand behind an option" "$W/prog"
has "an operand behind an option: the other one" "$T/out" \
    "$(b2sum -l 256 "$W/s.sh")"
answered
is "an operand behind an option: runs" "$S $(cat "$T/ask.out")" "0 first"
for w in -fprog --file=prog "$W/prog" ./dir/../prog if=prog @prog -d@prog \
    --data=@prog; do
	ask printf '' "$w"
	shown "as $w" "$W/prog"
	answered
	is "as $w: runs" "$S" 0
done
cbbg ask cbtagent run -s asks -C "$W" -e CONF=prog -- printenv CONF
waiting
shown "as the value of a variable" "$W/prog"
echo 'BEGIN { print "other" }' >"$W/prog"
answered
refused "the value of a variable, changed" "$W/prog"
ask ls dir
cb cbtadmin approvals show "$ID"
has "a directory: that it can change" "$T/out" \
    "$W/dir: a directory, with whatever is in there"
touch "$W/dir/new"
answered
is "a directory: in which something changed: runs" "$S" 0
truncate -s 200M "$W/large"
chown clawbot "$W/large"
ask wc -c large
cb cbtadmin approvals show "$ID"
has "too large: that it can change" "$T/out" \
    "$W/large: larger than what is read for that"
answered
is "too large: runs" "$S" 0
ask wc -c large
truncate -s 199M "$W/large"
answered
refused "too large, and another size" "$W/large"
rm "$W/large"
mkfifo "$W/fifo"
ask ls fifo
cb cbtadmin approvals show "$ID"
has "a FIFO: that it can change" "$T/out" \
    "$W/fifo: neither a file nor a directory"
answered
is "a FIFO: runs" "$S" 0
ask cat /proc/self/cwd/s.sh
cb cbtadmin approvals show "$ID"
has "by way of /proc: that it can change" "$T/out" \
    "1 more of what its words name"
cb cbtadmin deny "$ID"
status_of "$BGPID"
i=0
while [ $i -lt 70 ]; do
	i=$((i + 1))
	echo $i >"$W/n$i"
done
chown clawbot "$W"/n*
# shellcheck disable=SC2046 # words
ask cat $(seq -f 'n%g' 1 70)
shown "many" "$W/n64"
hasnot "many: as many as there is room for" "$T/out" "$W/n65"
has "many: how many more" "$T/out" "6 more of what its words name"
answered
is "many: runs" "$S" 0
i=0
while [ $i -lt 70 ]; do
	i=$((i + 1))
	ln -s s.sh "$W/k$i"
done
# shellcheck disable=SC2046 # words
ask cat $(seq -f 'k%g' 1 70)
shown "many by links" "$W/s.sh"
has "many by links: how many are not followed" "$T/out" \
    "6 more of what its words name"
answered
is "many by links: runs" "$S" 0
cbbg ask cbtagent run -d -s asks -C "$W" -- sh s.sh
waiting
cb cbtadmin approvals show "$ID"
hasnot "detached: no input" "$T/out" "standard input"
answered

### What changes

fresh
ask sh s.sh
echo 'echo other' >"$W/s.sh"
answered
refused "another content" "$W/s.sh"
fresh
touch -r /etc/passwd "$W/s.sh"
ask sh s.sh
printf 'echo 2nd!!\n' >"$W/s.sh"
touch -r /etc/passwd "$W/s.sh"
answered
refused "as large and as old" "$W/s.sh"
fresh
ask sh s.sh
cp -p "$W/s.sh" "$W/new"
mv "$W/new" "$W/s.sh"
answered
refused "another file with the same content" "$W/s.sh"
fresh
ask sh s.sh
rm "$W/s.sh"
answered
refused "gone" "$W/s.sh"
fresh
ask sh later.sh
echo 'echo other' >"$W/later.sh"
answered
refused "what was not there" "$W/later.sh"
fresh
ln -s s.sh "$W/link"
ask sh link
shown "by a link: what it leads to" "$W/s.sh"
echo 'echo other' >"$W/other"
chown clawbot "$W/other"
ln -sfn other "$W/link"
answered
refused "a link that leads elsewhere" "$W/s.sh"
fresh
ask awk -fprog
echo 'BEGIN { print "other" }' >"$W/prog"
answered
refused "an option's value" "$W/prog"
fresh
ask ls dir
mv "$W/dir" "$W/old"
mkdir "$W/dir"
answered
refused "another directory" "$W/dir"

### What stands in nobody's way

# What is allowed costs nothing, and is not looked at.
fresh
echo plain >"$W/plain"
cb cbtagent run -s asks -C "$W" -- cat plain
is "allowed: runs" "$S $(cat "$T/out")" "0 plain"
ok "allowed: nothing is bound" sh -c \
    "grep -F '\"ev\":\"intent\"' '$T/log/gateway.log' | tail -n 1 |
	grep -vqF bound"
# A command may write to what it names.
ask sed -i s/first/second/ s.sh
answered
is "it changes what it names: status" "$S" 0
is "it changes what it names: did" "$(cat "$W/s.sh")" "echo second"
# It may not be readable for the account, which then cannot read it either.
fresh
chown root "$W/s.sh"
chmod 600 "$W/s.sh"
ask ls s.sh
answered
is "it may not read that: runs" "$S $(cat "$T/ask.out")" "0 s.sh"
ask ls s.sh
echo other >"$W/s.sh"
answered
refused "it may not read that, and it changed" "$W/s.sh"
# Nor get there at all: nothing has changed, and to ask again does not help.
fresh
chown -R clawbot:clawbot "$W/dir"
chmod 000 "$W/dir"
ask ls dir/file
answered
is "in a directory that is closed: status" "$S" 126
has "in a directory that is closed: why" "$T/ask.err" \
    "$W/dir/file, which the command names: Permission denied"
hasnot "in a directory that is closed: not told to ask again" "$T/ask.err" \
    "ask again"
is "in a directory that is closed: nothing ran" "$(cat "$T/ask.out")" ""
fresh
# Elsewhere runs cannot write.
ask cat /etc/passwd
cb cbtadmin approvals show "$ID"
hasnot "of the system: not among them" "$T/out" \
    "$(b2sum -l 256 /etc/passwd)"
answered
is "of the system: runs" "$S" 0

### What is secret is not written down

fresh
mkdir "$W/hush=me"
echo 'echo first' >"$W/hush=me/s.sh"
ask sh hush=me/s.sh
answered
is "a path to be masked: runs" "$S" 0
until_true 60 exec_log_whole
hasnot "a path to be masked: is not in the log" "$T/log/exec.log" "hush=me"
ok "a path to be masked: what is left" grep -qE \
    "$W/\[REDACTED:7:[0-9a-f]{12}\]/s\.sh" "$T/log/exec.log"
ok "the log is good" sh -c "'$B/clawbot' -S '$T/run' audit verify"
finish
