# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# clawbot connect: settings of agents, which are shown, written once, and taken
# out again with nothing lost; and files that are not for us to change.
. "$SRC/tests/regress/lib.sh"

AGENTS="claude codex openclaw opencode gemini copilot qwen"

# home: HM, an empty one of the agent's
home() {
	HM=$(mktemp -d "$T/home.XXXXXX")
	chmod 755 "$HM"
	chown cbtagent "$HM"
}

# connect ARG...: by the agent, at home; S
connect() {
	S=0
	# shellcheck disable=SC2086 # words
	as cbtagent env -i HOME="$HM" PATH="$PATH" ${EXTRA-} \
	    timeout 240 "$B/clawbot" connect "$@" >"$T/out" 2>"$T/err" \
	    </dev/null || S=$?
}

# put FILE: standard input becomes that, at home
put() {
	as cbtagent mkdir -p "$HM/${1%/*}"
	cat >"$HM/$1"
	chown cbtagent "$HM/$1"
}

files() {
	(cd "$HM" && find . -type f | sort | xargs -r sha256sum)
}

### From nothing

home
for a in $AGENTS; do
	connect "$a"
	is "$a: shown" "$S $(files)" "0 "
	has "$a: shown: how to write it" "$T/out" "--write"
	has "$a: what is not stopped" "$T/out" "Not stopped by it"
	connect --write "$a"
	is "$a: written" "$S" 0
	has "$a: the server is there" /dev/stdin '"mcp"' <<-END
	$(cat "$HM"/.[a-z]*/*.* "$HM"/.[a-z]*/*/*.* "$HM"/.claude.json 2>/dev/null)
	END
	files >"$T/once"
	connect --write "$a"
	is "$a: again: nothing changes" "$S $(files)" "0 $(cat "$T/once")"
	has "$a: again: it says so" "$T/out" "nothing to be added"
	connect --remove "$a"
	is "$a: removed" "$S $(files)" "0 "
	connect --remove "$a"
	has "$a: removed once more" "$T/out" "nothing to be removed"
done

### Into what there is

put .claude/settings.json <<'END'
{
    // mine
    "hooks": {
        "PreToolUse": [
            { "matcher": "Bash", "hooks": [ ] }
        ], "Stop": []
    },
    "env": { "A": "b" },
}
END
printf 'model = "m"\n[mcp_servers.x]\ncommand = "y"' | put .codex/config.toml
printf '{"mcpServers":{"x":{"command":"y"}},"hooks":{}}' |
    put .gemini/settings.json
printf '{ // JSON5\n  mcp: { servers: {} },\n}\n' | put .openclaw/openclaw.json
printf '{"mcp":{}}' | put .config/opencode/opencode.jsonc
chmod 640 "$HM/.gemini/settings.json"
files >"$T/before"
for a in $AGENTS; do
	connect --write "$a"
	is "$a: added" "$S" 0
done
has "what was there is there" "$HM/.claude/settings.json" '"matcher": "Bash"'
has "... and comments" "$HM/.claude/settings.json" '// mine'
is "... and modes" "$(stat -c %a "$HM/.gemini/settings.json")" 640
is "it is JSON" "$(json "$HM/.gemini/settings.json" mcpServers.x.command)" y
is "an opencode.jsonc is taken" "$(find "$HM/.config/opencode" -name '*.json')" ""
connect --write -s dev claude
has "another skill takes the place" "$HM/.claude.json" '"-s", "dev"'
is "... once" "$(grep -c 'clawbot hook' "$HM/.claude/settings.json")" 1
for a in $AGENTS; do
	connect --remove "$a"
done
is "all is as before, to the byte" "$(files)" "$(cat "$T/before")"

### One of two files in a directory where none can be made or removed

home
printf '{ "a": 1 }\n' | put ./.claude.json
printf '{ "b": 2 }\n' | put .claude/settings.json
# shut DIRECTORY OPTION: nothing is changed, and nothing is left beside it
shut() {
	files >"$T/before"
	chmod 555 "$HM$1"
	connect "$2" claude
	is "$2: shut: home$1" "$S" 74
	has "... is named" "$T/err" "$HM$1"
	is "... and all is as before" "$(files)" "$(cat "$T/before")"
	chmod 755 "$HM$1"
}
shut "" --write
shut /.claude --write
connect --write claude
shut "" --remove
shut /.claude --remove
# of which nothing is left when it is taken out
rm "$HM/.claude.json" "$HM/.claude/settings.json"
connect --write claude
shut "" --remove
shut /.claude --remove
connect --remove claude
is "open: removed" "$S $(files)" "0 "

### What somebody else has changed since

home
printf '{"mcpServers":{"x":{"command":"y"}},"hooks":{}}' |
    put .gemini/settings.json
connect --write gemini
sed -i 's/{"command":"y"}/{"command":"z"}/' "$HM/.gemini/settings.json"
connect --remove gemini
is "a change of the user's stays" "$(cat "$HM/.gemini/settings.json")" \
    '{"mcpServers":{"x":{"command":"z"}},"hooks":{}}'

### What is left alone

# refused NAME FILE TEXT AGENT: nothing is written, and that is said
refused() {
	r_sum=$(sha256sum "$HM/$2")
	connect --write "$4"
	is "$1: status" "$S" 74
	has "$1: why" "$T/err" "$3"
	is "$1: nothing is changed" "$(sha256sum "$HM/$2")" "$r_sum"
}

home
echo '{ "mcpServers": { "clawbot": { "url": "theirs" } } }' |
    put .qwen/settings.json
refused "another server of that name" .qwen/settings.json "not ours" qwen
echo '{ "mcpServers": ' | put .qwen/settings.json
refused "what is not JSON" .qwen/settings.json "with care" qwen
echo '{ "mcpServers": ' | put ./.claude.json
echo '{}' | put .claude/settings.json
refused "one of two files" .claude/settings.json ".claude.json" claude
connect --write claude
hasnot "... of which nothing is shown as done" "$T/out" "+++"
rm "$HM/.claude.json" "$HM/.claude/settings.json"
echo '[mcp_servers.clawbot]' | put .codex/config.toml
refused "a table of that name" .codex/config.toml "not ours" codex
echo 'x = [' | put .codex/config.toml
refused "what is not TOML" .codex/config.toml "with care" codex
echo '{}' | put .gemini/settings.json
chmod 444 "$HM/.gemini/settings.json"
refused "read-only" .gemini/settings.json "read-only" gemini
chmod 644 "$HM/.gemini/settings.json"
ln "$HM/.gemini/settings.json" "$HM/.gemini/same"
refused "of two names" .gemini/settings.json "other names" gemini
rm "$HM/.gemini/same"
chown cbtother "$HM/.gemini/settings.json"
refused "of another account" .gemini/settings.json "not yours" gemini
rm "$HM/.gemini/settings.json"
as cbtagent ln -s nowhere "$HM/.gemini/settings.json"
connect --write gemini
is "a link to nothing" "$S" 74
has "... is called that" "$T/err" ".gemini/settings.json: is a link to nothing"
as cbtagent ln -sf settings.json "$HM/.gemini/settings.json"
connect --write gemini
has "a link to itself is" "$T/err" "Too many levels of symbolic links"
echo '{}' | put dot/real.json
as cbtagent ln -sf ../dot/real.json "$HM/.gemini/settings.json"
connect --write gemini
is "a link is followed" "$S" 0
ok "... and stays one" test -L "$HM/.gemini/settings.json"
has "... to what is changed" "$HM/dot/real.json" clawbot
is "nothing is left beside it" "$(ls "$HM/dot")" real.json
ln -s "$T/theirs" "$HM/.qwen.new"
install -d -o cbtother -m 777 "$T/theirs"
rm -r "$HM/.qwen"
mv "$HM/.qwen.new" "$HM/.qwen"
connect --write qwen
is "a directory of another account's" "$S $(ls -A "$T/theirs")" "74 "
has "... is named" "$T/err" "not yours"
install -d -o cbtother "$T/other"
r_hm=$HM HM=$T/other
S=0
env -i HOME="$HM" "$B/clawbot" connect --write codex >"$T/out" 2>"$T/err" ||
    S=$?
is "nor does root make anything in a home of theirs" "$S $(ls -A "$HM")" "74 "
HM=$r_hm
printf '{\r\n  // mine\r\n  "mcp": { },\r\n}\r\n' |
    put .config/opencode/opencode.jsonc
printf 'model = "m"\r\n# mine\r\n' | put .codex/config.toml
files >"$T/before"
for a in opencode codex; do
	connect --write "$a"
	is "$a: lines that end as elsewhere" "$S" 0
	connect --remove "$a"
done
is "... are as before, to the byte" "$(files)" "$(cat "$T/before")"
head -c 17000000 /dev/zero | tr '\0' ' ' | put .gemini/settings.json
refused "a large one" .gemini/settings.json "too large" gemini
rm "$HM/.gemini/settings.json"
as cbtagent mkfifo "$HM/.gemini/settings.json"
connect --write gemini
is "a FIFO is no file, and not waited for" "$S" 74
has "... and said to be none" "$T/err" "not a file"
echo 'mine' | put .copilot/hooks/clawbot.json
connect --write copilot
is "a file of that name" "$S $(cat "$HM/.copilot/hooks/clawbot.json")" \
    "74 mine"
connect nobody
is "an agent that is not known" "$S" 64
connect -s 'a"; b' claude
is "a skill that is no name" "$S" 64
connect generic
has "any other client" "$T/out" mcpServers
EXTRA=CLAUDE_CONFIG_DIR=$HM/cfg connect --write claude
ok "CLAUDE_CONFIG_DIR" test -f "$HM/cfg/settings.json" -a \
    -f "$HM/cfg/.claude.json"

finish
