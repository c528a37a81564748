/* Passphrases: from a descriptor or a file for scripts, else typed on the terminal without echo. */
#ifndef HOTLINE_CLIENT_PASSPHRASE_H
#define HOTLINE_CLIENT_PASSPHRASE_H

#include "client/args.h"
#include "proto/lock.h"

#define PASSPHRASE_CHARACTERS 8 /* the fewest taken for a new one */

/* Its owner wipes it with key_wipe(). */
struct passphrase {
	char text[LOCK_PASSPHRASE_BYTES]; /* not ended by zero */
	size_t len;			  /* 0: none yet */
};

struct bytes passphrase_bytes(const struct passphrase *passphrase);
/* Where scripts give it: "--passphrase" or "--new-passphrase" with -fd N or -file FILE. */
bool passphrase_is_given(const struct args *args, const char *option);
/* One that exists, of what; asks once. An outcome of the client; what went wrong was said. */
int passphrase_ask(const struct args *args, const char *option, const char *what, struct passphrase *out);
/* A new one, typed twice; its strength is said. Refused when it is empty or too short. */
int passphrase_choose(const struct args *args, const char *option, const char *what, struct passphrase *out);

#endif
