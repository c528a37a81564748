/*
 * What a test had judged, kept for other verifiers (tests/second/test_cases.py): NNNNN.file, and NNNNN.verdict with the
 * verdict and what was trusted. Only where the environment names a directory.
 */
#ifndef HOTLINE_TESTS_AUDIT_KEEP_H
#define HOTLINE_TESTS_AUDIT_KEEP_H

#include <stdio.h>
#include <stdlib.h>

#include "client/audit/verify.h"

static inline FILE *audit_keep_open(const char *directory, unsigned number, const char *end)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof path, "%s/%05u.%s", directory, number, end);
	file = fopen(path, "wb");
	if (file == NULL)
		abort();
	return file;
}

static inline void audit_keep_trust(FILE *file, const struct audit_trust *trust)
{
	for (size_t i = 0; i < trust->count; i++) {
		const struct audit_root *root = &trust->root[i];
		const uint8_t *const keys[] = {root->root, root->signing, root->log, root->id};
		char hex[FINGERPRINT_HEX];

		if (!root->has_root) {
			fprintf(file, "root %s %s\n", root->state, root->fingerprint);
			continue;
		}
		fprintf(file, "card %s %s %llu", root->name.text, root->state, (unsigned long long)root->serial);
		for (size_t j = 0; j < sizeof keys / sizeof *keys; j++) {
			key_hex(keys[j], KEY_BYTES, hex);
			fprintf(file, " %s", hex);
		}
		fputc('\n', file);
	}
}

/* The bytes judged, what was trusted, and the verdict: result is 0 when they verified. */
static inline void audit_keep_bytes(struct bytes bytes, const struct audit_trust *trust, int result, const char *why)
{
	static unsigned number;
	const char *directory = getenv("HOTLINE_AUDIT_KEEP");
	FILE *out;

	if (directory == NULL || result < 0)
		return;
	out = audit_keep_open(directory, ++number, "file");
	if (fwrite(bytes.data, 1, bytes.len, out) != bytes.len || fclose(out) != 0)
		abort();
	out = audit_keep_open(directory, number, "verdict");
	fprintf(out, "%s %s\n", result == 0 ? "verified" : "refused", why);
	audit_keep_trust(out, trust);
	if (fclose(out) != 0)
		abort();
}

/* The same for the file at path, of at most 1 MiB. */
static inline void audit_keep(const char *path, const struct audit_trust *trust, int result, const char *why)
{
	static uint8_t bytes[MIB];
	FILE *in = getenv("HOTLINE_AUDIT_KEEP") != NULL ? fopen(path, "rb") : NULL;
	size_t len;

	if (in == NULL)
		return;
	len = fread(bytes, 1, sizeof bytes, in);
	fclose(in);
	if (len < sizeof bytes)
		audit_keep_bytes((struct bytes){bytes, len}, trust, result, why);
}

#endif
