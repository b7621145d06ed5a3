# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# mcp: read_file and write_file.  Each is a run of clawbot-file like any other:
# judged by the same patterns, in the skill's view, as its account, recorded;
# and a file is whole, what was meant, and as it was but for its content.
. "$SRC/tests/regress/lib.sh"
# shellcheck source=tests/regress/mcp.sh
. "$SRC/tests/regress/mcp.sh"

# sanitizers reserve much, and trace at the end
[ "$ASAN" = no ] ||
    PATIENT='"limits": { "timeoutSeconds": 600, "memoryMB": 0 },
	"env": { "ASAN_OPTIONS": "detect_leaks=0" }'
SKILLS='"look": { "default": "deny", "allow": ["clawbot-file read **"],
	"read": ["'$W'"], '$PATIENT' },
    "ask": { "default": "ask", "write": ["'$W'"], '$PATIENT' },
    "some": { "default": "allow", "deny": ["clawbot-file write"],
	"ask": ["clawbot-file read */asked"], "write": ["'$W'"],
	'$PATIENT' },'
LOG=$T/log/gateway.log
conf_default
daemon_start
uid=$(id -u clawbot)

# got, of letters that are in latin1
letters() {
	got "$@" | iconv -f latin1 -t utf-8
}

digest() {
	sha256sum "$1" | cut -d ' ' -f 1
}

# file NAME: as the run's account has it
file() {
	cat >"$W/$1"
	chown "clawbot:$(id -g clawbot)" "$W/$1"
}

printf 'h\303\251llo\nworld\n' | file text
printf 'a\377b' | file binary
perl -e 'print "line $_\n" for 1 .. 20000' | file long
head -c 70000000 /dev/zero | file huge
mkfifo "$W/fifo"
chmod 666 "$W/fifo"
mkdir "$W/dir" "$W/closed"
chmod 711 "$W/closed"
ln -s text "$W/link"
chown clawbot "$W/dir"
printf 'not yours\n' >"$W/root"
chmod 600 "$W/root"

### Reading

{
	call text read_file '{"path":"'"$W/text"'","foo":1}'
	call link read_file '{"path":"'"$W/dir/..//./link"'"}'
	call part read_file '{"path":"'"$W/text"'","offset":0,"limit":2}'
	call next read_file '{"path":"'"$W/text"'","offset":1,"limit":5}'
	call behind read_file '{"path":"'"$W/text"'","offset":1000}'
	call binary read_file '{"path":"'"$W/binary"'"}'
	call long read_file '{"path":"'"$W/long"'"}'
	call huge read_file '{"path":"'"$W/huge"'","offset":69999999}'
	call fifo read_file '{"path":"'"$W/fifo"'"}'
	call dir read_file '{"path":"'"$W/dir"'"}'
	call slash read_file '{"path":"'"$W/dir/"'"}'
	call none read_file '{"path":"'"$W/none"'"}'
	call root read_file '{"path":"'"$W/root"'"}'
	call out read_file '{"path":"'"$T/conf"'"}'
	call dev read_file '{"path":"/dev/zero"}'
	call proc read_file '{"path":"/proc/self/status"}'
	call limit read_file '{"path":"'"$W/text"'","limit":0}'
	call nul read_file '{"path":"'"$W/text"'\u0000x"}'
	call empty read_file '{"path":""}'
	echo '= text link part next behind binary long huge fifo dir slash none'
	echo '= root out dev proc limit nul empty'
} >"$T/script"
mcp read
is "all are answered" "$S" 0
is "what is in it" "$(got read text status) $(letters read text content)" \
    "completed héllo
world"
is "how large, and its digest" "$(got read text size) \
$(got read text sha256) $(got read text truncated)" \
    "13 $(digest "$W/text") false"
is "an argument that there is not is named" \
    "$(got read text ignored_arguments)" '["foo"]'
is "by way of a link, and with dots" "$(got read link sha256)" \
    "$(digest "$W/text")"
is "a part, of whole characters" "$(got read part content) \
$(got read part truncated) $(got read part next_offset)" "h true 1"
is "its digest is that of the file" "$(got read part sha256)" \
    "$(digest "$W/text")"
is "the next part" "$(letters read next content) $(got read next next_offset)" \
    "éllo 6"
