# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# What protected names have refused in a run is told at its end: how often, and
# which key and name decide.
. "$SRC/tests/regress/lib.sh"

SKILLS='"own": { "default": "allow", '$PATIENT', "write": ["'$W'"],
    "protect": ["+Makefile", "+notes.write", "-.vscode"] },
    "off": { "default": "allow", '$PATIENT', "write": ["'$W'"], "protect": [] },'
conf_default
daemon_start
cd "$W" || exit 1

agent sh -c 'echo x >.bashrc; mkdir .git; mkdir .git/hooks;
    echo x >.git/hooks/update; echo x >.git/config;
    echo x >.bashrc; true'
is "the run's own status" "$S" 0
has "what was refused is told" "$T/err" \
    "clawbot: 4 changes were refused in the run: " \
    "skills.default.protect: .git/hooks" "skills.default.protect: .git/config" \
    "skills.default.protect: .bashrc (2 times)"
cb cbtagent --json run -- sh -c 'ln -s x .git; mkdir .ssh; true'
is "--json: names" "$(json "$T/out" refused | tr -d '\n')" \
    '[{"count":1,"rule":"skills.default.protect: .ssh"}]' ||
    json "$T/out" refused | sed 's/^/# /'
is "--json: programs are another list" "$(json "$T/out" denied)" "[]"
rm -rf "$W/.git"
cb cbtagent --json run -- sh -c 'echo "gitdir: x" >.git; true'
is "--json: what would lead to a name is for that" \
    "$(json "$T/out" refused.0.count)" 1
agent sh -c 'echo x >f; mv f g; rm g'
hasnot "nothing refused, nothing told" "$T/err" "refused"
cb cbtagent --json run -- true
is "--json: an empty list" "$(json "$T/out" refused)" "[]"
cb cbtagent run -s own -- sh -c 'echo x >Makefile; mkdir .vscode; echo y'
is "a name that was added, and one that was taken away" \
    "$S $(cat "$T/out")" "0 y"
has "it is told" "$T/err" \
    "clawbot: 1 change was refused in the run: skills.own.protect: Makefile"
cb cbtagent run -s own -- sh -c 'echo x >notes.write; true'
has "one that ends like a key is told as any other" "$T/err" \
    "in the run: skills.own.protect: notes.write"
rmdir "$W/.vscode"
cb cbtagent run -s off -- sh -c 'echo x >.bashrc; rm .bashrc'
is "without names there is nothing" "$S $(cat "$T/err")" "0 "

# Names that no grant has.
cb cbtagent --json run -- sh -c 'touch /usr/x; mkdir /etc/y; echo z >/usr/x; true'
is "--json: changes outside of the grants" \
    "$(json "$T/out" refused | tr -d '\n')" \
    '[{"count":3,"rule":"skills.default.write"}]' ||
    json "$T/out" refused | sed 's/^/# /'
agent sh -c 'touch /usr/x || true'
hasnot "a command that goes on without is told nothing" "$T/err" \
    "refused in the run"
agent sh -c 'touch /usr/x'
has "one that fails is" "$T/err" \
    "clawbot: 1 change was refused in the run: skills.default.write"
agent sh -c 'cat /usr/nothing; touch "$1/nothing/x"' - "$W"
hasnot "what is not there was not refused" "$T/err" "refused in the run"

# Many names: the first ones, and no more.
agent sh -c 'for n in .bashrc .profile .zshrc .ssh .vimrc .emacs .netrc .exrc \
    .gnupg .inputrc .kshrc .login; do mkdir $n; done 2>/dev/null; true'
is "no more than eight" "$(grep -o 'protect: ' "$T/err" | wc -l)" 8
ok "the record has how many there were" log_has '"refused":12'
daemon_stop
finish
