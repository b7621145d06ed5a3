/* SPDX-License-Identifier: ISC */
/* Paths in the configuration: their form, and what no grant may cover. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "common/defs.h"
#include "common/fileop.h"
#include "common/forwardto.h"
#include "common/within.h"
#include "supervisor/conf/conf_priv.h"

const char *
path_form_wrong(const char *s)
{
	const char *p, *end;

	if (s[0] != '/')
		return ("must be an absolute path");
	for (p = s; *p == '/'; p = end) {
		p++;
		end = p + strcspn(p, "/");
		if (end == p)
			return ("path must not have \"//\" or end in \"/\"");
		if ((end - p == 1 && p[0] == '.') ||
		    (end - p == 2 && p[0] == '.' && p[1] == '.'))
			return ("path must not have \".\" or \"..\" in it");
	}
	return (NULL);
}

const char *
path_wrong(const char *s)
{
	const char *p;

	if (strcmp(s, "/") == 0)
		return ("must not be \"/\"");
	if (strlen(s) >= PLAN_MAXPATH)
		return ("path is too long");
	for (p = s; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return ("path with a control character");
	return (path_form_wrong(s));
}

static int
path_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	char **to = key_at(k, of);
	const char *s, *why;

	if ((s = get_text(cx, v)) == NULL)
		return (-1);
	if ((why = path_wrong(s)) != NULL) {
		cx_err(cx, v, "%s", why);
		return (-1);
	}
	free(*to);
	*to = xstrdup(s);
	return (0);
}

static json_t *
path_show(const struct key *k, const void *of)
{
	return (json_string(*(char **)key_at(k, of)));
}

static void
path_init(const struct key *k, void *of)
{
	*(char **)key_at(k, of) = xstrdup(k->more);
}

static void
path_free(const struct key *k, void *of)
{
	free(*(char **)key_at(k, of));
}

static int
paths_get(struct cx *cx, const struct value *v, const struct key *k, void *of)
{
	return (get_list(cx, v, k->max, path_wrong, 0, key_at(k, of)));
}

static int
forward_get(struct cx *cx, const struct value *v, const struct key *k,
    void *of)
{
	char **to = key_at(k, of);
	const char *s = NULL, *why;
	struct forwardto f;

	if (!json_is_null(v->json)) {
		if ((s = get_text(cx, v)) == NULL)
			return (-1);
		why = forwardto_parse(s, &f);
		if (why == NULL && f.way == FORWARD_LOCAL)
			why = path_wrong(f.addr.local.sun_path);
		if (why != NULL) {
			cx_err(cx, v, "%s", why);
			return (-1);
		}
	}
	free(*to);
	*to = s == NULL ? NULL : xstrdup(s);
	return (0);
}

static int
program_get(struct cx *cx, const struct value *v, const struct key *k,
    void *of)
{
	char **to = key_at(k, of);

	if (!json_is_null(v->json))
		return (path_get(cx, v, k, of));
	free(*to);
	*to = NULL;
	return (0);
}

static json_t *
program_show(const struct key *k, const void *of)
{
	return (*(char **)key_at(k, of) == NULL ? json_null() :
	    path_show(k, of));
}

const struct key_kind kind_PROGRAM = { .name = "program",
    .get = program_get, .show = program_show, .free = path_free };
const struct key_kind kind_FORWARD = { .name = "forward",
    .get = forward_get, .show = program_show, .free = path_free };
const struct key_kind kind_PATH = { .name = "path", .get = path_get,
    .show = path_show, .init = path_init, .free = path_free };
const struct key_kind kind_PATHS = { .name = "paths", .get = paths_get,
    .show = list_show, .free = list_free };

int
path_overlap(const char *a, const char *b)
{
	return (within_dir(b, a) || within_dir(a, b));
}

/* Both as written and with every link followed. */
static int
touches(const char *grant, const char *keep)
{
	char *g, *k;
	int rc;

	if (path_overlap(grant, keep))
		return (1);
	g = conf_ops->canon(grant);
	k = conf_ops->canon(keep);
	rc = path_overlap(g != NULL ? g : grant, k != NULL ? k : keep);
	free(g);
	free(k);
	return (rc);
}

/* /etc/clawbot.conf, /etc/clawbot/..., whatever begins like that */
static int
touches_etc(const char *grant)
{
	char *g = conf_ops->canon(grant);
	const char *s = g != NULL ? g : grant;
	int rc;

	rc = within_dir("/etc", grant) || within_dir("/etc", s) ||
	    strncmp(grant, "/etc/clawbot", 12) == 0 ||
	    strncmp(s, "/etc/clawbot", 12) == 0;
	free(g);
	return (rc);
}

/*
 * Who may connect there is root by another name, or the account whose session
 * it is, outside of every sandbox: it asks for what it likes to be started.
 */
