# SPDX-License-Identifier: ISC
# shellcheck shell=sh source=tests/regress/lib.sh disable=SC2016,SC2034,SC2317
#
# The report of a log, as text, JSON and a page; the page in a browser.
. "$SRC/tests/regress/lib.sh"

SKILLS='"closed": { "default": "deny", "allow": ["true", "never **"] },
    "idle": { "default": "ask" },'
conf_default
daemon_start
EVIL='<img src=x onerror=document.title="bad">'
cb cbtagent run -- true
cb cbtagent run -- false
cb cbtother run -s closed -- true
cb cbtagent run -- touch denied
cb cbtagent run -- "$(printf '<script>document.title="bad"</script>')"
cp /bin/true "$W/$EVIL" 2>/dev/null || cp /bin/true "$W/evil"
cb cbtagent run -C "$W" -- "./$EVIL"
cb cbtagent run -d -- touch asked
RUN=$(cat "$T/out")
cb cbtadmin approve -y "$RUN"
ok "all is recorded" until_true 60 log_has '"ev":"result"' "$RUN"
cb cbtadmin stop -s idle -r "$EVIL"
cb cbtadmin resume -s idle -r "enough"

### Text and JSON

cb cbtadmin audit report
is "a report: status" "$S" 0
ok "runs" grep -qE '^ +5 +began' "$T/out"
ok "refusals, by rule" grep -qE '^ +1  skills\.default\.deny: touch denied$' \
    "$T/out"
has "approvals, and how long they took" "$T/out" "an answer took"
ok "new programs, with their digests" grep -qE \
    "^ +[0-9]+  $(readlink -f /bin/false) [0-9a-f]{12}\$" "$T/out"
has "stops" "$T/out" "stop skill idle by cbtadmin" \
    "resume skill idle by cbtadmin: enough"
ok "a skill that nobody asked for" sh -c \
    'sed -n "/^Skills that nobody/,/^$/p" "$1" | grep -qx "  idle"' sh \
    "$T/out"
ok "an allow pattern that let nothing run" grep -qxF \
    '  skills.closed.allow: never **' "$T/out"
ok "and none that did" sh -c '! grep -qxF "  skills.closed.allow: true" "$1"' \
    sh "$T/out"
cb cbtadmin --json audit report --since 1h
ok "--json: one document" json_lines "$T/out"
is "--json: runs" "$(json "$T/out" runs)" 5
is "--json: refused" "$(json "$T/out" ended.refused)" 2
is "--json: a skill that nobody asked for" "$(json "$T/out" unused_skills.0)" \
    idle
cb cbtadmin --json audit report --since 2d --until 1d
is "another time: nothing of it" "$(json "$T/out" records)" 0
cb cbtadmin audit report --since soon
is "no time: usage" "$S" 64
cb cbtadmin audit report --since 1h --until 2h
is "no time between: usage" "$S" 64
cb cbtagent audit report
is "not for everybody" "$S" 77

### The page

install -d -o cbtadmin "$T/page"
: >"$T/page/report.html"
chown cbtadmin "$T/page/report.html"
cb cbtadmin audit report --html "$T/page/report.html"
is "a page: status" "$S" 0
PAGE=$T/page/report.html
is "a page: for who made it" "$(stat -c %a "$PAGE")" 600
ok "a page: hostile names are text" grep -qF \
    '&lt;img src=x onerror=document.title=&quot;bad&quot;&gt;' "$PAGE"
ok "a page: and nothing else" sh -c '! grep -qiE "<(img|script|link|iframe)" \
    "$1"' sh "$PAGE"
is "a page: its policy has the digest of its style" \
    "$(sed -n "s/.*style-src 'sha256-\([^']*\)'.*/\1/p" "$PAGE")" \
    "$(perl -0777 -ne 'print $1 if m{<style>(.*?)</style>}s' "$PAGE" |
    openssl dgst -sha256 -binary | base64)"
cb cbtadmin audit report --html "$T/nowhere/x"
is "a page that cannot be written: status" "$S" 74

### What is there already

was=$(stat -c %i "$PAGE")
chmod 644 "$PAGE"
cb cbtadmin audit report --html "$PAGE"
is "over an older page: status" "$S" 0
ok "over an older page: it is another file" \
    test "$(stat -c %i "$PAGE")" != "$was"
is "over an older page: for who made it" "$(stat -c %a "$PAGE")" 600
was=$(stat -c %i "$PAGE")
"$H/without" nameless setpriv --reuid=cbtadmin --regid="$(id -g cbtadmin)" \
    --init-groups "$B/clawbot" -S "$T/run" audit report --html "$PAGE" \
    >"$T/out" 2>"$T/err" || :
ok "over an older page, without files that have no name" \
    test "$(stat -c %i "$PAGE")" != "$was"
is "over an older page: it has one name" "$(cd "$T/page" && echo *)" \
    "report.html"
echo precious >"$T/page/notes"
chown cbtadmin "$T/page/notes"
ln -s report.html "$T/page/link"
mkdir "$T/page/dir"
for name in notes link dir; do
	cb cbtadmin audit report --html "$T/page/$name"
	is "not over $name: status" "$S" 74
	has "not over $name" "$T/err" "$name is there already, and is no report" \
	    "an older report is replaced, and nothing else"
