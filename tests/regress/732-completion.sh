# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# Completion: what each shell offers, with runs, approvals, secrets and skills
# of a daemon.
. "$SRC/tests/regress/lib.sh"

conf_default
daemon_start
D1=$T/share/clawbot-client
mkdir -p "$D1" "$T/bin"
chmod 755 "$T/share" "$D1" "$T/bin"
cp "$SRC/etc/complete/candidates" "$D1"
for s in bash zsh fish; do
	sed "s|@datadir@|$T/share|g" "$SRC/etc/complete/clawbot.$s.in" \
	    >"$T/clawbot.$s"
done
ln -s "$B/clawbot" "$T/bin/clawbot"
CLAWBOT_SOCKETS=$T/run
export CLAWBOT_SOCKETS

mkdir "$T/fpath"
cp "$T/clawbot.zsh" "$T/fpath/_clawbot"
chmod 755 "$T/fpath"

cat >"$T/ask.bash" <<END
. "$T/clawbot.bash"
read -r -a COMP_WORDS <<<"\$1"
[[ \$1 != *" " ]] || COMP_WORDS+=("")
COMP_CWORD=\$((\${#COMP_WORDS[@]} - 1))
_clawbot
printf "%s\n" "\${COMPREPLY[@]}"
END
cat >"$T/ask.fish" <<END
source "$T/clawbot.fish"
complete -C \$argv[1]
END
# The line is typed, completed, and shown as it is then.
cat >"$T/ask.zsh" <<END
zmodload zsh/zpty
zpty z "TERM=dumb zsh -f -i"
zpty -w z "PS1=; unsetopt prompt_sp; fpath=($T/fpath \\\$fpath)"
zpty -w z "autoload -Uz compinit && compinit -u -D"
zpty -w z "show() { print -r -- \"<\\\$BUFFER>\"; BUFFER=; }; zle -N show"
zpty -w z "bindkey '^T' show; print RE'AD'Y"
zpty -r z said '*READY*'
zpty -w -n z "\$1"\$'\t\x14'
zpty -r z said '*<clawbot*>*'
said=\${said##*<}
print -r -- \${said%%>*}
zpty -d z
END

# offers SHELL LINE: what the end of the line could be, for an approver
offers() {
	o_shell=$1
	case $o_shell in
	bash)	set -- bash --norc "$T/ask.bash" "$2" ;;
	fish)	set -- fish --no-config "$T/ask.fish" "$2" ;;
	zsh)	set -- zsh -f "$T/ask.zsh" "$2" ;;
	esac
	as cbtadmin env "PATH=$T/bin:$PATH" HOME="$T" timeout 240 "$@" \
	    </dev/null 2>"$T/err.$o_shell" | tr '\t' ' ' >"$T/offers"
}

# offered NAME SHELL LINE WORD...: each of these is offered
offered() {
	of_name="$2: $1" of_shell=$2
	offers "$2" "$3"
	shift 3
	for of_word; do
		if ! grep -qE "^$of_word( |\$)" "$T/offers"; then
			result 1 "$of_name" || :
			diag "no $of_word in:" "$(head -n 12 "$T/offers" \
			    "$T/err.$of_shell")"
			return
		fi
	done
	result 0 "$of_name"
}

cb cbtagent run -d -- sleep 1000
is "a run goes on: status" "$S" 0
run=$(cat "$T/out")
# in another directory than what waits below
cbbg stands cbtagent run -C "$W" -- touch asked
waiting
cb cbtadmin --json approve -y --for 1h "$ID"
is "a standing approval: status" "$S" 0
standing=$(json "$T/out" standing)
ok "a standing approval: it has an id" test -n "$standing"
status_of "$BGPID"
as cbtagent timeout 240 "$B/clawbot" run -- touch asked >"$T/w.out" \
    2>"$T/w.err" </dev/null &
BG="$BG $!"
waiting
printf a-value-1 | cbin cbtadmin secrets set A_TOKEN
is "a secret: status" "$S" 0

for shell in bash fish; do
	if ! command -v "$shell" >/dev/null; then
		skip "$shell" "$shell is not installed"
		continue
	fi
	offered commands "$shell" "clawbot " run kill approvals audit policy
	offered "the second word" "$shell" "clawbot policy " check diff why
	offered "help of commands" "$shell" "clawbot help " run audit
	offered "options" "$shell" "clawbot run -" --skill --detach -C
	offered "options of a command of two words" "$shell" \
	    "clawbot policy why --" --shell --user
	offered "runs" "$shell" "clawbot kill " "$run" "$ID"
	offered "a run by its beginning" "$shell" \
	    "clawbot logs $(printf %.6s "$run")" "$run"
	offered "what waits" "$shell" "clawbot approve " "$ID"
	is "$shell: what runs cannot be approved" \
	    "$(grep -c "^$run" "$T/offers")" 0
	offered "secrets" "$shell" "clawbot secrets rm " A_TOKEN
	offered "secrets, to give one another value" "$shell" \
	    "clawbot secrets set " A_TOKEN
	offered "what to do with slots" "$shell" "clawbot secrets slots " add rm
	offered "types of slots" "$shell" "clawbot secrets slots add " \
	    passphrase keyfile credential
	offered "slots" "$shell" "clawbot secrets slots rm " 1
	offered "slots, to be let go of" "$shell" \
	    "clawbot secrets rekey --drop " 1
	offered "standing approvals" "$shell" "clawbot revoke " "$standing"
	offered "agents" "$shell" "clawbot connect " claude codex generic
	offered "agents that can be one run" "$shell" "clawbot agent " claude qwen
	is "$shell: and no others" "$(grep -c '^generic' "$T/offers")" 0
	offered "routines" "$shell" "clawbot doctor --routine " daily quarterly
	offered "profiles" "$shell" "clawbot init --profile " developer none
	offered "skills" "$shell" "clawbot run -s " default
	offered "channels" "$shell" "clawbot -c " cli
	offered "accounts" "$shell" "clawbot stop -u cbtag" cbtagent
	offered "programs" "$shell" "clawbot run -- seq" seq
	offered "formats" "$shell" "clawbot audit export --format " ocsf otel
	offers "$shell" "clawbot run -r "
	is "$shell: nothing for words of one's own" "$(grep . "$T/offers")" ""
done

if command -v zsh >/dev/null; then
	offered "a command" zsh "clawbot kil" "clawbot kill"
	offered "an option" zsh "clawbot run --det" "clawbot run --detach"
	offered "a run" zsh "clawbot logs $(printf %.6s "$run")" \
	    "clawbot logs $run"
	offered "what waits" zsh "clawbot approve " "clawbot approve $ID"
	offered "a secret" zsh "clawbot secrets rm A" \
	    "clawbot secrets rm A_TOKEN"
	offered "a routine" zsh "clawbot doctor --routine we" \
	    "clawbot doctor --routine weekly"
	offered "a skill" zsh "clawbot run -s def" "clawbot run -s default"
else
	skip "zsh" "zsh is not installed"
fi

# What commands and options take is completed, or is known to be text: another
# kind of word has to be given a thought.
TEXT='PATTERN NAME=VALUE S[m|h] N WHY DIGEST TIME LINE SLOT=FILE TOOL
    KEY|FILE TERM'
"$B/clawbot" --help | sed -n 's/^  \([a-z][a-z ]*[a-z]\).*/\1/p' |
    sed 's/  .*//' >"$T/names"
while read -r name; do
	# shellcheck disable=SC2086 # one or two words
	"$B/clawbot" $name --help
done <"$T/names" | sed -n 's/^ *\(-[^ ].*\)/\1/p' | sed 's/  .*//' |
    sed -n 's/.* \([A-Z][^ ]*\)$/\1/p' >"$T/kinds"
"$B/clawbot" --help | sed -n 's/^  \([a-z].*\)/\1/p' | sed 's/  .*//' |
    sed -n 's/^[a-z ]* \[*\([A-Z|]*\).*/\1/p' | grep . >>"$T/kinds"
sort -u "$T/kinds" >"$T/all"
ok "there are kinds of words" test "$(wc -l <"$T/all")" -ge 20
# unknown FILE: those that candidates does not know
unknown() {
	while read -r kind; do
		! echo "$TEXT" | tr -s ' \t' '\n' | grep -qxF -- "$kind" ||
			continue
		grep -qE "^	(.* \| )?$kind( \| .*)?\)" \
		    "$SRC/etc/complete/candidates" || echo "$kind"
	done <"$1"
}
is "each is completed, or text" "$(unknown "$T/all")" ""
echo NOVEL >"$T/novel"
is "another one is noticed" "$(unknown "$T/novel")" NOVEL

# Where no daemon is there is nothing to wait for.
daemon_kill
for shell in bash fish; do
	command -v "$shell" >/dev/null || continue
	offered "no daemon: commands" "$shell" "clawbot " run
	offers "$shell" "clawbot kill "
	is "$shell: no daemon: no runs" "$(grep . "$T/offers")" ""
done
finish
