/* SPDX-License-Identifier: ISC */
/*
 * What is found as a secret, and what is not.  In want each stretch that is
 * found is one #.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/buf.h"
#include "common/defs.h"
#include "common/knownsecret.h"

#define HEX32	"0123456789abcdef0123456789abcdef"

struct row {
	const char	*text;
	const char	*want;		/* NULL: nothing is found */
};

static const struct row rows[] = {
	/* a name and its value */
	{ "password=hunter2", "password=#" },
	{ "PGPASSWORD=hunter2 psql -h db", "PGPASSWORD=# psql -h db" },
	{ "AWS_SECRET_ACCESS_KEY=wJalrXUt/K7MDENG aws s3 ls",
	    "AWS_SECRET_ACCESS_KEY=# aws s3 ls" },
	{ "api_key=abcd1234", "api_key=#" },
	{ "passwd=x1", "passwd=#" },
	{ "client_secret=s3cr3t&grant_type=x", "client_secret=#&grant_type=x" },
	{ "http://x/?token=abc123secret&a=1", "http://x/?token=#&a=1" },
	{ ": token=x1y2z3; rm -rf /", ": token=#; rm -rf /" },
	{ "token=$(cat f)", NULL },
	{ "MYSQL_PWD=hunter2", "MYSQL_PWD=#" },
	{ "GITHUB_PAT=hunter2", "GITHUB_PAT=#" },
	{ "password: hunter2", "password: #" },
	{ "{\"password\":\"X\"}", "{\"password\":\"#\"}" },
	{ "{\"a\": 1, \"password\": \"p w\", \"b\": 2}",
	    "{\"a\": 1, \"password\": \"#\", \"b\": 2}" },
	{ "curl -d \"{\\\"apiKey\\\":\\\"abc\\\"}\" x",
	    "curl -d \"{\\\"apiKey\\\":\\\"#\\\"}\" x" },
	{ "password='a b c' ls", "password='#' ls" },
	{ "password=\"a\\\"b\" ls", "password=\"#\" ls" },
	{ "password=\"abc", "password=\"#" },
	{ "spring.datasource.password=abc", "spring.datasource.password=#" },
	{ "//registry/:_authToken=abcdef", "//registry/:_authToken=#" },
	{ "AccountKey=abc+/==;EndpointSuffix=x",
	    "AccountKey=#;EndpointSuffix=x" },
	{ "const API_TOKEN = \"abc\"", "const API_TOKEN = \"#\"" },
	{ "os.environ[\"API_TOKEN\"] = \"abc\"",
	    "os.environ[\"API_TOKEN\"] = \"#\"" },
	{ "X-Api-Key: abc", "X-Api-Key: #" },
	{ "curl -H 'X-Auth-Token: abc' http://h/",
	    "curl -H 'X-Auth-Token: #' http://h/" },
	{ "-o user=a,password=b,uid=0", "-o user=a,password=#,uid=0" },
	{ "password2=abcd", "password2=#" },
	{ "token=abcd|sh", "token=#|sh" },
	{ "openssl rsa -passin pass:geheim", "openssl rsa -passin pass:#" },
	/* nothing that could be run goes with it, by being in quotes */
	{ "password='correct horse battery' ls", "password='#' ls" },
	{ "password='P@ss(w0rd);$x&' ls", "password='#' ls" },
	{ "sh -c 'A_SECRET=\"rm -rf /; cat f\"; eval \"$A_SECRET\"'",
	    "sh -c 'A_SECRET=\"# -rf /; cat f\"; eval \"$A_SECRET\"'" },
	{ "A_SECRET=\"for i in 1 2; do rm $i; done\"",
	    "A_SECRET=\"# i in 1 2; do rm $i; done\"" },
	{ "mysql --password=\"my pass/word -1\"", "mysql --password=\"#\"" },
	{ "Authorization=token /tmp/evil.sh", NULL },
	{ "Authorization: token abc /tmp/x", "Authorization: token # /tmp/x" },
	{ "curl $(env -u X:/tmp/evil.sh)", NULL },
	{ "curl `env -u X:/tmp/evil.sh`", NULL },
	{ "password=\"{hunter2Super1}\"", "password=\"#\"" },
	{ "password=\"{hunter}\"", NULL },
	{ "A_SECRET='rm x\nrm y'", "A_SECRET='# x\nrm y'" },
	{ "db_password=\"import os;os.remove('id')\";run(db_password)",
	    "db_password=\"# os;os.remove('id')\";run(db_password)" },
	{ "{\"password\": \"a b; c d\"}", "{\"password\": \"# b; c d\"}" },
	{ "x_secret='a b c d e f g h i j k l m'",
	    "x_secret='# b c d e f g h i j k l m'" },
	{ "A_SECRET='x y; password=hunter2; ls'",
	    "A_SECRET='# y; password=#; ls'" },
	{ "private_key='-----BEGIN PRIVATE KEY-----\n"
	    "MIIEvQIBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----\n'; ls",
	    "private_key='-----BEGIN PRIVATE KEY-----\n#\n"
	    "-----END PRIVATE KEY-----\n'; ls" },
	{ "password='" HEX32 HEX32 HEX32 HEX32 "' ls", "password='#' ls" },
	{ "password='" HEX32 HEX32 HEX32 HEX32 "+(x)' ls",
	    "password='#(x)' ls" },
	/* what only looks like it */
	{ "const API_TOKEN = computeToken()", NULL },
	{ "token=compute_token(x)", NULL },
	{ "token = args.token", NULL },
	{ "login(password=password)", NULL },
	{ "connect(password=args.password)", NULL },
	{ "password=$PASS", NULL },
	{ "password=\"$PASS\"", NULL },
	{ "password='$PASS'", "password='#'" },
	{ "password=${PASS}", NULL },
	{ "token={{ vault_token }}", NULL },
	{ "--token=<your token>", NULL },
	{ "password=%s", NULL },
	{ "password=********", NULL },
	{ "password=", NULL },
	{ "password=\"\"", NULL },
	{ "password: string", NULL },
	{ "def f(token: str, n: int)", NULL },
	{ "password: req.body", NULL },
	{ "max_tokens=4096", NULL },
	{ "tokenizer=bert", NULL },
	{ "secret_name=db", NULL },
	{ "--token-count 12", NULL },
	{ "public_key=abcd", NULL },
	{ "OLDPWD=/home/x PWD=/tmp", NULL },
	{ "std::token::value", NULL },
	{ "pass=5 fail=0", NULL },
	{ "grep -rn password src", NULL },
	{ "kubectl create secret generic x", NULL },
	{ "docker build --secret id=npm,src=.npmrc .", NULL },
	{ "key=value", NULL },
	{ "git push origin main:main", NULL },
	{ "compass=north bypass=1", NULL },
	/* the quote behind it ends a string that began before */
	{ "echo \"token: \"; curl evil | sh; echo \"x\"", NULL },
	{ "sh -c 'password='; rm -rf /; echo 'x'", NULL },
	{ "echo \\\"token=\\\"; curl evil; echo \\\"x\\\"", NULL },
	{ "echo '\\'; echo \"token: \"; curl evil; echo \"x\"", NULL },
	{ ": # it's\necho 'token: '; curl evil; echo 'x'", NULL },
	{ "echo \"a\ntoken: \"; curl evil; echo \"x\"", NULL },
	{ "cat <<E\n\"\nE\necho \"a token: \"; curl evil; echo \"x\"", NULL },
	{ "print(\"Token: \", token.dump(), \"\\n\")", NULL },
	{ "log 'secret: ' '\"ev\":\"set\"'", NULL },
	{ "print('password='+'hunter2')", NULL },
	{ "echo 'password='hunter2'", "echo 'password='#'" },
	{ "it's password='hunter2 x'", "it's password='#'" },
	{ "sh -c \"password='a b' x\"", "sh -c \"password='#' x\"" },
	{ "password='a; b' x", "password='#; b' x" },
	{ "password='a;b' x", "password='#' x" },
	{ "key=\"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0B;\"",
	    "key=\"-----BEGIN PRIVATE KEY-----\n#;\"" },
	/* code */
	{ "password=b'hunter2'", "password=b'#'" },
	{ "login(password=rb\"a b\", n=1)", "login(password=rb\"#\", n=1)" },
	{ "TAG_PAT = r\"[a-z]*\"", NULL },
	{ "password=r\"hunter2\"", "password=r\"#\"" },
	{ "say(\"token=b\", 1)", "say(\"token=#\", 1)" },
	{ "password=$'hunter2\\n'", "password=$'#'" },
	{ "const pw = f\"password={password!r}\"", NULL },
	{ "password='{0}:{1}'.format(a, b)", NULL },
	{ "def f(token: Optional[str], t: int)", NULL },
	{ "token: typing.Union[bytes, str]", NULL },
	{ "key_password=certs[0][2]", NULL },
	{ "password=auth[\"password\"]", NULL },
	{ "credentials={ \"a\": 1 }", NULL },
	{ "user_pass = '%s:%s' % (a, b)", NULL },
	{ "h = proxy ? 'Proxy-Authorization' : 'Authorization'", NULL },
	{ "password=hunter[2", "password=#" },
	{ "password={hunter2", "password=#" },
	/* what programs say of a thing that has such a name */
	{ "/etc/passwd: will not be executed by the account of the run",
	    NULL },
	{ "cat: token: Permission denied", NULL },
	{ "cat: ./token: Is a directory", NULL },
	{ "ls: cannot access 'token': No such file or directory", NULL },
	{ "head: cannot open 'secrets/api_key' for reading: x", NULL },
	{ "rm: cannot remove \"a/credentials\": Operation not permitted",
	    NULL },
	{ "cp: /root/.secret: Read-only file system", NULL },
	{ "cat: secret: Input/output error", NULL },
	{ "cat: token: Too many levels of symbolic links", NULL },
	{ "sh: 1: ./token: Text file busy", NULL },
	{ "bash: ./token: cannot execute binary file: Exec format error",
	    NULL },
	{ "bash: token: command not found", NULL },
	{ "token: can't be read", NULL },
	{ "passwd: Authentication token manipulation error", NULL },
	{ "passwd: user 'x' does not exist", NULL },
	{ "passwd: You may not view the entry", NULL },
	{ "passwd: password unchanged", NULL },
	{ "git-credential: fatal: unable to get the lock: File exists", NULL },
	{ "remote: Invalid username or token. Password is not supported",
	    NULL },
	{ "Load key \"/root/.ssh/secret\": invalid format", NULL },
	{ "Load key \"/root/.ssh/token\": error in libcrypto", NULL },
	{ "src/secret.c:12: error: expected ';'", NULL },
	{ "src/token:12:5: error: expected ';'", NULL },
	{ "src/token:1234:17: error: expected ';'", NULL },
	{ "src/token: In function 'f':", NULL },
	{ "/bin/ld: lib/token: file not recognized: file truncated", NULL },
	{ "ValueError: invalid token: unexpected end of text", NULL },
	{ "jwt: token: signature is wrong", NULL },
	{ "authorization: failed for user x", NULL },
	/* and what is one all the same */
	{ "vault/db/password: hunter2", "vault/db/password: #" },
	{ "secrets/api_key: abcd1234 of x", "secrets/api_key: # of x" },
	{ "app/token: correct horse", "app/token: # horse" },
	{ "cat: password: hunter2 is wrong", "cat: password: # is wrong" },
	{ "passwd: hunter2 ", "passwd: # " },
	{ "token: abcdefghijkl", "token: #" },
	{ "password: cannot", "password: #" },
	{ "password: cannot;ls", "password: #;ls" },
	{ "password: cannot1 be", "password: # be" },
	{ "password=cannot be", "password=# be" },
	{ "DB_PASSWORD: x", "DB_PASSWORD: #" },
	{ "password:1234: x", "password:# x" },
	{ "secrets/token:12:abcdef", "secrets/token:#" },
	{ "secrets/token:1:2:3: x", "secrets/token:# x" },
	/* an option and the next word */
	{ "mycli --password hunter2 -v", "mycli --password # -v" },
	{ "mycli --password=hunter2 -v", "mycli --password=# -v" },
	{ "mycli --api-key 'a b' -v", "mycli --api-key '#' -v" },
	{ "mycli --password --force", NULL },
	{ "mycli --password $P", NULL },
	{ "curl -u me:hunter2 http://h", "curl -u me:# http://h" },
	{ "curl -ume:hunter2 http://h", "curl -ume:# http://h" },
	{ "/usr/bin/curl --user me:hunter2 http://h",
	    "/usr/bin/curl --user me:# http://h" },
	{ "curl x; docker run -u 1000:1000 y", NULL },
	{ "docker run --user 1000:1000 y", NULL },
	{ "mysql -uroot -pgeheim db", "mysql -uroot -p# db" },
	{ "mkdir -p geheim", NULL },
	{ "mkdir -pv geheim", NULL },
	{ "sshpass -p geheim ssh h", "sshpass -p # ssh h" },
	/* headers */
	{ "Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic #" },
	{ "authorization: abcdef", "authorization: #" },
	{ "curl -H 'Authorization: Bearer abc' http://h",
	    "curl -H 'Authorization: Bearer #' http://h" },
	{ "curl -H \"Authorization: Bearer $TOKEN\" http://h", NULL },
	{ "{\"Authorization\": \"Bearer abc\"}",
	    "{\"Authorization\": \"Bearer #\"}" },
	{ "curl -H Authorization:abc; rm -rf /",
	    "curl -H Authorization:#; rm -rf /" },
	{ "Proxy-Authorization: Digest abc", "Proxy-Authorization: Digest #" },
	{ "Bearer xyz987", "Bearer #" },
	{ "the bearer of bad news", NULL },
	{ "Bearer $TOKEN", NULL },
	/* URLs */
	{ "git clone https://user:X@host/r.git",
	    "git clone https://user:#@host/r.git" },
	{ "postgres://u:X@h/db", "postgres://u:#@h/db" },
	{ "redis://:geheim@h:6379", "redis://:#@h:6379" },
	{ "https://u:p@ss@h/", "https://u:#@h/" },
	{ "https://u:$PASS@h/", NULL },
	{ "ssh://git@host:22/r", NULL },
	{ "http://host:8080/a@b", NULL },
	{ "git@github.com:a/b.git", NULL },
	/* of services */
	{ "aws configure set x AKIAIOSFODNN7EXAMPLE",
	    "aws configure set x #" },
	{ "x ghp_" HEX32 "abcd y", "x # y" },
	{ "https://ghp_" HEX32 "abcd@github.com/a", "https://#@github.com/a" },
	{ "github_pat_" HEX32, "#" },
	{ "glpat-abcdefghij0123456789", "#" },
	{ "xoxb-123456789012-abcdef", "#" },
	{ "AIzaSyA-0123456789abcdefghijklmnopqrstu", "#" },
	{ "sk-ant-api03-" HEX32, "#" },
	{ "sk-proj-" HEX32, "#" },
	{ "sk-" HEX32, "#" },
	{ "sk_live_0123456789abcdef", "#" },
	{ "npm_" HEX32 "abcd", "#" },
	{ "gho_" HEX32, "#" }, { "ghu_" HEX32, "#" }, { "ghs_" HEX32, "#" },
	{ "ghr_" HEX32, "#" }, { "ASIAIOSFODNN7EXAMPLE", "#" },
	{ "gldt-abcdefghij0123456789", "#" },
	{ "glrt-abcdefghij0123456789", "#" },
	{ "xoxp-123456789012-abcdef", "#" }, { "xapp-1-A0B1C2D3E4", "#" },
	{ "GOCSPX-abcdefghij0123456789", "#" }, { "ya29." HEX32, "#" },
	{ "sk-svcacct-" HEX32, "#" }, { "gsk_" HEX32, "#" },
	{ "rk_live_0123456789abcdef", "#" }, { "whsec_0123456789abcdef", "#" },
	{ "pypi-" HEX32, "#" }, { "dckr_pat_0123456789abcdef", "#" },
	{ "hf_" HEX32, "#" }, { "shpat_" HEX32, "#" },
	{ "dop_v1_" HEX32, "#" }, { "hvs." HEX32, "#" },
	{ "AGE-SECRET-KEY-1" HEX32, "#" }, { "SG." HEX32 "." HEX32, "#" },
	{ "glsa_" HEX32, "#" }, { "tskey-auth-" HEX32, "#" },
	{ "ATATT3xFfGF0" HEX32, "#" }, { "nvapi-" HEX32 HEX32, "#" },
	{ "dapi" HEX32, "#" }, { "lin_api_" HEX32, "#" },
	{ "https://hooks.slack.com/services/T0/B0/abcdefghijklmnop",
	    "https://hooks.slack.com/services/T0/B0/#" },
	{ "gho_x ya29.a SG.x dapi glsa_a nvapi-x pypi-x dapiservice", NULL },
	{ "https://hooks.slack.com/services/README", NULL },
	{ "ghp_short sk-learn xoxb-a AKIA", NULL },
	{ "scikit sk-learn-contrib", NULL },
	{ "it is eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_-def.",
	    "it is #." },
	{ "eyJ.x.y", NULL },
	/* keys */
	{ "-----BEGIN PRIVATE KEY-----\n"
	    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA\nAQ==\n"
	    "-----END PRIVATE KEY-----",
	    "-----BEGIN PRIVATE KEY-----\n#\n#\n-----END PRIVATE KEY-----" },
	{ "-----BEGIN RSA PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0B\\n",
	    "-----BEGIN RSA PRIVATE KEY-----\\n#\\n" },
	{ "-----BEGIN PUBLIC KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\n", NULL },
	{ ": -----BEGIN PRIVATE KEY-----\nrm -rf /\nreboot\n", NULL },
};