is "behind its end" "$(got read behind content)/\
$(got read behind truncated)" /false
is "what is not UTF-8" "$(got read binary content 2>/dev/null)" \
    "$(printf 'a\357\277\275b')"
has "that is said" "$T/read/binary.json" "not UTF-8"
is "no more than 64 kB of a long one" "$(got read long content | wc -c) \
$(got read long truncated) $(got read long next_offset)" "65537 true 65536"
is "a huge one: where it ends, without a digest" \
    "$(got read huge size) $(got read huge truncated) \
$(got read huge sha256 2>/dev/null)" "70000000 false "
for want in "fifo:is a FIFO" "dir:is a directory" "none:No such file" \
    "root:Permission denied" "out:No such file" "dev:is a device"; do
	id=${want%%:*}
	is "$id: failed" "$(got read "$id" status) $(json \
	    "$T/read/$id.json" result.isError)" "failed true"
	has "$id: why" "$T/read/$id.json" "${want#*:}"
done
has "a file that has no size" "$T/read/proc.json" "clawbot-file"
for id in limit nul slash empty; do
	is "$id: is no run" "$(json "$T/read/$id.json" result.isError) \
$(json "$T/read/$id.json" result.structuredContent 2>/dev/null)" "true "
done
run=$(got read text exec_id)
cb cbtadmin --json audit show "$run"
has "it is a run like any other, in the log" "$T/out" '"clawbot-file","read"'
ok "as the account of its skill" sh -c 'grep "\"ev\":\"intent\"" "$1" |
    grep "$2" | grep -q "\"path\":\"/run/bin/clawbot-file\""' - "$LOG" "$run"

### Writing

chmod 640 "$W/text"
old=$(digest "$W/text")
ln -s new2 "$W/dangling"
printf 'in two places\n' | file hard
ln "$W/hard" "$W/hard2"
printf 'read only\n' | file locked
chmod 444 "$W/locked"
printf 'of another group\n' | file group
chgrp root "$W/group"
printf 'of another account\n' >"$W/other"
chmod 666 "$W/other"
chmod 1777 "$W/dir"
mkdir "$W/.git"
: >"$W/.git/config"
chown -R clawbot "$W/.git"
{
	call was write_file '{"path":"'"$W/text"'","content":"new\n","expect_sha256":"'"$(echo "$old" | tr a-f A-F)"'"}'
	echo '= was'
	call again write_file '{"path":"'"$W/text"'","content":"lost\n","expect_sha256":"'"$old"'"}'
	echo '= again'
	call created write_file '{"path":"'"$W/new"'","content":"a\u0000b\u00e9","reason":"why not"}'
	call exists write_file '{"path":"'"$W/new3"'","content":"x","expect_sha256":"'"$old"'"}'
	call link write_file '{"path":"'"$W/link"'","content":"by the link\n"}'
	call dangling write_file '{"path":"'"$W/dangling"'","content":"x"}'
	call hard write_file '{"path":"'"$W/hard"'","content":"x"}'
	call locked write_file '{"path":"'"$W/locked"'","content":"x"}'
	call other write_file '{"path":"'"$W/other"'","content":"x"}'
	call group write_file '{"path":"'"$W/group"'","content":"x"}'
	call parent write_file '{"path":"'"$W/no/such"'","content":"x"}'
	call dir write_file '{"path":"'"$W/dir"'","content":"x"}'
	call fifo write_file '{"path":"'"$W/fifo"'","content":"x"}'
	call out write_file '{"path":"/usr/bin/cbt-new","content":"x"}'
	call root write_file '{"path":"'"$W/root"'","content":"x"}'
	call closed write_file '{"path":"'"$W/closed/x"'","content":"x"}'
	call kept write_file '{"path":"'"$W/.git/config"'","content":"[core]\n\thooksPath = x\n"}'
	call hook write_file '{"path":"'"$W/.git/hooks/pre-commit"'","content":"x"}'
	call empty write_file '{"path":"'"$W/empty"'","content":""}'
	call dry write_file '{"path":"'"$W/dry"'","content":"x","dry_run":true}'
	call hex write_file '{"path":"'"$W/text"'","content":"x","expect_sha256":"abc"}'
	call none write_file '{"path":"'"$W/text"'"}'
	echo '= created exists link dangling hard locked other group'
	echo '= parent dir fifo out root closed kept hook empty dry hex none'
} >"$T/script"
mcp write
is "all are answered" "$S" 0
is "what is there is what was expected" "$(got write was status) \
$(got write was sha256)" "completed $(printf 'new\n' | sha256sum |
    cut -d ' ' -f 1)"
