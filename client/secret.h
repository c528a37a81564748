/* Random bytes, and files that must be whole or absent: keys, cards, exports. */
#ifndef HOTLINE_CLIENT_SECRET_H
#define HOTLINE_CLIENT_SECRET_H

#include <stdio.h>
#include <sys/types.h>

#include "proto/pack.h"

/* Fills out from the kernel's generator; 0 or -errno. */
int secret_random(void *out, size_t len);

/* A file being written under a temporary name beside its own. */
struct secret_file {
	int fd; /* -1: none */
	char *path, *temporary;
};
/* Begins a file of this mode; 0 or -errno. */
int secret_begin(struct secret_file *file, const char *path, mode_t mode);
int secret_append(struct secret_file *file, struct bytes bytes);
/*
 * Makes it durable and gives it its name; -EEXIST when is_new and the name is taken. On any failure nothing of it
 * stays. Releases the file in each case.
 */
int secret_commit(struct secret_file *file, bool is_new);
/* Removes what was written. A zeroed or finished file is fine. */
void secret_abandon(struct secret_file *file);
/* All of it at once. */
int secret_write(const char *path, mode_t mode, struct bytes bytes, bool is_new);

/* Reads a file, or stdin for "-", of at most max bytes into memory that the caller frees. 0, -EFBIG, -errno. */
int secret_read(const char *path, size_t max, uint8_t **out, size_t *out_len);

#endif
