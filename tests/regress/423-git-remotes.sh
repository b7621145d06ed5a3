# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016
#
# Promise: in a grant with protected names git renames remotes with all that
# names them, adds hosts by their addresses, clones by file:// with bytes in
# percent, and sets options of merges that name no strategy.
. "$SRC/tests/regress/lib.sh"

command -v git >/dev/null || skip_all "no git"
SKILLS='"git": { "default": "allow", "write": ["'$W'"] },'
conf_default
daemon_start

# lines NAME WANT: what $W/lines prints, in a run
lines() {
	cb cbtagent run -s git --no-wait -C "$W" -- sh lines
	is "$1" "$S $(tr '\n' ' ' <"$T/out")" "$2"
	has_not "... and nothing was refused" 'refused'
}
has_not() {
	if grep -q "$2" "$T/err"; then
		result 1 "$1" || diag "$(cat "$T/err")"
	else
		result 0 "$1"
	fi
}

cat >"$W/lines" <<'END'
exec 2>&1
git init -q one && cd one && git config user.email a@example.org &&
git config user.name A && git commit -q --allow-empty -m 1 &&
git branch -M main && git remote add origin https://example.org/x.git &&
git config branch.main.remote origin && git config branch.main.merge \
    refs/heads/main && git config branch.main.pushRemote origin &&
git config remote.pushDefault origin && git remote rename origin upstream &&
git remote && git config branch.main.remote && git config \
    branch.main.pushRemote && git config remote.pushDefault &&
git config branch.main.merge
END
lines "a remote is renamed" \
    "0 upstream upstream upstream upstream refs/heads/main "
cat >"$W/lines" <<'END'
exec 2>&1
cd one && git remote add six ssh://::1/srv/x && git remote get-url six &&
git config branch.main.mergeOptions --no-ff &&
git config branch.main.mergeOptions && git config \
    uploadpack.allowAnySHA1InWant 1 && git config remote.six.gh-resolved base
END
lines "a host by its number, and options" "0 ssh://::1/srv/x --no-ff "
cat >"$W/lines" <<'END'
exec 2>&1
cp -R one a+b && git clone -q "file://$PWD/a%2Bb" new && cd new &&
git fetch && git log --format=%s origin/main
END
cb cbtagent run -s git --no-wait -C "$W" -- sh lines
is "bytes in percent" "$S $(cat "$T/out")" "0 1"
for key in "branch.main.mergeOptions --strategy=x" \
    "remote.x.url ext::sh" "remote.x.url file://$W/x%2Egit"; do
	echo "cd one; git config $key" >"$W/lines"
	cb cbtagent run -s git --no-wait -C "$W" -- sh lines
	is "not ${key##* }" "$([ "$S" -ne 0 ] || echo "$S")" ""
done
daemon_stop
finish