static char *
marked(const char *text, const uint8_t *hide)
{
	size_t i, n = strlen(text);
	struct buf b;
	char *s;

	buf_init(&b, 2 * n + 1);
	for (i = 0; i < n; i++)
		if (!hide[i])
			buf_put(&b, text + i, 1);
		else if (i == 0 || !hide[i - 1])
			buf_put(&b, "#", 1);
	s = xstrndup((const char *)b.data, b.len);
	buf_free(&b);
	return (s);
}

/* On memory of its own, so that a byte too far is seen. */
static int
gives(const char *program, const char *before, const char *text,
    const char *want)
{
	const size_t n = strlen(text);
	char *copy = xmalloc(n + 1), *got;
	uint8_t *hide = xcalloc(n + 1, 1);
	size_t found;
	int bad;

	memcpy(copy, text, n);
	copy = realloc(copy, n != 0 ? n : 1);
	assert_non_null(copy);
	found = knownsecret_word(program, before, copy, n, hide);
	got = marked(text, hide);
	bad = strcmp(got, want != NULL ? want : text) != 0 ||
	    (found != 0) != (want != NULL);
	if (bad)
		print_error("%s:\n  got  %s\n  want %s\n", text, got,
		    want != NULL ? want : text);
	free(got);
	free(hide);
	free(copy);
	return (bad);
}

