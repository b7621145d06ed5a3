/* SPDX-License-Identifier: ISC */
/*
 * escape_term: out of a run by terminals: those of the host, and what one of
 * its own could be made to do.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <linux/tiocl.h>

#include <dirent.h>
#include <termios.h>

#include "tests/helpers/escape.h"

static int master;

/* A terminal of our own, as the controlling one. */
static int
terminal(void)
{
	int fd, zero = 0;

	if ((master = open("/dev/ptmx", O_RDWR | O_NOCTTY)) == -1 ||
	    ioctl(master, TIOCSPTLCK, &zero) == -1 ||
	    (fd = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY)) == -1)
		err(2, "terminal");
	(void)setsid();
	if (ioctl(fd, TIOCSCTTY, 0) == -1)
		err(2, "controlling terminal");
	return (fd);
}

static long
push(void)
{
	return (ioctl(terminal(), TIOCSTI, "x"));
}

/* Only the low half of the number is the kernel's. */
static long
push_high(void)
{
	return (syscall(SYS_ioctl, terminal(), UINT64_C(0x100000000) |
	    TIOCSTI, "x"));
}

static long
push_master(void)
{
	(void)terminal();
	return (ioctl(master, TIOCSTI, "x"));
}

static long
paste(void)
{
	char sub[] = { TIOCL_PASTESEL };

	return (ioctl(terminal(), TIOCLINUX, sub));
}

static long
discipline(void)
{
	int n = 1;	/* SLIP */

	return (ioctl(terminal(), TIOCSETD, &n));
}

static long
console(void)
{
	return (ioctl(terminal(), TIOCCONS));
}

static long
console_master(void)
{
	(void)terminal();
	return (ioctl(master, TIOCCONS));
}

static long
hang_up(void)
{
	return (ioctl(terminal(), TIOCVHANGUP));
}

static long
lock_modes(void)
{
	struct termios t;

	memset(&t, 0xff, sizeof(t));
	return (ioctl(terminal(), TIOCSLCKTRMIOS, &t));
}

static long
steal(void)
{
	int fd = terminal();

	/* by force, which is for root */
	if (fork() == 0) {
		(void)setsid();
		_exit(ioctl(fd, TIOCSCTTY, 1) == 0 ? 0 : errno);
	}
	(void)wait(&fd);
	errno = WEXITSTATUS(fd);
	return (errno == 0 ? 1 : -1);
}

static long
controlling(void)
{
	return (escape_open("/dev/tty", O_RDWR));
}

static long
by_stdio(void)
{
	struct termios t;
	int i;

	for (i = 0; i < 3; i++)
		if (tcgetattr(i, &t) == 0)
			return (i + 1);
	return (-1);
}

static long
host_console(void)
{
	return (escape_open("/dev/console", O_RDWR));
}

static long
host_tty0(void)
{
	return (escape_open("/dev/tty0", O_RDWR));
}

static long
host_tty1(void)
{
	return (escape_open("/dev/tty1", O_RDWR));
}

static long
host_serial(void)
{
	return (escape_open("/dev/ttyS0", O_RDWR));
}

static long
host_screen(void)
{
	return (escape_open("/dev/vcs", O_RDONLY));
}

/* The host's are in another file system of the same kind. */
static long
others(void)
{
	struct dirent *de;
	DIR *d = opendir("/dev/pts");

	if (d == NULL)
		err(2, "/dev/pts");
	while ((de = readdir(d)) != NULL)
		if (de->d_name[0] != '.' && strcmp(de->d_name, "ptmx") != 0)
			return (1);
	return (HARMLESS);
}

/* The only one that there is, is the one that we have opened. */
static long
others_by_number(void)
{
	char path[64];
	int i;

	(void)terminal();
	for (i = 1; i < 4096; i++) {
		(void)snprintf(path, sizeof(path), "/dev/pts/%d", i);
		if (access(path, F_OK) == 0)
			return (i);
	}
	return (-1);
}

static const struct attempt attempts[] = {
	{ "TIOCSTI", push, { EPERM } },
	{ "TIOCSTI, high bits", push_high, { EPERM } },
	{ "TIOCSTI on the other side", push_master, { EPERM } },
	{ "TIOCLINUX", paste, { EPERM } },
	{ "TIOCSETD", discipline, { EPERM } },
	{ "TIOCCONS", console, { EPERM } },
	{ "TIOCCONS on the other side", console_master, { EINVAL,
	    EPERM } },
	{ "TIOCVHANGUP", hang_up, { EPERM } },
	{ "TIOCSLCKTRMIOS", lock_modes, { EPERM } },
	{ "TIOCSCTTY by force", steal, { EPERM } },
	{ "/dev/tty", controlling, { ENXIO } },
	{ "a terminal as standard input, output or error", by_stdio,
	    { ENOTTY } },
	{ "/dev/console", host_console, { ENOENT } },
	{ "/dev/tty0", host_tty0, { ENOENT } },
	{ "/dev/tty1", host_tty1, { ENOENT } },
	{ "/dev/ttyS0", host_serial, { ENOENT } },
	{ "/dev/vcs", host_screen, { ENOENT } },
	{ "terminals of others", others, { NOTHING } },
	{ "terminals of others by number", others_by_number, { ENOENT } },
};

int
main(int argc, char **argv)
{
	escape_main(argc, argv, attempts,
	    sizeof(attempts) / sizeof(attempts[0]));
}
