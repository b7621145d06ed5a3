# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034
#
# Promise: removing what is not there fails as it does outside, in the system
# too, where nothing can be written; what is there stays, and says why.
. "$SRC/tests/regress/lib.sh"

command -v perl >/dev/null || skip_all "no perl"
SKILLS='"work": { "default": "allow", "write": ["'$W'"], "limits": {
    "timeoutSeconds": 240 } },'
conf_default
daemon_start

cat >"$W/try.pl" <<'END'
for my $dir (@ARGV) {
	mkdir "$dir/d"; symlink "nowhere", "$dir/l";
	for my $name ("none", "none/x", "none/", "d/../none", "../none") {
		unlink "$dir/$name"; print "unlink $name: $!\n";
		rmdir "$dir/$name"; print "rmdir $name: $!\n";
	}
}
END
chmod 644 "$W/try.pl"
cb cbtagent run -s work -- perl "$W/try.pl" "$W"
cp "$T/out" "$T/want"
ok "where it can be written" \
    test "$(grep -c ": No such file" "$T/want")" -eq 10
for dir in /usr/lib /etc; do
	cb cbtagent run -s work -- perl "$W/try.pl" $dir
	is "in $dir" "$(diff "$T/want" "$T/out")" ""
done

cb cbtagent run -s work -- perl -e 'for my $f ("/usr/bin/env", "/etc/passwd") {
	unlink $f; print "$!\n"; rmdir "/usr/bin"; print "$!\n"; }
	symlink "/usr/lib", $ARGV[0]; unlink "$ARGV[0]/os-release"; print "$!\n";
	print -e "/usr/lib/os-release" ? "there" : "gone", "\n"' "$W/link"
is "what is there stays" "$(sort "$T/out" | uniq -c | tr -s ' ' | tr '\n' ';')" \
    " 5 Read-only file system; 1 there;"
daemon_stop
finish
