/* SPDX-License-Identifier: ISC */
/* The caller's terminal. */
#include "config.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "client/tty.h"

#define CTRL_Z	032

static struct termios saved;
static int is_raw;
static int at_exit;

const char *
tty_missing(void)
{
	if (!isatty(STDIN_FILENO))
		return ("standard input");
	return (isatty(STDOUT_FILENO) ? NULL : "standard output");
}

void
tty_size(uint16_t *rows, uint16_t *cols)
{
	struct winsize ws;

	*rows = *cols = 0;
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &ws) == -1)
		return;
	*rows = ws.ws_row;
	*cols = ws.ws_col;
}

/* Nothing is done to what is typed, and nothing to what is printed. */
int
tty_raw(void)
{
	struct termios t;

	if (!is_raw && tcgetattr(STDIN_FILENO, &saved) == -1)
		return (-1);
	if (!at_exit && atexit(tty_restore) != 0) {
		errno = ENOMEM;
		return (-1);
	}
	at_exit = 1;
	t = saved;
	t.c_iflag |= IGNPAR;
	t.c_iflag &= ~(tcflag_t)(ISTRIP | INLCR | IGNCR | ICRNL | IXON |
	    IXANY | IXOFF);
	t.c_lflag &= ~(tcflag_t)(ISIG | ICANON | ECHO | ECHOE | ECHOK |
	    ECHONL | IEXTEN);
	t.c_oflag &= ~(tcflag_t)OPOST;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	/* a signal may come with it: fg sends one */
	while (tcsetattr(STDIN_FILENO, TCSADRAIN, &t) == -1)
		if (errno != EINTR)
			return (-1);
	is_raw = 1;
	return (0);
}

int
tty_is_raw(void)
{
	return (is_raw);
}

void
tty_restore(void)
{
	if (!is_raw)
		return;
	is_raw = 0;
	/* a terminal that is gone needs none */
	while (tcsetattr(STDIN_FILENO, TCSADRAIN, &saved) == -1 &&
	    errno == EINTR)
		;
}

int
tty_is_stop(const uint8_t *buf, size_t n)
{
	static const char longer[] = "\033[122;5u";

	return ((n == 1 && buf[0] == CTRL_Z) || (n == sizeof(longer) - 1 &&
	    memcmp(buf, longer, n) == 0));
}

void
tty_keys_init(struct tty_keys *k)
{
	memset(k, 0, sizeof(*k));
	k->bol = 1;
}

/* Terminals put ESC [ 200 ~ and ESC [ 201 ~ around what is pasted. */
static void
see_paste(struct tty_keys *k, uint8_t c)
{
	static const char seq[] = "\033[20?~";

	if (c == 033)
		k->at = 1;
	else if (k->at == 4 && (c == '0' || c == '1')) {
		k->begins = c == '0';
		k->at++;
	} else if (k->at > 0 && c == (uint8_t)seq[k->at])
		k->at++;
	else
		k->at = 0;
	if (k->at == (int)sizeof(seq) - 1) {
		k->paste = k->begins;
		k->at = 0;
	}
}

enum tty_key
tty_keys(struct tty_keys *k, uint8_t *buf, size_t *n)
{
	size_t i, out = 0, len = *n;

	/* the place of a byte that is held back is in front */
	if (k->held) {
		memmove(buf + 1, buf, len);
		buf[0] = '~';
		len++;
	}
	for (i = 0; i < len; i++) {
		if (k->bol && !k->paste && buf[i] == '~') {
			if (i + 1 == len) {
				k->held = 1;
				*n = out;
				return (TTY_GO_ON);
			}
			if (buf[i + 1] == '.' || buf[i + 1] == CTRL_Z) {
				k->held = 0;
				*n = out;
				return (buf[i + 1] == '.' ? TTY_LEAVE :
				    TTY_STOP);
			}
			if (buf[i + 1] == '~')
				i++;
		}
		see_paste(k, buf[i]);
		k->bol = buf[i] == '\r' || buf[i] == '\n';
		buf[out++] = buf[i];
	}
	k->held = 0;
	*n = out;
	return (TTY_GO_ON);
}