static void
test_rows(void **state)
{
	size_t i;
	int bad = 0;

	(void)state;
	for (i = 0; i < NELEM(rows); i++)
		bad += gives(NULL, NULL, rows[i].text, rows[i].want);
	assert_int_equal(bad, 0);
}

/* What is found changes nothing of what stands before it, and behind it on
 * another line; nor is it another thing for that. */
static void
test_between(void **state)
{
	static const char before[] = "ls -l /tmp; ",
	    behind[] = "\nreboot now; ls\n";
	char text[1024], want[1024];
	size_t i;
	int bad = 0;

	(void)state;
	for (i = 0; i < NELEM(rows); i++) {
		(void)snprintf(text, sizeof(text), "%s%s%s", before,
		    rows[i].text, behind);
		(void)snprintf(want, sizeof(want), "%s%s%s", before,
		    rows[i].want != NULL ? rows[i].want : "", behind);
		bad += gives(NULL, NULL, text,
		    rows[i].want != NULL ? want : NULL);
	}
	assert_int_equal(bad, 0);
}

struct word {
	const char	*program, *before, *text, *want;
};

static const struct word words[] = {
	{ "mycli", "--password", "hunter2", "#" },
	{ "mycli", "--password", "hunter2; rm -rf /", "#" },
	{ "mycli", "-token", "abc", "#" },
	{ "mycli", "--password", "--force", NULL },
	{ "mycli", "--secret", "id=a,src=b", NULL },
	{ "mycli", "--token", "YWJjZA==", "#" },
	{ "mycli", "password", "hunter2", NULL },
	{ "curl", "-u", "me:hunter2", "me:#" },
	{ "/usr/bin/curl", "--proxy-user", "me:hunter2", "me:#" },
	{ "docker", "-u", "1000:1000", NULL },
	{ "redis-cli", "-a", "hunter2", "#" },
	{ "ls", "-a", "hunter2", NULL },
	{ "mysql", "-p", "db", NULL },
	{ "mysql", "db", "-phunter2", "-p#" },
	{ NULL, "", "", NULL },
	{ "x", "-", "y", NULL },
};

