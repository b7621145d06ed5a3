/* SPDX-License-Identifier: ISC */
/*
 * The execs that init holds, from the call to what became of it; see hold.h.
 *
 * What an attacker could try: write other arguments or another path once we
 * have read them, from a thread, by memory that is shared, or from the parent
 * that vfork(2) left waiting (what the new program has is compared, where
 * nobody can write to it any more: the memory of other processes is behind a
 * read-only /proc); change the file meanwhile (its numbers are compared, and
 * who executes it cannot write to it), or a script (what its name leads to is
 * looked at once more, before what reads it begins), or the name of a loader
 * (loader.c), or the directory, from another thread (it is compared, too; no
 * other process can); execute from another thread than the first (the kernel
 * says which one it was); let the call fail after it was let go, and try again
 * (it is held again); hold back with SIGSTOP (it stops as it would); be killed
 * (its place is given back).
 */
#include "config.h"

#include <sys/ptrace.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/xmalloc.h"
#include "executor/watch/hold.h"
#include "executor/watch/hold_priv.h"
#include "executor/watch/hostile_init.h"
#include "executor/watch/watch.h"

/* One that is held, or was let go and has not become anything yet. */
struct open_exec {
	uint64_t	 key;
	uint64_t	 id;		/* of the notification */
	pid_t		 tid;
	int		 going;		/* seized, and let go */
	int		 late;		/* to be let go once it can be seized */
	uint64_t	 alone;		/* start of its process, which has no
					   other thread, or 0 */
	int		 error;		/* 0, or it was not looked at, and is
					   refused with that, or goes on */
	uint16_t	 place;		/* it waits for a word to be kept there,
					   or goes on by that: */
	int		 repeats;	/* the runner was not asked */
	uint32_t	 image;		/* what it was */
	int		 show;		/* what it becomes, to the runner */
	pid_t		 stands;	/* it has, and waits for its word */
	dev_t		 dev;		/* of what is executed */
	ino_t		 ino;
	dev_t		 cwd_dev;	/* in which directory */
	ino_t		 cwd_ino;
	char		*script;	/* as in struct sought */
	int		 loads;		/* it has a loader */
	dev_t		 loader_dev;
	ino_t		 loader_ino;
	uint8_t		 args[EXECS_DIGEST];
};

static struct {
	struct watch	*w;
	int		 box;
	int		 record;
	int		 seen;
	uint64_t	 last;		/* key */
	struct open_exec *open;
	size_t		 n;
	size_t		 room;
	struct images	 images;
} all;

void
hold_start(struct watch *w, int box, int record)
{
	all.w = w;
	all.box = box;
	tell_start(box);
	all.record = record;
}

void
hold_command(pid_t pid)
{
	all.images.command = pid;
}

int
hold_seen(void)
{
	return (all.seen);
}

static struct open_exec *
find_tid(pid_t tid)
{
	size_t i;

	for (i = 0; i < all.n; i++)
		if (all.open[i].tid == tid)
			return (&all.open[i]);
	return (NULL);
}

static void
forget(struct open_exec *o)
{
	free(o->script);
	*o = all.open[--all.n];
}

/* What became of it, to the runner. */
static void
tell_end(const struct open_exec *o, pid_t pid, enum fate fate, uint32_t image)
{
	struct repeated v = { o->place, (uint8_t)fate, (uint32_t)pid, o->image,
	    image };

	if (!o->repeats) {
		kept_word(o->place, 0);
		tell_fate(o->key, fate, image);
		return;
	}
	kept_used(o->place);
	tell_repeated(&v);
}

/* It was let go or is held, and comes to nothing. */
static void
end_open(struct open_exec *o, enum fate fate)
{
	tell_end(o, o->tid, fate, IMAGE_UNKNOWN);
	forget(o);
}

static void
answer(uint64_t id, int error, uint32_t flags)
{
	struct seccomp_notif_resp a;

	memset(&a, 0, sizeof(a));
	a.id = id;
	a.error = error;
	a.flags = flags;
	/* its caller may be gone */
	if (ioctl(all.w->listener, SECCOMP_IOCTL_NOTIF_SEND, &a) == -1 &&
	    errno != ENOENT)
		_exit(1);
}

