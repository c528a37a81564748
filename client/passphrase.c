/* Passphrases. Whatever interrupts the typing, the terminal is put back as it was. */
#include "client/passphrase.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "client/client.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/strength.h"
#include "client/text.h"

static const int interrupting[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
#define INTERRUPTING (sizeof interrupting / sizeof *interrupting)
static volatile sig_atomic_t interrupted;

struct bytes passphrase_bytes(const struct passphrase *passphrase)
{
	return (struct bytes){(const uint8_t *)passphrase->text, passphrase->len};
}

/* A line without its end, byte by byte, so that what follows stays there for the next. False when none came whole. */
static bool read_line(int fd, struct passphrase *out)
{
	size_t len = 0;

	while (len < sizeof out->text && interrupted == 0) {
		ssize_t got = read(fd, out->text + len, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0 || out->text[len] == '\n')
			break;
		len++;
	}
	out->len = len < sizeof out->text && interrupted == 0 ? len : 0;
	return out->len > 0;
}

static void interrupt(int signal)
{
	interrupted = signal;
}

/* Typed on the terminal that the process belongs to. False when there is none, or nothing was typed. */
static bool type(const char *prompt, const char *what, struct passphrase *out)
{
	struct sigaction catch = {.sa_handler = interrupt}, before[INTERRUPTING];
	struct termios usual, quiet;
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	bool is_typed = false;

	out->len = 0;
	if (fd < 0 || tcgetattr(fd, &usual) != 0)
		goto out;
	interrupted = 0;
	for (size_t i = 0; i < INTERRUPTING; i++)
		sigaction(interrupting[i], &catch, &before[i]);
	quiet = usual;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fd, TCSAFLUSH, &quiet);
	dprintf(fd, prompt, what);
	is_typed = read_line(fd, out);
	dprintf(fd, "\n");
	tcsetattr(fd, TCSAFLUSH, &usual);
	for (size_t i = 0; i < INTERRUPTING; i++)
		sigaction(interrupting[i], &before[i], NULL);
	if (interrupted != 0)
		raise(interrupted);
out:
	if (fd >= 0)
		close(fd);
	return is_typed;
}

static const char *given(const struct args *args, const char *option, const char *kind)
{
	char *name = say_format("%s-%s", option, kind);
	const char *value = args_value(args, name);

	free(name);
	return value;
}

bool passphrase_is_given(const struct args *args, const char *option)
{
	return given(args, option, "fd") != NULL || given(args, option, "file") != NULL;
}

static int open_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat info;

	if (fd < 0 || fstat(fd, &info) != 0)
		say_error(_("%s can't be read: %s"), path, strerror(errno));
	else if (S_ISREG(info.st_mode) && (info.st_mode & 077) != 0)
		say_error(_("%s can be read by others (mode %03o); chmod 600 it, and take another passphrase if anyone "
			    "may have"),
			  path, (unsigned)info.st_mode & 0777);
	else
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The first line of the descriptor or file that was named. */
static int read_given(const struct args *args, const char *option, struct passphrase *out)
{
	const char *number = given(args, option, "fd"), *path = given(args, option, "file");
	uint64_t fd = 0;
	int file = -1;
	bool is_read;

	if (number != NULL && path != NULL) {
		say_error(_("%s-fd and %s-file: give one of them"), option, option);
		return USAGE;
	}
	if (number != NULL && !text_number(bytes_of(number), 1 << 20, &fd)) {
		say_error(_("%s-fd %s: the number of an open descriptor is wanted"), option, number);
		return USAGE;
	}
	if (path != NULL && (file = open_file(path)) < 0)
		return REFUSED;
	is_read = read_line(path != NULL ? file : (int)fd, out);
	if (file >= 0)
		close(file);
	if (!is_read)
		say_error(_("%s-%s %s: no passphrase of 1 to %d bytes is in its first line"), option,
			  path != NULL ? "file" : "fd", path != NULL ? path : number, LOCK_PASSPHRASE_BYTES - 1);
	return is_read ? DONE : REFUSED;
}

int passphrase_ask(const struct args *args, const char *option, const char *what, struct passphrase *out)
{
	if (passphrase_is_given(args, option))
		return read_given(args, option, out);
	if (type(_("Passphrase of %s: "), what, out))
		return DONE;
	say_error(_("%s is locked and no passphrase was given; give it on a terminal, by %s-fd or %s-file"), what,
		  option, option);
	return REFUSED;
}

static int check(const struct passphrase *passphrase)
{
	if (!utf8_is_valid(passphrase_bytes(passphrase))) {
		say_error(_("the passphrase is not UTF-8, so it could not be typed elsewhere"));
		return REFUSED;
	}
	if (utf8_length(passphrase_bytes(passphrase)) < PASSPHRASE_CHARACTERS) {
		say_error(_("the passphrase has less than %d characters; use four random words or more"),
			  PASSPHRASE_CHARACTERS);
		return REFUSED;
	}
	fprintf(stderr, _("The passphrase is %s.\n"), strength_words(strength_bits(passphrase_bytes(passphrase))));
	return DONE;
}

int passphrase_choose(const struct args *args, const char *option, const char *what, struct passphrase *out)
{
	struct passphrase again = {.len = 0};
	int outcome = REFUSED;

	if (passphrase_is_given(args, option))
		outcome = read_given(args, option, out);
	else if (!type(_("New passphrase of %s: "), what, out))
		say_error(
		    _("no passphrase was given to lock %s; type one on a terminal, or give it by %s-fd or %s-file"),
		    what, option, option);
	else if (!type(_("The same again, new passphrase of %s: "), what, &again) ||
		 !bytes_equal(passphrase_bytes(out), passphrase_bytes(&again)))
		say_error(_("the two passphrases differ; nothing was done"));
	else
		outcome = DONE;
	key_wipe(&again, sizeof again);
	return outcome == DONE ? check(out) : outcome;
}
