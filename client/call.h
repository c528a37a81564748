/* The control socket (SPEC 8): connect, agree the version, ask, and take events. Blocking. */
#ifndef HOTLINE_CLIENT_CALL_H
#define HOTLINE_CLIENT_CALL_H

#include "proto/control.h"

struct call {
	int fd; /* -1: not open */
	unsigned patience; /* seconds */
	int connect_error; /* errno when there was no connection at all, else 0 */
	const char *path;
	uint32_t last_id;
	uint8_t *in; /* received; the first `taken` bytes are the message given last */
	size_t len, capacity, taken;
	struct name station; /* from hello */
	char officer[LIMIT_FUNCTION_BYTES + 1];
	unsigned roles;
	char *sentence; /* of the last refusal, in the reader's language */
	/* Called for each event that comes before an answer; nonzero ends the call with it. NULL: none is expected. */
	int (*on_event)(void *ctx, const struct control_rpc *event);
	void *ctx;
};

/* Begins an array of count parameters in memory of capacity bytes that call_do() frees. */
struct pack_writer call_params(size_t count, size_t capacity);

/* Connects and says hello, quietly. 0, or as call_do(). */
int call_connect(struct call *call, const char *path);
/* The same. 0, or an exit code when it failed and that was said. */
int call_open(struct call *call, const char *path);
void call_close(struct call *call);
/*
 * One request. params is freed. 0: out_result stands at the first of the count elements of the result, borrowed until
 * the next call. Positive: enum control_error, and call->sentence says why. Negative: the world failed (-errno).
 */
int call_do(struct call *call, enum method method, struct pack_writer *params, size_t count,
	    struct pack_reader *out_result);
/* The next event. 0 or negative. */
int call_event(struct call *call, struct control_rpc *out);
/* Whether bytes are here that no one has taken yet. */
bool call_is_waiting(const struct call *call);
/* How long an answer or an event is waited for; 0: for ever. 60 at first. */
void call_patience(struct call *call, unsigned seconds);
/* Why a call failed, in one sentence. Caller frees. */
char *call_why(const struct call *call, int result);
/* Says why a call failed and gives the exit code for it. result is what call_do() or call_event() gave, not 0. */
int call_failed(const struct call *call, int result);
/* Says so when an answer was not read to its clean end: 0, or the exit code. */
int call_read_end(const struct call *call, const struct pack_reader *result);

#endif