has "by another file that took its name" "$T/write/was.json" \
    "4 bytes, replaced"
is "the second is refused, and told what is there" \
    "$(got write again status) $(got write again sha256)" \
    "failed $(printf 'new\n' | sha256sum | cut -d ' ' -f 1)"
is "by way of a link: the file, and the link is one still" \
    "$(cat "$W/text") $(readlink "$W/link")" "by the link text"
is "its mode is kept" "$(stat -c '%a %u' "$W/text")" "640 $uid"
is "a new one: every byte of it" "$(got write created status) \
$(od -An -tx1 "$W/new" | tr -d ' \n')" "completed 610062c3a9"
is "a new one: its mode" "$(stat -c %a "$W/new")" 644
is "one that is not there is not what was expected" \
    "$(got write exists status) $(test -e "$W/new3" && echo made)" "failed "
is "a link that leads to nothing" "$(cat "$W/new2")" x
is "a file of two names has both" \
    "$(cat "$W/hard") $(cat "$W/hard2") $(stat -c %h "$W/hard")" "x x 2"
is "a file that is read-only" "$(got write locked status) \
$(cat "$W/locked")" "failed read only"
is "one of another account stays that" "$(got write other status) \
$(cat "$W/other") $(stat -c '%U %a' "$W/other")" "completed x root 666"
is "one of another group, too" "$(got write group status) \
$(cat "$W/group") $(stat -c %G "$W/group")" "completed x root"
has "which is said" "$T/write/group.json" "1 bytes, changed"
has "a directory that is not there" "$T/write/parent.json" \
    "there is no such directory"
for id in dir fifo out root closed kept hook; do
	is "$id: failed" "$(got write "$id" status) $(json \
	    "$T/write/$id.json" result.isError)" "failed true"
done
is "nothing was written there" "$(cat "$W/root" "$W/.git/config"
    find "$W/dir" "$W/closed" "$W/.git" -mindepth 1 ! -name config)" \
    "not yours"
is "an empty file" "$(got write empty status) $(stat -c %s "$W/empty")" \
    "completed 0"
is "dry run" "$(got write dry status) $(got write dry decision.action)" \
    "dry_run allow"
ok "writes nothing" test ! -e "$W/dry"
for id in hex none; do
	is "$id: is no run" "$(json "$T/write/$id.json" result.isError) \
$(json "$T/write/$id.json" result.structuredContent 2>/dev/null)" "true "
done
is "nothing is left between" "$(find "$W" -name '.new*')" ""
cb cbtadmin --json audit show "$(got write was exec_id)"
has "the log has the digest of what was written" "$T/out" \
    "sha256=$(printf 'new\n' | sha256sum | cut -d ' ' -f 1)"
hasnot "and not what" "$LOG" "by the link"

### What is not what was asked for

printf 'half' >"$T/half"
chmod 644 "$T/half"
printf 'half of it' | file whole
S=0
as cbtagent "$B/clawbot" -S "$T/run" run -C "$W" -- clawbot-file write \
    "$W/cut" "sha256=$(digest "$W/whole")" <"$T/half" >"$T/out" \
    2>"$T/err" || S=$?
is "a part of what was to be written: status" "$S" 1
has "why" "$T/err" "not what was asked for"
ok "nothing is written" test ! -e "$W/cut"
cb cbtagent run -C "$W" -- clawbot-file read "$W/../../etc/passwd"
is "dots are for who asks to take out" "$S" 64
cb cbtagent run -C "$W" -- clawbot-file read text
is "so are paths that are not absolute" "$S" 64
mkdir "$W/race"
chown clawbot "$W/race"
cat >"$W/swap.sh" <<'END'
cd "$1/race" || exit 1
ln -s ../root there
until test -e ../stop; do
	mv there here; mv here there
	rm -f there; ln -s ../root there
	rm -f there; mkdir there; rmdir there; mkfifo there
	rm -f there; echo theirs >there
	rm -f there; ln -s there there
