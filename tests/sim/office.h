/*
 * What officers do in the world, through the control socket's methods as the client does. A call that must succeed
 * breaks the world when it does not; office_try_*() give the error instead.
 */
#ifndef HOTLINE_TESTS_SIM_OFFICE_H
#define HOTLINE_TESTS_SIM_OFFICE_H

#include "proto/control.h"
#include "tests/sim/world.h"

/* Of one call. Borrowed until the next call in this world. */
struct answer {
	int error; /* 0, an enum control_error, or negative: no answer came */
	char sentence[600];
	struct bytes result;
	struct heap events; /* parameters of export events, joined; the caller frees it */
};
void world_request(struct world *world, size_t site, uint32_t uid, enum method method, struct bytes params,
		   struct answer *out);

#define WORDS_NAMES 3
/* Words of a message; what is zero is left out, and what the form asks for is filled in. */
struct words {
	uint8_t kind, precedence;
	const char *action[WORDS_NAMES], *info[WORDS_NAMES], *ladder_to[WORDS_NAMES], *exercise; /* in order */
	size_t text_len; /* characters of one byte; 20 when 0 */
	bool is_bulky;	 /* instead: 80,000 characters of three bytes, and a translation as long */
	const uint8_t *in_reply_to, *supersedes, *incident;
	int64_t reply_by, expires;
	uint8_t tlp;
};

/* A running world in which all know each other and the links are up. */
struct world *office_open(uint64_t seed, size_t count);
/* Offers both ways between two stations, or between all, and time for the links to come up. */
void office_enrol(struct world *world, size_t a, size_t b);
void office_enrol_all(struct world *world);

uint64_t office_draft(struct world *world, size_t site, uint32_t uid, const struct words *words);
int office_try_draft(struct world *world, size_t site, uint32_t uid, const struct words *words, struct answer *out);
int office_approve(struct world *world, size_t site, uint32_t uid, uint64_t draft, struct answer *out);
int office_release(struct world *world, size_t site, uint32_t uid, uint64_t draft, bool anyway, struct answer *out);
/* The id in the answer to a release. */
void office_released_id(struct world *world, const struct answer *answer, uint8_t out[OBJECT_ID_BYTES]);
/* Drafted, approved by as many as it takes, released. Gives the id. */
void office_send(struct world *world, size_t site, const struct words *words, uint8_t out_id[OBJECT_ID_BYTES]);

int office_shown(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES]);
int office_ack(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES], const char *note);
int office_try_hold(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES], int64_t until,
		    struct answer *out);
/* The ladder's step that waits for an addressee. */
int office_copy(struct world *world, size_t site, uint32_t uid, const uint8_t id[OBJECT_ID_BYTES], size_t addressee);
/* An admin has what was lost taken back from a peer. */
int office_recover(struct world *world, size_t site, size_t from);
int office_hold(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES], int64_t until);

/* A message as a station's officers see it; NULL when it is not there. */
const struct control_message *office_show(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES]);
/* What is known at a station of one addressee. Breaks the world when the message is not there. */
const struct control_delivery *office_delivery(struct world *world, size_t site, const uint8_t id[OBJECT_ID_BYTES],
					       size_t addressee);
/* How many messages a station's list has. */
size_t office_count(struct world *world, size_t site);
/* The row of a peer in status. */
struct control_peer office_peer(struct world *world, size_t site, size_t peer);
/* How often status counted a cause, "replayed record" for one. */
uint64_t office_counted(struct world *world, size_t site, const char *cause);
/* What log.export takes for the whole record. */
extern const struct bytes office_everything;
/* The whole record as a stream. */
struct heap office_export(struct world *world, size_t site);

const char *office_name(const struct world *world, size_t site);
/* The sites in the order of their names. */
enum { SGP, THA, VNM, VNM_MFA, VNM_OPS, VNM_PMO };
#define DELAY (40 * INT64_C(1000)) /* of each route, unless it is set otherwise */
/* Whether the pair logs of two stations hold the same ids. */
bool office_logs_agree(struct world *world, size_t a, size_t b);
/* Lets a world come to rest, then says what is not as promised: NULL, or a sentence (see rest.c). */
const char *office_rest(struct world *world);
#define CHECK_REST(world)                                                                                              \
	do {                                                                                                           \
		const char *sentence_ = office_rest(world);                                                            \
		if (sentence_ != NULL)                                                                                 \
			printf("# %s\n", sentence_);                                                                   \
		CHECK(sentence_ == NULL);                                                                              \
	} while (0)

#endif
