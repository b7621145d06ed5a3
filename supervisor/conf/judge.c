/* SPDX-License-Identifier: ISC */
/* The configuration as rules. */
#include "config.h"

#include <string.h>

#include "common/xconf.h"
#include "supervisor/conf/judge.h"

/* The first one that is released only after an approval, or NULL. */
static const char *
guarded_secret(const struct conf_skill *sk)
{
	size_t i;

	for (i = 0; i < sk->secrets.n; i++)
		if (sk->releases[i].approval)
			return (sk->secrets.v[i]);
	return (NULL);
}

void
conf_rules(struct rules *r, const struct conf *conf,
    const struct conf_skill *sk)
{
	memset(r, 0, sizeof(*r));
	r->skill = sk->name;
	r->allow = &sk->allow;
	r->ask = &sk->ask;
	r->deny = &sk->deny;
	r->dflt = sk->dflt;
	r->destructive = &sk->destructive;
	r->approval = conf->approval;
	r->secret = guarded_secret(sk);
	r->write = &sk->write;
	r->wraps = &conf->wrappers;
}

/* A shell that is given a line, "sh -c LINE", is what --shell makes of one. */
static void
by_shell(struct decision *d, const struct conf_skill *sk,
    const struct plan *plan)
{
	if (!sk->shell && policy_shell_line(&plan->argv, plan->exe.path))
		policy_say(d, VERDICT_DENY, "shell lines may not be asked for",
		    "skills.%s.shell", sk->name);
}

/* What does not depend on the command. */
static void
by_channel(struct decision *d, const struct conf_channel *ch,
    const struct conf_skill *sk)
{
	if (ch->access != ACCESS_EXECUTE)
		policy_say(d, VERDICT_DENY, "nothing may be executed on this "
		    "channel", "channels.%s.access", ch->name);
	if (!conf_channel_has_skill(ch, sk->name))
		policy_say(d, VERDICT_DENY, "this channel does not have this "
		    "skill", "channels.%s.skills", ch->name);
	if (sk->refuse != NULL)
		policy_say(d, VERDICT_DENY, sk->refuse, "skills.%s",
		    sk->name);
}

void
conf_decide(struct decision *d, const struct conf *conf,
    const struct conf_channel *ch, const struct conf_skill *sk,
    const struct plan *plan, const struct strv *names,
    const struct strv *same, const struct strv *interp)
{
	struct circumstances c = { .how = JUDGE_REQUEST, .top = plan->cwd,
	    .interp = interp, .execs = conf_execs(conf, sk) == EXECS_JUDGE };
	struct rules r;

	policy_begin(d);
	by_channel(d, ch, sk);
	by_shell(d, sk, plan);
	conf_rules(&r, conf, sk);
	policy_decide(d, &r, plan, names, same, &c);
}

int
conf_may_confirm(const struct conf *conf, const struct conf_channel *ch,
    const struct conf_skill *sk, const struct plan *plan,
    const struct strv *names, const struct strv *same,
    const struct strv *interp)
{
	static const struct patterns none;
	struct circumstances c = { .how = JUDGE_REQUEST, .top = plan->cwd,
	    .interp = interp, .confirms = 1 };
	enum verdict verdict;
	struct decision d;
	struct rules r;

	if (sk->confirmable.n == 0)
		return (0);
	memset(&d, 0, sizeof(d));
	policy_begin(&d);
	by_channel(&d, ch, sk);
	by_shell(&d, sk, plan);
	conf_rules(&r, conf, sk);
	r.allow = &sk->confirmable;
	r.ask = &none;
	r.dflt = VERDICT_DENY;
	policy_decide(&d, &r, plan, names, same, &c);
	verdict = d.verdict;
	policy_end(&d);
	return (verdict == VERDICT_ALLOW);
}
