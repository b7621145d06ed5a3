# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# A broken configuration: every error with line and column, exit 78, and
# nothing is started.
. "$SRC/tests/regress/lib.sh"

d() {
	S=0
	timeout 240 "$B/clawbotd" "$@" >"$T/out" 2>"$T/err" </dev/null || S=$?
}

# bad NAME PLACE REASON: the configuration on standard input has this error
bad() {
	cat >"$CONF"
	d -n -f "$CONF"
	is "$1: status" "$S" 78
	has "$1: place and reason" "$T/err" "$CONF:$2: " "$3"
}

bad "no JSON" 1:1 "" <<'END'
nonsense
END
bad "cut off" 3:1 "" <<'END'
{
  "tools": {
END
bad "unknown key" 3:3 "socketDirectry" <<'END'
{
  // with a comment above
  "socketDirectry": "/run/x"
}
END
bad "unknown key inside" 3:14 "alow" <<'END'
{ "skills": {
  "default": { "deny": ["x"] },
  "other": { "alow": ["ls"] } } }
END
bad "duplicate key" 3:3 "duplicate key" <<'END'
{
  "socketDirectory": "/run/a",
  "socketDirectory": "/run/b"
}
END
bad "wrong type" 1:22 "" <<'END'
{ "socketDirectory": 5 }
END
bad "number out of range" 1:36 "" <<'END'
{ "approvals": { "timeoutSeconds": -1 } }
END
bad "no integer" 1:36 "" <<'END'
{ "approvals": { "timeoutSeconds": 1.5 } }
END
bad "infinite" 1:36 "out of range" <<'END'
{ "approvals": { "timeoutSeconds": 1e309 } }
END
bad "NaN" 1:36 "" <<'END'
{ "approvals": { "timeoutSeconds": NaN } }
END
bad "unknown user" 2:24 "nosuchaccount" <<'END'
{ "channels": { "cli": {
             "users": ["nosuchaccount"], "skills": ["*"] } } }
END
bad "runAs root" 1:37 "root" <<'END'
{ "skills": { "default": { "runAs": "root" } } }
END
bad "runAs a role" 1:37 "_clawbot-vault" <<'END'
{ "skills": { "default": { "runAs": "_clawbot-vault" } } }
END
bad "unknown skill" 2:14 "devel" <<'END'
{ "skills": { "dev": {} }, "channels": { "cli": { "users": ["cbtagent"],
  "skills": ["devel"] } } }
END
bad "own tests fail" 2:23 "ls" <<'END'
{ "skills": { "default": { "allow": ["ls **"],
  "tests": { "deny": ["ls -l"] } } } }
END
bad "bad pattern" 1:38 "" <<'END'
{ "skills": { "default": { "allow": ["ls 'unfinished"] } } }
END
bad "relative path" 1:38 "" <<'END'
{ "skills": { "default": { "write": ["srv"] } } }
END
bad "NUL in a string" 1:36 ': \u0000 is not allowed' <<'END'
{ "socketDirectory": "/run/a\u0000b" }
END
is "in words of clawbot" "$(grep -c JSON "$T/err")" 0
printf '\357\273\277{ }\n' >"$T/odd"
bad "a byte order mark" 1:1 "byte order mark: save it without" <"$T/odd"
printf '\377\376{\0}\0' >"$T/odd"
bad "another encoding" 1:1 "UTF-16: save it as UTF-8" <"$T/odd"
printf '{\0}' >"$T/odd"
bad "a NUL" 1:2 "NUL byte" <"$T/odd"

# what two keys do together is told of the one that is written
long=/run/$(printf '%090d' 0)
bad "a socket's path that is too long" 2:20 \
    "socketDirectory: $long/channels/cli.sock is longer" <<END
{ "skills": { "default": { } },
"socketDirectory": "$long" }
END
bad "a log in the vault" 1:28 "logging.directory: log and vault" <<'END'
{ "logging": {"directory": "/var/lib/clawbot/vault/log" } }
END
bad "sockets in the log" 1:28 "logging.directory: sockets must" <<'END'
{ "logging": {"directory": "/run/clawbot/log" } }
END

# ask, and nobody who could approve
bad "nobody to approve" 2:31 "approve" <<'END'
{ "skills": { "default": { "default": "ask" } },
  "approvals": { "approvers": [] },
  "channels": { "cli": { "users": ["cbtagent"], "skills": ["*"] } } }
END

# All of them at once, in the order of the file.
cat >"$CONF" <<'END'
{
  "nonsense": 1,
  "approvals": { "timeoutSeconds": "soon" },
  "skills": { "default": { "default": "perhaps" } },
  "rateLimit": { "maxConcurrent": -3 }
}
END
d -n -f "$CONF"
is "four errors: status" "$S" 78
is "four errors: lines" "$(sed -n "s,^$CONF:\([0-9]*\):[0-9]*: .*,\1,p" \
    "$T/err" | sort -nu | tr '\n' ' ')" "2 3 4 5 "

# The real start says the same and does nothing else.
d -d -f "$CONF"
is "start: status" "$S" 78
is "start: four errors" "$(grep -c "^$CONF:" "$T/err")" 4
ok "start: no directories" test ! -e "$T/run" -a ! -e "$T/log"

### The file itself

good() {
	conf_default
	d -n -f "$CONF"
	is "$1: status" "$S" 0
}

good "a good one"
chmod 666 "$CONF"
d -n -f "$CONF"
is "writable by others: status" "$S" 78
has "writable by others: named" "$T/err" "$CONF"
chmod 664 "$CONF"
d -n -f "$CONF"
is "writable by the group: status" "$S" 78
chmod 644 "$CONF"
chown cbtagent "$CONF"
d -n -f "$CONF"
is "somebody else's: status" "$S" 78
rm -f "$CONF"
good "again"
mv "$CONF" "$T/real.conf"
ln -s "$T/real.conf" "$CONF"
d -n -f "$CONF"
is "symbolic link: status" "$S" 78
has "symbolic link: named" "$T/err" "$CONF"
rm "$CONF"
mkdir "$CONF"
d -n -f "$CONF"
is "directory: status" "$S" 78
rmdir "$CONF"
mkfifo "$CONF"
d -n -f "$CONF"
is "fifo: status, and it does not hang" "$S" 78
rm "$CONF"

# Comments and trailing commas
cat >"$CONF" <<END
# a comment
{
	// another
	$(conf_paths)
	"skills": { "default": { "allow": ["ls **", ], }, }, /* one
	more */ "channels": { "cli": { "users": ["cbtagent", ],
	"skills": [ "default", ], }, },
}
END
d -n -f "$CONF"
is "comments and trailing commas: status" "$S" 0

# What another key does not allow, or a later version has: refused by name
# at run time, not ignored.
cat >"$CONF" <<END
{ "skills": { "default": { "default": "allow" },
	"net": { "default": "allow", "network": "host" },
	"who": { "default": "allow", "runAs": "caller" },
	"sh": { "default": "allow", "shell": false } },
  "channels": { "cli": { "users": ["cbtagent"], "skills": ["*"] } },
  $(conf_paths) }
END
d -n -f "$CONF"
is "later features: accepted" "$S" 0
has "later features: what is refused is noted" "$T/err" \
    "skills.net.network: note: "
daemon_start
cb cbtagent run -s net -- true
is "network host: refused" "$S" 77
has "network host: the key that allows it" "$T/err" sandbox.hostNetwork
cb cbtagent run -s who -- id -un
is "runAs caller: runs" "$(cat "$T/out")" cbtagent
cb cbtagent run --shell "true" -- true
is "--shell with a command: refused" "$S" 64
cb cbtagent run --shell true --shell true
is "--shell twice: refused" "$S" 64
for line in 'sh -c true' 'bash -ec true' '/bin/sh -o errexit -c true' \
    'sh +x -c true' 'bash --norc -c true'; do
	# shellcheck disable=SC2086 # words
	cb cbtagent run -s sh -- $line
	is "shell lines: $line is refused" "$S" 77
	has "shell lines: $line, by the key" "$T/err" skills.sh.shell
done
echo 'exit 7' >"$W/seven"
cb cbtagent run -s sh -C "$W" --no-wait -- sh seven
hasnot "shell lines: a script is none" "$T/err" skills.sh.shell
cb cbtagent run -- sh -c 'exit 3'
is "shell lines: the others run them" "$S" 3
cb cbtagent run -- true
is "the others run" "$S" 0
daemon_stop
finish