static int
waits(const struct open_exec *o)
{
	uint64_t id = o->id;

	return (ioctl(all.w->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) ==
	    0);
}

/* The first of all, by what becomes the run's program: that is approved. */
static int
is_first(const struct call *c)
{
	return (!all.seen && (pid_t)c->n.pid == all.images.command);
}

static struct open_exec *
note(struct call *c, struct sought *w, uint64_t alone)
{
	struct open_exec *o;

	if (all.n == all.room) {
		all.room = all.room == 0 ? 32 : 2 * all.room;
		all.open = xrecallocarray(all.open, all.n, all.room,
		    sizeof(*all.open));
	}
	o = &all.open[all.n++];
	memset(o, 0, sizeof(*o));
	o->key = w->h.key;
	o->id = c->n.id;
	o->tid = (pid_t)c->n.pid;
	o->alone = alone;
	o->place = HELD_NOWHERE;
	o->image = w->h.image;
	o->dev = w->dev;
	o->ino = w->ino;
	o->cwd_dev = w->cwd_dev;
	o->cwd_ino = w->cwd_ino;
	o->script = w->script;
	w->script = NULL;
	o->loads = w->loader_ino != 0;
	o->loader_dev = w->loader_dev;
	o->loader_ino = w->loader_ino;
	memcpy(o->args, w->args, sizeof(o->args));
	return (o);
}

/* It was interrupted while it was held, and asks for the same again. */
static int
is_anew(const struct open_exec *o, const struct sought *w)
{
	return (!o->going && o->error == 0 && o->dev == w->dev &&
	    o->ino == w->ino && o->cwd_dev == w->cwd_dev &&
	    o->cwd_ino == w->cwd_ino &&
	    memcmp(o->args, w->args, sizeof(o->args)) == 0);
}

static void	let_go_on(struct open_exec *);

/* What it may do is a question of whose it is, not of which of these. */
static unsigned
whose(uint32_t image)
{
	return (image == IMAGE_UNKNOWN ? 2 : image != 0);
}

/* By the word for an equal one; or the runner is asked. */
static void
decide(struct open_exec *o, struct sought *w)
{
	uint8_t same[EXECS_DIGEST];

	if (!w->links) {
		sought_same(w, whose(o->image), same);
		o->place = kept_use(same);
		if ((o->repeats = o->place != HELD_NOWHERE)) {
			let_go_on(o);
			return;
		}
		o->place = w->h.place = kept_place(same);
	}
	tell_held(w);
}

static int
hold(struct call *c, struct sought *w)
{
	struct open_exec *o;
	uint64_t alone = 0;

	hostile_held(all.box, all.last, w);
	if ((o = find_tid((pid_t)c->n.pid)) != NULL) {
		if (is_anew(o, w)) {
			o->id = c->n.id;
			o->alone = 0;	/* it may have got company */
			return (WATCH_LATER);
		}
		end_open(o, o->going ? FATE_FAILED : FATE_GONE);
	}
	w->h.key = ++all.last;
	w->h.pid = c->n.pid;
	w->h.image = image_of_caller(&all.images, &c->w->walk, &alone);
	/* all of this was read of one that is still there */
	if (call_valid(c) < 0)
		return (-ESRCH);
	decide(note(c, w, alone), w);
	return (WATCH_LATER);
}

/*
 * What init could not look at is refused, or, if nothing is, goes on; but
 * when there is room for its row.
 */
static int
not_seen(struct call *c, struct sought *w, int hidden, int r)
{
	static char none[] = "";
	char *path[2] = { c->path[0], NULL };
	struct open_exec *o;
	uint64_t alone = 0;

	if (hidden == 0 || (hidden == SOUGHT_STRANGE && !all.record))
		return (r);
	sought_done(w);
	if ((o = find_tid((pid_t)c->n.pid)) != NULL)
		end_open(o, o->going ? FATE_FAILED : FATE_GONE);
	w->h.key = ++all.last;
	w->h.pid = c->n.pid;
	w->h.image = image_of_caller(&all.images, &c->w->walk, &alone);
	w->h.has = HELD_REFUSED;
	w->h.place = HELD_NOWHERE;
	w->h.cwd = w->h.interp_arg = none;
	w->h.argv.v = path;
	w->h.argv.n = 1;
	note(c, w, alone)->error = r;
	tell_held(w);
	memset(w, 0, sizeof(*w));
	return (WATCH_LATER);
}

