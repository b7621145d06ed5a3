# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# The example of a forwarder: a run that has neither key nor network asks its
# model by one socket that its skill names, and by a port of its own loopback
# that is passed on to there; the key is added outside, and never inside.
# Real agents do the same, where make judges has installed them and LONG=yes or
# AGENTS says so.
. "$SRC/tests/regress/lib.sh"
[ "$ASAN" = no ] || skip_all "one build is enough"
# shellcheck source=tests/regress/agents.sh
. "$SRC/tests/regress/agents.sh"

KEY=k3y-of-the-model
model_start --key "$KEY"
echo "$KEY" >"$T/model.key"
chmod 600 "$T/model.key"
install -d -m 755 "$T/sock"
python3 "$SRC/etc/forward" --socket "$T/sock/model" --mode 0666 \
    --to "http://127.0.0.1:$PORT" --key-file "$T/model.key" \
    --header 'x-api-key: @' --path /v1/ --path /v1beta/ 2>"$T/forward.err" &
BG="$BG $!"
until_true 60 test -S "$T/sock/model" || bail "no forwarder"
P=$W/project
install -d -o cbtagent -g "$(id -g cbtagent)" "$P"
mkdir "$T/bin"
SKILLS='"agent": { "profile": "agent", "write": ["'$P'"],
    "read": ["'$JUDGES'", "'$SRC/etc'"], "sockets": ["'$T/sock/model'"],
    "env": { '$(agent_env | grep -v -e '^[A-Z_]*_BASE' |
	sed 's/\([A-Z_]*\)=\(.*\)/"\1": "\2",/')'
	"ANTHROPIC_BASE_URL": "http://model",
	"ANTHROPIC_UNIX_SOCKET": "'$T/sock/model'" } },'
[ -d "$JUDGES" ] || SKILLS=$(printf %s "$SKILLS" | sed "s|\"$JUDGES\", ||")
MORE='"homeDirectory": "'$T/homes'",'
conf_default
daemon_start

cat >"$P/ask.py" <<'END'
import http.client, json, socket, sys

class Unix(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(sys.argv[2])

def ask(path, headers={}):
    c = Unix("x") if sys.argv[1] == "unix" else \
        http.client.HTTPConnection("127.0.0.1", int(sys.argv[2]))
    c.request("POST", path, json.dumps({"model": "m", "stream": True,
        "messages": [{"role": "user", "content": "hello"}]}),
        dict(headers, **{"Content-Type": "application/json"}))
    r = c.getresponse()
    return r.status, r.read().decode()

s, text = ask("/v1/messages")
print(s, "message_stop" in text and "done" in text)
print(ask("/v1/messages", {"x-api-key": "mine", "X-Api-Key": "mine"})[0])
for path in ("/other", "/v1/../other", "/v1/%2e%2e/other"):
    print(ask(path)[0])
END
# whole COMMAND...: under the skill, as the agents
inside() {
	cb cbtagent run -s agent -C "$P" -- "$@"
}
inside python3 ask.py unix "$T/sock/model"
is "by the socket, with the key that it does not have" \
    "$S $(tr '\n' ' ' <"$T/out")" "0 200 True 200 403 403 403 "
inside python3 "$SRC/etc/forward" --port 8080 --into "$T/sock/model" \
    python3 ask.py tcp 8080
is "by a port of its own" "$S $(tr '\n' ' ' <"$T/out")" \
    "0 200 True 200 403 403 403 "
inside python3 "$SRC/etc/forward" --port 8080 --into "$T/sock/model" \
    sh -c 'kill -TERM $$'
is "which ends as its command does" "$S" 143
inside sh -c 'env; cat /proc/self/environ; cat '"$T/model.key"
hasnot "the key is not in there" "$T/out" "$KEY"
inside python3 -c 'import socket, sys
socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5)' "$PORT"
ok "the model is not, either" test "$S" -ne 0
hasnot "nor in the log" "$T/log/gateway.log" "$KEY"

### Agents

whole() {
	agent=$1 SCRIPT=$1
	agent_home "$agent" "http://127.0.0.1:8080"
	HOME_R=$T/homes/agent/$(id -u cbtagent)
	cp -a "$HOME_A/." "$HOME_R/"
	HOME_A=$HOME_R
	echo '{"shell": "env; echo it was $?"}' >"$M/$SCRIPT.script"
	# shellcheck disable=SC2086 # words
	if [ "$agent" = claude ]; then
		agent_words "$agent" "script:$SCRIPT" $PROGRAM
	else
		agent_words "$agent" "script:$SCRIPT" env \
		    OPENAI_BASE_URL=http://127.0.0.1:8080/v1 \
		    GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:8080 python3 \
		    "$SRC/etc/forward" --port 8080 --into "$T/sock/model" \
		    $PROGRAM
	fi
	w_old=$IFS
	IFS=$NL
	# shellcheck disable=SC2086 # words, a line each
	inside $WORDS
	IFS=$w_old
	is "$agent: it ends" "$S" 0
	[ "$S" = 0 ] || diag "$(tail -c 1500 "$T/err")"
	has "$agent: it has done something" "$M/$SCRIPT.told.1" "it was 0"
	hasnot "$agent: without the key" "$M/$SCRIPT.told.1" "$KEY"
}

for agent in $AGENTS; do
	[ "${LONG-}" = yes ] || [ -n "$WANTED" ] || break
	if program_of "$agent"; then
		whole "$agent"
	else
		skip "$agent" "make judges installs it"
	fi
done
finish