static void
test_words(void **state)
{
	size_t i;
	int bad = 0;

	(void)state;
	for (i = 0; i < NELEM(words); i++)
		bad += gives(words[i].program, words[i].before, words[i].text,
		    words[i].want);
	assert_int_equal(bad, 0);
}

/* Not of twice the length, or a blow-up is there: then by the square. */
static int64_t
cost(const char *piece, size_t n)
{
	const size_t k = strlen(piece);
	struct timespec a, b;
	char *text = xmalloc(n + k);
	uint8_t *hide = xcalloc(n, 1);
	size_t i;

	for (i = 0; i < n; i += k)
		memcpy(text + i, piece, k);
	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
	(void)knownsecret_find(text, n, hide);
	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
	free(text);
	free(hide);
	return ((int64_t)(b.tv_sec - a.tv_sec) * 1000000000 + b.tv_nsec -
	    a.tv_nsec);
}

/* A mebibyte of what repeats takes no more, byte by byte, than a little of it:
 * by the square it would be 64 times as much. */
static void
test_linear(void **state)
{
	static const char *const pieces[] = { "a", " ", "-", "token=",
	    "token=(",
	    "token=$", "token=\"", "password=\"password='", "token:", "://",
	    "://a:b@", "Bearer ", "-----BEGIN PRIVATE KEY-----", "eyJ.", "\\\"",
	    "authorization:", "curl -u ", "password=\\\"", "a.b", "token ",
	    "--token ", "mysql -p", "token=\\", "token='", "token=b'", "'",
	    "token=\" ;", "\\\"token=\\\"", "# token='",
	    "hooks.slack.com/services/", "token=[a", "token={a" };
	const size_t n = 1U << 20;
	int64_t little, much;
	size_t i;

	(void)state;
	for (i = 0; i < NELEM(pieces); i++) {
		little = cost(pieces[i], n / 64) + 1000000;
		much = cost(pieces[i], n);
		if (much / 64 > 16 * little)
			fail_msg("%s: %lld ns, %lld for 64 times as much",
			    pieces[i], (long long)little, (long long)much);
	}
}

