/* The machine's own figures: commits with synchronous=FULL, signatures, key agreements, seals. */
#include "tests/bench/machine.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "proto/result.h"
#include "proto/hash.h"
#include "proto/seal.h"

#define COMMITS 1000
#define ROUNDS 1000
#define PLAIN 1400 /* a parcel with one message of 1 KiB */

double bench_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_at(double *values, int count, double share)
{
	qsort(values, (size_t)count, sizeof *values, compare);
	return values[(int)(share * (count - 1))];
}

static void fill(uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)rand();
}

/* The mean, not the median: what many commits take is what throughput stands on. */
static double commits(const char *directory)
{
	char path[512];
	sqlite3 *db;
	double start;

	snprintf(path, sizeof path, "%s/commits", directory);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (a)", NULL, NULL,
			 NULL) != SQLITE_OK)
		abort();
	start = bench_now_us();
	for (int i = 0; i < COMMITS; i++)
		if (sqlite3_exec(db, "INSERT INTO t VALUES (randomblob(1024))", NULL, NULL, NULL) != SQLITE_OK)
			abort();
	start = (bench_now_us() - start) / COMMITS;
	sqlite3_close(db);
	unlink(path);
	return start;
}

static void signatures(struct machine *out)
{
	static double sign[ROUNDS], verify[ROUNDS];
	struct sign_pair pair;
	uint8_t seed[32], text[1024], signature[SIGNATURE_BYTES];
	struct bytes bytes = {text, sizeof text};

	fill(seed, sizeof seed);
	fill(text, sizeof text);
	key_sign_pair(seed, &pair);
	for (int i = 0; i < ROUNDS; i++) {
		double start = bench_now_us();
		int result;

		key_sign(&pair, bytes, signature);
		sign[i] = bench_now_us() - start;
		start = bench_now_us();
		result = key_verify(pair.public, bytes, signature);
		verify[i] = bench_now_us() - start;
		assert(result == RESULT_OK);
	}
	out->sign_us = bench_at(sign, ROUNDS, 0.5);
	out->verify_us = bench_at(verify, ROUNDS, 0.5);
}

static void seals(struct machine *out)
{
	static double close[ROUNDS], open[ROUNDS], agree[ROUNDS];
	static uint8_t plain[PLAIN], sealed[4 * PLAIN], back[PLAIN];
	struct seal_head head = {.generation = 1, .week = 3000, .precedence = 1, .seq = 1};
	struct link_pair a, b;
	struct sealed form;
	uint8_t secret[2][32], psk[32], ephemeral[32], shared[32];
	size_t len;

	fill(secret[0], sizeof secret);
	fill(psk, sizeof psk);
	fill(plain, sizeof plain);
	key_link_pair(secret[0], &a);
	key_link_pair(secret[1], &b);
	name_copy(bytes_of("tha-cert"), &head.from);
	name_copy(bytes_of("vnm-cert"), &head.to);
	for (int i = 0; i < ROUNDS; i++) {
		double start = bench_now_us();
		int result;

		result = key_agree(a.secret, b.public, shared);
		agree[i] = bench_now_us() - start;
		fill(ephemeral, sizeof ephemeral);
		start = bench_now_us();
		result |=
		    seal_close(&head, &a, b.public, psk, ephemeral, (struct bytes){plain, sizeof plain}, sealed, &len);
		close[i] = bench_now_us() - start;
		start = bench_now_us();
		result |= seal_decode((struct bytes){sealed, len}, &form);
		result |= seal_open(&form, &b, a.public, psk, back);
		open[i] = bench_now_us() - start;
		assert(result == RESULT_OK && memcmp(back, plain, sizeof plain) == 0);
	}
	out->agree_us = bench_at(agree, ROUNDS, 0.5);
	out->seal_us = bench_at(close, ROUNDS, 0.5);
	out->open_us = bench_at(open, ROUNDS, 0.5);
}

static double hashes(void)
{
	static uint8_t data[16 * MIB], hash[HASH_BYTES];
	double start = bench_now_us();

	hash_sha256((struct bytes){data, sizeof data}, hash);
	return sizeof data / (bench_now_us() - start);
}

void machine_measure(const char *directory, struct machine *out)
{
	out->commit_us = commits(directory);
	signatures(out);
	seals(out);
	out->hash_mb_s = hashes();
}
