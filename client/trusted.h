/* Records that are asked about: which roots are trusted, that the files verify, and their opening. */
#ifndef HOTLINE_CLIENT_TRUSTED_H
#define HOTLINE_CLIENT_TRUSTED_H

#include "client/args.h"
#include "client/audit/record.h"

/*
 * Verifies files with the roots named by --card and --root. DONE; or an exit code, and why was said. With --unverified
 * nothing is verified, and out_verified is false.
 */
int trusted_verify(const struct args *args, const char *const *paths, size_t count, bool *out_verified);
/* Opens a record for questions; an exit code, and why was said. */
int trusted_open(const char *path, struct audit_record *out);
/* DONE for result 0; else says why a file could not be read further, and gives REFUSED. */
int trusted_failed(const char *path, int result);

#endif