done
is "not over notes: they are as they were" "$(cat "$T/page/notes")" precious
# no room for a second one: what is there stays
if mount -t tmpfs -o "size=4k,mode=700,uid=$(id -u cbtadmin)" cbt "$T/page/dir"
then
	UNDO="umount -l '$T/page/dir'; $UNDO"
	head -c 1000 "$PAGE" >"$T/page/dir/p.html"
	chown cbtadmin "$T/page/dir/p.html"
	cb cbtadmin audit report --html "$T/page/dir/p.html"
	is "no room for it: status" "$S" 74
	has "no room for it" "$T/err" "p.html: No space left on device"
	is "no room for it: the older one is as it was" \
	    "$(cat "$T/page/dir/p.html")" "$(head -c 1000 "$PAGE")"
	is "no room for it: and alone" "$(cd "$T/page/dir" && echo *)" p.html
fi
cb cbtadmin audit report --html /dev/null
is "to a device: status" "$S" 0

# a page as older versions made it
sed -i '/^<meta name="generator"/d' "$PAGE"
cb cbtadmin audit report --html "$PAGE"
is "over an older version's: status" "$S" 0
has "over an older version's: it is this one's" "$PAGE" 'name="generator"'
# root's, for those who read the other's, and not for who laid one there
install -d "$T/theirs"
install -m 640 -o cbtother -g cbtagent "$PAGE" "$T/theirs/web.html"
install -m 640 -o cbtagent -g cbtagent "$PAGE" "$T/page/laid.html"
for name in theirs/web page/laid; do
	cb root audit report --html "$T/$name.html"
	is "root's over another's, $name: status" "$S" 0
done
is "root's over another's: whose it is" \
    "$(stat -c '%U %G %a' "$T/theirs/web.html")" "cbtother cbtagent 640"
is "root's over one that was laid there: whose it is" \
    "$(stat -c '%U %a' "$T/page/laid.html")" "root 600"
# where the directory is another's
install -m 600 -o cbtadmin "$PAGE" "$T/theirs/p.html"
echo "old end" >>"$T/theirs/p.html"
cb cbtadmin audit report --html "$T/theirs/p.html"
is "in another's directory: status" "$S $(cat "$T/err")" "0 "
is "in another's directory: the page is new" \
    "$(grep -c '</html>$' "$T/theirs/p.html") $(grep -c "old end" \
    "$T/theirs/p.html")" "1 0"
ln "$T/theirs/p.html" "$T/theirs/q.html"
echo "old end" >>"$T/theirs/p.html"
cb cbtadmin audit report --html "$T/theirs/p.html"
is "but not one of two names: status" "$S" 74
has "but not one of two names: it stays" "$T/theirs/q.html" "old end"
rm "$T/theirs/q.html"
if mount --bind "$T/theirs/p.html" "$PAGE"; then
	cb cbtadmin audit report --html "$PAGE"
	umount "$PAGE"
	is "over one that is mounted: status" "$S" 0
	hasnot "over one that is mounted: it is new" "$T/theirs/p.html" \
	    "old end"
fi

# A pipe is read by whose it is.  Its reader waits for the page, or goes.
pipe() {
	rm -f "$T/page/pipe"
	mkfifo -m 600 "$T/page/pipe"
	chown "$1" "$T/page/pipe"
	timeout 60 cat "$T/page/pipe" >"$T/read" &
	READER=$!
	cb "$2" audit report --html "$T/page/pipe"
	if [ "$S" -ne 0 ]; then
		kill "$READER"
	fi
	wait "$READER" || :
}
pipe cbtadmin cbtadmin
is "to one's own pipe: status" "$S" 0
has "to one's own pipe: all of it" "$T/read" "<!DOCTYPE html>" "</html>"
pipe cbtagent root
is "not to another's pipe: status" "$S" 74
has "not to another's pipe" "$T/err" "pipe is a pipe of another account"
is "not to another's pipe: nothing was written" "$(wc -c <"$T/read")" 0

# Without a network, and told of by the browser: what it draws and what fails.
if ! command -v chromium >/dev/null; then
	skip "a browser shows it" "chromium is not installed"
	finish
fi
mkdir "$T/browser"
browse() {
	b_page=$1
	shift
	unshare -n timeout 60 chromium --headless --no-sandbox --disable-gpu \
	    --no-first-run --disable-background-networking \
	    --disable-component-update --disable-sync --enable-logging=stderr \
	    --user-data-dir="$T/browser" --log-net-log="$T/net.json" \
	    --window-size=1200,1600 "$@" "file://$b_page" 2>"$T/browser.err"
}
# requests of the page, and none of the browser's own
asked_for() {
	grep -o '"initiator":"[^"]*".*"url":"[^"]*"' "$T/net.json" |
	    grep -vF '"initiator":"not an origin"' | grep -c '"url":"http'
}
browse "$PAGE" --screenshot="$T/shot.png" >/dev/null
ok "a browser: a screenshot is made" test -s "$T/shot.png"
hasnot "a browser: nothing is refused or fails" "$T/browser.err" CONSOLE
has "a browser: what it asks for is known" "$T/net.json" '"constants"'
is "a browser: the page asks for nothing" "$(asked_for)" 0
# and that would have been noticed
cat >"$T/control.html" <<'END'
<!DOCTYPE html><title>as it was</title>
<img src="http://192.0.2.1/x.png"><script>nothing()</script>
END
browse "$T/control.html" --dump-dom >/dev/null
ok "a control: what a page asks for is seen" test "$(asked_for)" -gt 0
has "a control: what fails is seen" "$T/browser.err" CONSOLE
finish