int
hold_call(struct call *c, int dirfd, unsigned path, int flags)
{
	struct sought w;
	int hidden, r;

	if (is_first(c)) {
		all.seen = 1;
		answer(c->n.id, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
		return (WATCH_LATER);
	}
	if ((r = sought_read(c, dirfd, path, flags, &w, &hidden)) == 0)
		r = hold(c, &w);
	else
		r = not_seen(c, &w, hidden, r);
	sought_done(&w);
	return (r);
}

static void	let_go(struct open_exec *, pid_t);

/* What stands there is killed before it begins. */
static void
kill_other(struct open_exec *o, pid_t pid)
{
	(void)kill(pid, SIGKILL);
	end_open(o, FATE_OTHER);
}

/* It is seized; if it is still who was, it goes on. */
static void
let_call(struct open_exec *o)
{
	if (!waits(o)) {
		end_open(o, FATE_GONE);
		return;
	}
	o->going = 1;
	answer(o->id, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

/*
 * The call goes on, and stops where it has become something.  That it still
 * waits was asked before, and is once more when it is seized.
 */
static void
let_go_on(struct open_exec *o)
{
	o->late = 0;
	if (seize_take(&all.w->walk, o->tid, o->alone != 0) == 0)
		let_call(o);
	else if (errno == EAGAIN)
		o->late = 1;
	else {
		/* it is gone, or does not let itself be looked at any more */
		answer(o->id, -EACCES, 0);
		end_open(o, FATE_GONE);
	}
}

static void
go_on(struct open_exec *o)
{
	if (!waits(o))
		end_open(o, FATE_GONE);
	else if (o->error != 0) {
		answer(o->id, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
		end_open(o, FATE_RAN);
	} else
		let_go_on(o);
}

void
hold_settled(uint64_t key, enum settled how)
{
	struct open_exec *o;
	size_t i;

	for (i = 0; i < all.n && (all.open[i].key != key ||
	    all.open[i].repeats); i++)
		;
	if (i == all.n)
		return;
	o = &all.open[i];
	if (o->stands != 0 && how == SETTLED_GO)
		let_go(o, o->stands);
	else if (o->stands != 0)
		kill_other(o, o->stands);
	else if (how == SETTLED_REFUSE) {
		kept_word(o->place, 0);
		answer(o->id, o->error != 0 ? o->error : -EACCES, 0);
		forget(o);
	} else {
		kept_word(o->place, how == SETTLED_KEEP);
		o->place = HELD_NOWHERE;
		o->show = how == SETTLED_SHOW;
		go_on(o);
	}
}

void
hold_ahead(uint32_t more)
{
	kept_ahead(more);
}

void
hold_still(void)
{
	size_t i;

	for (i = all.n; i-- > 0;)
		if (!all.open[i].going && !waits(&all.open[i]))
			end_open(&all.open[i], FATE_GONE);
	hold_again();
}

void
hold_again(void)
{
	size_t i;

	for (i = all.n; i-- > 0;)
		if (all.open[i].late)
			go_on(&all.open[i]);
}

/* Is it what was decided?  Nobody but itself could change that now. */
static int
as_decided(const struct open_exec *o, pid_t pid)
{
	struct walk w = all.w->walk;
	uint8_t args[EXECS_DIGEST];
	struct stat exe, cwd;

	w.tid = pid;
	return (walk_stat(&w, "exe", &exe) == 0 && exe.st_dev == o->dev &&
	    exe.st_ino == o->ino && walk_stat(&w, "cwd", &cwd) == 0 &&
	    cwd.st_dev == o->cwd_dev && cwd.st_ino == o->cwd_ino &&
	    sought_args(&w, args) == 0 &&
	    memcmp(args, o->args, sizeof(args)) == 0);
}

/* It is another program now, and nothing of it is traced. */
static void
let_go(struct open_exec *o, pid_t pid)
{
	tell_end(o, pid, FATE_RAN, image_new(&all.images, &all.w->walk, pid,
	    o->alone));
	forget(o);
	(void)ptrace(PTRACE_DETACH, pid, NULL, 0L);
}

/* Was it the loader that was judged which the kernel took? */
static int
right_loader(const struct open_exec *o, const struct walk *w, int exe)
{
	struct stat st;
	int fd, right;

	if (!o->loads)
		return (1);
	if ((fd = sought_loader(w, exe)) < 0)
		return (0);
	right = fstat(fd, &st) == 0 && st.st_dev == o->loader_dev &&
	    st.st_ino == o->loader_ino && loader_is(w, fd);
	(void)close(fd);
	return (right);
}

/* What may have been written to until now, to be looked at once more. */
static void
show(struct open_exec *o, pid_t pid)
{
	struct walk w = all.w->walk;
	int fds[INSIDE_SHOWN_FDS];
	unsigned n = 0, i;
	int right;

	w.tid = pid;
	if ((right = (fds[0] = walk_proc(&w, "exe", O_RDONLY)) >= 0))
		right = right_loader(o, &w, fds[n++]);
	if (right && o->script != NULL &&
	    (right = (fds[1] = sought_named(&w, o->script)) >= 0))
		n++;
	if (right) {
		o->stands = o->tid = pid;
		tell_shown(o->key, fds, n);
	} else if (all.record)
		let_go(o, pid);
	else
		kill_other(o, pid);
	for (i = 0; i < n; i++)
		(void)close(fds[i]);
}

/*
 * Nothing is refused, so what it became in place of what was read is what is
 * recorded.
 */
static void
record_other(struct open_exec *o, pid_t pid)
{
	struct sought w;

	/* first this one, for which the other's place is kept */
	if (sought_became(&all.w->walk, pid, &w) == 0) {
		w.h.key = ++all.last;
		w.h.pid = (uint32_t)pid;
		w.h.image = image_of(&all.images, &all.w->walk, pid);
		tell_held(&w);
		tell_fate(w.h.key, FATE_RAN, image_new(&all.images,
		    &all.w->walk, pid, o->alone));
	}
	end_open(o, FATE_FAILED);
	sought_done(&w);
	(void)ptrace(PTRACE_DETACH, pid, NULL, 0L);
}

/* A process has become another program, and stands before it begins. */
static void
became(pid_t pid)
{
	struct open_exec *o;
	unsigned long tid = 0;

	(void)ptrace(PTRACE_GETEVENTMSG, pid, NULL, &tid);
	seize_over((pid_t)tid);
	/* the first thread, whose number it has now, ended without a word */
	if ((pid_t)tid != pid) {
		seize_over(pid);
		if ((o = find_tid(pid)) != NULL)
			end_open(o, FATE_GONE);
	}
	o = find_tid((pid_t)tid);
	if (o == NULL || !o->going)
		(void)kill(pid, SIGKILL);	/* it cannot be */
	else if (!as_decided(o, pid)) {
		if (all.record)
			record_other(o, pid);
		else
			kill_other(o, pid);
	} else if (o->show)
		show(o, pid);
	else
		let_go(o, pid);
}

/*
 * It is told of a signal: whatever it was let go with is over.  From here on
 * it need not be traced; what it calls next is held anew.
 */
static void
signaled(pid_t tid, int sig)
{
	struct open_exec *o;

	if ((o = find_tid(tid)) != NULL && o->going)
		end_open(o, FATE_FAILED);
	seize_over(tid);
	(void)ptrace(PTRACE_DETACH, tid, NULL, (long)sig);
}

static int
stops(int sig)
{
	return (sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN ||
	    sig == SIGTTOU);
}

int
hold_event(pid_t pid, int status)
{
	struct open_exec *o;

	if (!WIFSTOPPED(status)) {
		if ((o = find_tid(pid)) != NULL)
			end_open(o, FATE_GONE);
		seize_over(pid);
		return (0);
	}
	switch (status >> 16) {
	case PTRACE_EVENT_EXEC:
		became(pid);
		break;
	case PTRACE_EVENT_STOP:
		if (stops(WSTOPSIG(status)))
			(void)ptrace(PTRACE_LISTEN, pid, NULL, 0L);
		else
			(void)ptrace(PTRACE_CONT, pid, NULL, 0L);
		break;
	default:
		signaled(pid, WSTOPSIG(status));
		break;
	}
	return (1);
}