done
END
chown clawbot "$W/swap.sh"
cbbg race cbtagent run -C "$W" -- sh "$W/swap.sh" "$W"
race=$BGPID
ok "a path that changes all the time" until_true 60 \
    sh -c 'ls -A "$1" | grep -q .' - "$W/race"
{
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		call $i write_file '{"path":"'"$W/race/there"'","content":"ours","wait_s":60}'
	done
	echo '= 1 2 3 4 5 6 7 8 9 10 11 12'
} >"$T/script"
mcp race
is "each is answered" "$S" 0
: >"$W/stop"
status_of "$race"
is "as written, or as not" "$(for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
    got race $i status; done | grep -vxE 'completed|failed')" ""
is "what none may write is as it was" "$(cat "$W/root")" "not yours"
is "and nothing is left between" "$(find "$W" -name '.new*')" ""

### Policy

{
	call read read_file '{"path":"'"$W/text"'"}'
	call write write_file '{"path":"'"$W/text"'","content":"x"}'
	call check check_policy '{"command":"clawbot-file","args":["read","/x"]}'
	echo '= read write check'
} >"$T/script"
mcp look -s look
is "a pattern lets it read" "$(got look read status)" completed
is "what no pattern lets it do" "$(got look write status)" denied
is "nothing is written" "$(cat "$W/text")" "by the link"
has "check_policy: by which rule" "$T/look/check.json" \
    "skills.look.allow: clawbot-file read"
cb cbtagent policy why -s look -- clawbot-file write "$W/text"
is "policy why knows it" "$S" 1
cp "$B/clawbot-file" "$W/clawbot-file"
chmod 755 "$W/clawbot-file"
cb cbtagent run -s look -C "$W" -- ./clawbot-file read "$W/text"
is "a program of that name elsewhere is not meant by what is allowed" \
    "$S" 77
cb cbtagent run -s some -C "$W" -- ./clawbot-file write "$W/text"
is "but a copy is by what is denied" "$S" 77

mcpbg ask -s ask <<END
$(call read read_file '{"path":"'"$W/text"'"}')
$(call one write_file '{"path":"'"$W/asked"'","content":"approved\n","wait_s":0,"reason":"why not"}')
= one
take ONE one result.structuredContent.exec_id
$(call two write_file '{"path":"'"$W/asked2"'","content":"x","wait_s":0}')
= two
take TWO two result.structuredContent.exec_id
touch $T/ask/waits
$(call oned wait_execution '{"exec_id":"@ONE@","wait_s":60}')
= oned read
take READ read result.structuredContent.exec_id
$(call readd wait_execution '{"exec_id":"@READ@","wait_s":60}')
= readd
$(call twod cancel_execution '{"exec_id":"@TWO@"}')
= twod
END
until_true 60 test -e "$T/ask/waits" || diag "$(cat "$T/ask.err")"
is "it waits for an approver" "$(got ask one status) \
$(got ask one approval_id)" "pending_approval $(got ask one exec_id)"
cb cbtadmin approvals show "$(got ask one exec_id)"
has "who sees what is to be written where" "$T/out" "$W/asked" \
    "sha256=$(printf 'approved\n' | sha256sum | cut -d ' ' -f 1)"
ok "nothing is written before that" test ! -e "$W/asked"
cb cbtadmin approve -y "$(got ask one exec_id)"
is "it is approved" "$S" 0
reader() {
	cb cbtadmin --json approvals
	json "$T/out" approvals >"$T/waiting"
	READER=$(perl -MJSON::PP -e 'local $/; for (@{decode_json(<>)}) {
	    print $_->{run} if "@{$_->{argv}}" =~ / read /}' "$T/waiting")
	[ -n "$READER" ]
}
ok "a file is read by approval, too" until_true 60 reader
cb cbtadmin approve -y "$READER"
status_of "$BGPID"
is "all are answered" "$S" 0
is "is written then" "$(got ask oned status) $(cat "$W/asked")" \
    "completed approved"
is "what was read" "$(got ask readd status) $(got ask readd content)" \
    "completed by the link"
is "one that is withdrawn" "$(got ask twod status)" cancelled
ok "is not written" test ! -e "$W/asked2"
{
	call one write_file '{"path":"'"$W/text"'","content":"x"}'
	echo '= one'
} >"$T/script"
mcp some -s some
is "denied by a pattern" "$(got some one status) \
$(got some one decision.action)" "denied deny"
ok "no run is left" until_true 60 no_runs

finish
