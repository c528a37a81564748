/*
 * Ways to tamper with an export. Each says beforehand what must come of it: that it is named; or that it is at most a
 * shorter true record, which the sizes and the witnessed line show; or that something is withheld, which is said.
 */
#ifndef HOTLINE_TESTS_TAMPER_TAMPER_H
#define HOTLINE_TESTS_TAMPER_TAMPER_H

#include "client/audit/verify.h"
#include "proto/keyfile.h"
#include "tests/tamper/listing.h"

#define BASES 16

/* A true export, what it says of itself, and the keys of its station and of the peers. */
struct base {
	struct listing listing;
	struct name station;
	struct station_keys keys;
	struct audit_trust trust;
	struct audit_report report;
	size_t peer_count;
	struct {
		struct name name;
		struct station_keys keys;
		uint64_t serial;
		uint64_t head; /* the largest of the log with it that anyone signed */
	} peer[WORLD_SITES];
};

enum verdict { VERDICT_NAMED, VERDICT_SHORTER, VERDICT_WITHHELD };
/* What must come of a case. Of a shorter record: how far the log with a peer may be witnessed. */
struct expectation {
	enum verdict verdict;
	struct name peer;
	uint64_t witnessed;
};

struct dice {
	uint64_t state;
};
uint64_t dice_roll(struct dice *dice, uint64_t below);

struct case_of {
	const struct base *bases; /* all, to swap between */
	size_t base_count;
	const struct base *base;
	struct listing *listing; /* a copy of the base's, to be changed */
	size_t cut;	   /* so many bytes of it are left; SIZE_MAX all */
	struct dice dice;
};

/* Changes the listing. False, and nothing changed, if the dice chose what can't be done to it: then roll again. */
typedef bool tamper(struct case_of *c, struct expectation *out);
struct way {
	const char *name;
	tamper *tamper;
};
extern const struct way tamper_ways[];
extern const size_t tamper_way_count;
/* Works out what the rewriting ways need to know of a true export. */
void rewrite_prepare(struct base *base);
/* The ways of one who holds the station's own keys, in rewrite.c. */
tamper rewrite_by_another_key, rewrite_own, rewrite_after_revocation, rewrite_fork, rewrite_cut_log, rewrite_cut_time;

#endif