/* Whatever stands there, nothing beyond the text is touched or marked. */
static void
test_any(void **state)
{
	static const char *const bits[] = { "token", "=", ":", " ", "\"", "'",
	    "\\", "-", "--password", "$", "(", ";", "://", "@", "a", "\n",
	    "Bearer", "authorization", "curl", "-u", "-----BEGIN ",
	    "PRIVATE KEY-----", "eyJ", ".", "ghp_", HEX32, "]", ",", "b", "r",
	    "#", "[", "{", "}", "hooks.slack.com", "/services/" };
	char text[512];
	unsigned seed = 1;
	size_t n, k, i;
	uint8_t *hide;
	char *copy;

	(void)state;
	for (i = 0; i < 20000; i++) {
		for (n = 0; n < 400; n += k) {
			seed = seed * 1103515245U + 12345U;
			if ((seed >> 16) % 12 == 0)
				break;
			k = strlen(bits[(seed >> 20) % NELEM(bits)]);
			memcpy(text + n, bits[(seed >> 20) % NELEM(bits)], k);
		}
		copy = xmalloc(n + 1);
		memcpy(copy, text, n);
		copy = realloc(copy, n != 0 ? n : 1);
		hide = xcalloc(n + 1, 1);
		(void)knownsecret_find(copy, n, hide);
		assert_int_equal(hide[n], 0);
		free(copy);
		free(hide);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_between),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_linear),
		cmocka_unit_test(test_any),
	};

	return (cmocka_run_group_tests(tests, NULL, NULL));
}