static const struct {
	const char	*dir;		/* it, or below */
	const char	*name;		/* anywhere; or NULL */
	const char	*socket;	/* this file; or NULL */
	const char	*what;
} rulers[] = {
	{ "/run/docker.sock", "docker.sock", "/run/docker.sock", "docker" },
	{ "/run/podman", "podman.sock", "/run/podman/podman.sock", "podman" },
	{ "/run/containerd", "containerd.sock",
	    "/run/containerd/containerd.sock", "containerd" },
	{ "/run/crio", "crio.sock", "/run/crio/crio.sock", "cri-o" },
	{ "/run/buildkit", "buildkitd.sock", "/run/buildkit/buildkitd.sock",
	    "buildkit" },
	{ "/run/systemd", NULL, "/run/systemd/private", "systemd" },
	{ "/run/dbus", "system_bus_socket", "/run/dbus/system_bus_socket",
	    "D-Bus" },
	{ "/run/snapd.socket", "snapd.socket", "/run/snapd.socket", "snapd" },
	{ "/run/snapd-snap.socket", NULL, "/run/snapd-snap.socket", "snapd" },
	{ "/run/libvirt", "libvirt-sock", "/run/libvirt/libvirt-sock",
	    "libvirt" },
	{ "/var/lib/lxd", NULL, "/var/lib/lxd/unix.socket", "LXD" },
	{ "/var/snap/lxd", NULL, "/var/snap/lxd/common/lxd/unix.socket",
	    "LXD" },
	{ "/var/lib/incus", NULL, "/var/lib/incus/unix.socket", "Incus" },
	{ "/run/incus", NULL, NULL, "Incus" },
	{ "/run/udev", NULL, "/run/udev/control", "udev" },
	{ "/tmp/.X11-unix", NULL, "/tmp/.X11-unix/X0", "the X server" },
};

/* /run/user/1000/bus, and what else starts programs for that account. */
static const char *
ruler_of_session(const char *path)
{
	static const char dir[] = "/run/user/";
	static const struct {
		const char	*name;
		const char	*what;
	} own[] = { { "bus", "D-Bus" }, { "dbus-1", "D-Bus" },
	    { "systemd", "systemd" }, { "docker", "docker" },
	    { "podman", "podman" } };
	const char *rest;
	size_t i;

	if (strncmp(path, dir, sizeof(dir) - 1) != 0 ||
	    (rest = strchr(path + sizeof(dir) - 1, '/')) == NULL)
		return (NULL);
	for (i = 0; i < NELEM(own); i++)
		if (within_dir(rest + 1, own[i].name))
			return (own[i].what);
	return (NULL);
}

static const char *
ruler_of(const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	size_t i;

	for (i = 0; i < NELEM(rulers); i++)
		if (within_dir(path, rulers[i].dir) ||
		    (rulers[i].name != NULL &&
		    strcmp(rulers[i].name, name) == 0))
			return (rulers[i].what);
	return (ruler_of_session(path));
}

const char *
conf_ruler_at(size_t i)
{
	if (i >= NELEM(rulers))
		return (NULL);
	return (rulers[i].socket != NULL ? rulers[i].socket : rulers[i].dir);
}

/* As it is written, and with every link followed. */
static void
check_socket(struct cx *cx, const struct value *p, const char *path)
{
	char *to = conf_ops->canon(path);
	const char *what = ruler_of(path);

	if (what == NULL && to != NULL)
		what = ruler_of(to);
	free(to);
	if (what != NULL)
		cx_err(cx, p, "\"%s\" is a socket of %s: whoever may connect "
		    "there has programs started outside of every sandbox; "
		    "grant that of a proxy that takes no more than the skill "
		    "needs", path, what);
}

/*
 * The path that a grant must stay away from and does not, or NULL; homes:
 * where those of runs are, or NULL.
 */
static const char *
kept_by(const struct conf *c, const char *grant, int write, const char *homes)
{
	const char *keep[] = { c->log_dir, c->vault_dir, c->socket_dir,
	    homes, c->path, CB_LOGDIR, CB_VAULTDIR, CB_RUNDIR,
	    CB_EMPTYDIR, FILEOP_DIR, "/proc", "/sys", "/dev",
	    write ? CB_LIBEXECDIR : NULL, write ? CB_SBINDIR : NULL };
	size_t i;

	for (i = 0; i < c->unlock.n; i++)
		if (strncmp(c->unlock.v[i], "keyfile:", 8) == 0 &&
		    touches(grant, c->unlock.v[i] + 8))
			return (c->unlock.v[i] + 8);
	for (i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		if (keep[i] != NULL && touches(grant, keep[i]))
			return (keep[i]);
	return (touches_etc(grant) ? "/etc/clawbot.conf" : NULL);
}

void
path_check_grants(struct cx *cx, const struct value *list,
    const struct strv *paths, int write, const char *own)
{
	const struct value *p;
	const char *keep;
	size_t i;

	if (list == NULL || list->nkids != paths->n)
		return;
	for (i = 0; i < paths->n; i++) {
		p = list->kids[i];
		if (path_wrong(paths->v[i]) != NULL ||
		    (own != NULL && strcmp(paths->v[i], own) == 0))
			continue;
		keep = kept_by(cx->c, paths->v[i], write, cx->c->home_dir);
		if (keep != NULL)
			cx_err(cx, p, "\"%s\" overlaps %s, which no run may "
			    "reach", paths->v[i], keep);
	}
}

void
path_check_sockets(struct cx *cx, const struct value *list,
    const struct strv *paths)
{
	size_t i;

	if (list == NULL || list->nkids != paths->n)
		return;
	path_check_grants(cx, list, paths, 0, NULL);
	for (i = 0; i < paths->n; i++)
		if (path_wrong(paths->v[i]) == NULL)
			check_socket(cx, list->kids[i], paths->v[i]);
}

void
path_check_homes(struct cx *cx, const struct value *at)
{
	const char *keep = kept_by(cx->c, cx->c->home_dir, 1, NULL);

	if (keep != NULL)
		cx_err(cx, at, "homeDirectory %s overlaps %s, which no run "
		    "may reach", cx->c->home_dir, keep);
}
