# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# clawbot completion prints what is installed for a shell, and that shell takes
# it, and completes by it.
. "$SRC/tests/regress/lib.sh"

DATA=$(sed -n 's/^datadir =[ 	]*//p' "$B/config.mk")
ok "there is a place for candidates" test -n "$DATA"
mkdir -p "$T/bin" "$T/clawbot-client"
ln -s "$B/clawbot" "$T/bin/clawbot"
install -m 755 "$SRC/etc/complete/candidates" "$T/clawbot-client/"

# takes SHELL FILE: it is no error to read it
takes() {
	case $1 in
	bash)	bash -n "$2" ;;
	zsh)	zsh -f -n "$2" ;;
	fish)	fish --no-config -n "$2" ;;
	esac >"$T/said" 2>&1 || return
	! grep -q . "$T/said"
}

refuses() {
	! takes "$@"
}

# completes SHELL FILE: what "clawbot pol" becomes
completes() {
	case $1 in
	bash)	bash --norc -c '. "$1"; COMP_WORDS=(clawbot pol) COMP_CWORD=1
		    _clawbot; echo "${COMPREPLY[0]}"' bash "$2" ;;
	zsh)	# what it would describe is printed
		zsh -f -c 'autoload -Uz compinit; compinit -u -D
		    _describe() { print -rl -- "${shown[@]}" | grep "^pol" |
			sed "s/:.*//;1q" }
		    words=(clawbot pol) CURRENT=2; source "$1"' zsh "$2" ;;
	fish)	fish --no-config -c 'source $argv[1]
		    complete -C "clawbot pol"' "$2" | sed 's/\t.*//;1q' ;;
	esac 2>"$T/err.$1"
}

PATH=$T/bin:$PATH
for shell in bash zsh fish; do
	cb cbtagent completion "$shell"
	is "$shell: status" "$S" 0
	cp "$T/out" "$T/text"
	sed "s|@datadir@|$DATA|g" "$SRC/etc/complete/clawbot.$shell.in" \
	    >"$T/installed"
	ok "$shell: it is what is installed" cmp "$T/installed" "$T/text"
	cb cbtagent --json completion "$shell"
	is "$shell: --json" "$(json "$T/out" completion.0.shell)" "$shell"
	{ cat "$T/text"; echo; } >"$T/line"
	json "$T/out" completion.0.text >"$T/same"
	ok "$shell: --json has the same text" cmp "$T/line" "$T/same"
	if ! command -v "$shell" >/dev/null; then
		skip "$shell takes it" "$shell is not installed"
		continue
	fi
	ok "$shell: it takes that" takes "$shell" "$T/text"
	{ cat "$T/text"; echo 'if ('; } >"$T/broken"
	ok "$shell: and would not if it were broken" \
	    refuses "$shell" "$T/broken"
	sed "s|$DATA/clawbot-client|$T/clawbot-client|" "$T/text" >"$T/here"
	is "$shell: and it completes by that" \
	    "$(completes "$shell" "$T/here" || cat "$T/err.$shell")" policy
done
for f in "$SRC"/etc/complete/clawbot.*.in; do
	shell=${f##*/clawbot.}
	cb cbtagent completion "${shell%.in}"
	is "each that is installed is printed: ${shell%.in}" "$S" 0
done
cb cbtagent completion
is "none is named: usage" "$S" 64
cb cbtagent completion tcsh
is "one that is not known: usage" "$S" 64
has "... and those that are" "$T/err" "bash, zsh and fish"
S=0
as cbtagent "$B/clawbot" completion bash >/dev/full 2>"$T/err" || S=$?
is "no room for it: status" "$S" 74
finish
