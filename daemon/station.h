/*
 * The station: the one door into the core (rule 2). Events go in, effects come out; time and randomness are handed in,
 * the next deadline is handed back. It touches no socket, file or clock, only the store. A turn is any number of
 * station_step() and then one station_settle(), after which, and only then, the effects may leave (rule 1).
 */
#ifndef HOTLINE_DAEMON_STATION_H
#define HOTLINE_DAEMON_STATION_H

#include "daemon/config.h"
#include "daemon/random.h"
#include "proto/keyfile.h"
#include "proto/pair.h"

struct station;
struct store;

struct now {
	int64_t real_us;   /* CLOCK_REALTIME */
	int64_t mono_us;   /* CLOCK_MONOTONIC, or any clock that never steps */
	uint32_t error_ms; /* bound of real_us; CLOCK_ERROR_UNKNOWN */
};

enum event_type {
	EVENT_ACCEPTED,	   /* conn: an even number of the loop's choice; text: the other's address */
	EVENT_CONNECTED,   /* conn: dialling succeeded */
	EVENT_BYTES,	   /* conn, data */
	EVENT_ROOM,	   /* conn, count: this many more cells may be handed over now; at most CELLS_IN_FLIGHT, when all has left */
	EVENT_CLOSED,	   /* conn: gone, or dialling failed */
	EVENT_CLIENT,	   /* client, uid, sections: a client of the control socket came */
	EVENT_REQUEST,	   /* client, data: one whole control message, with its length in front */
	EVENT_CLIENT_ROOM, /* client: what was replied has left; a long answer may go on */
	EVENT_CLIENT_GONE, /* client */
	EVENT_TIMER,	   /* the deadline came */
	EVENT_STOP,	   /* end in order: peers are told, the log notes it */
};

struct event {
	enum event_type type;
	uint32_t conn; /* or client */
	uint32_t uid;
	uint64_t sections; /* bit i: officer section i names this user, or a group of theirs (config_officer()) */
	size_t count;
	const char *text;
	struct bytes data;
};

enum effect_type {
	EFFECT_WRITE,	/* conn, data: hand to the network */
	EFFECT_CLOSE,	/* conn: after what was written */
	EFFECT_CELL,	/* conn, data: u16, the size of the cells that are written from now on */
	EFFECT_DIAL,	/* conn: an odd number of the station's choice; data: "host:port" */
	EFFECT_REPLY,	/* conn is the client; data */
	EFFECT_HANGUP,	/* conn is the client */
	EFFECT_ALERT,	/* data: event NUL number NUL precedence NUL from NUL */
	EFFECT_KEYS,	/* data: the peer's name; store station_pair() in its file before anything else leaves */
	EFFECT_PUBLISH,	 /* data: a name NUL a checkpoint: a file where the configuration has them published */
	EFFECT_EVIDENCE, /* data: a name NUL a text: a file among the evidence, never over one that is there */
	EFFECT_JOURNAL, /* data: one line, key=value */
};

struct effect {
	enum effect_type type;
	uint32_t conn;
	size_t at, len; /* in bytes of struct effects */
};

/* A turn's effects, in order. Zeroed to begin with; effects_clear() after they have left. */
struct effects {
	struct effect *item;
	size_t count, capacity;
	uint8_t *bytes;
	size_t used, size;
};
struct bytes effects_data(const struct effects *effects, const struct effect *effect);
void effects_clear(struct effects *effects);
void effects_finish(struct effects *effects);

struct station_setup {
	const struct config *config;	 /* borrowed for the station's life */
	struct store *store;		 /* borrowed */
	const struct station_keys *keys; /* copied */
	struct bytes card;		 /* this station's encoded card object; copied */
	const struct pair_keys *pairs;	 /* copied */
	size_t pair_count;
	random_fill *random;
	void *random_ctx;
	bool clock_confirmed; /* an administrator says that the clock is right although the log is ahead of it */
};

/* Makes a station. Negative with one sentence in error: card and keys differ, the clock is behind the log, store
 * failure. */
int station_create(const struct station_setup *setup, const struct now *now, struct station **out, char *error,
		   size_t size);
void station_destroy(struct station *station);
void station_step(struct station *station, const struct event *event, const struct now *now, struct effects *effects);
/* Ends the turn: queues, seals and encrypts what can leave, and commits. Negative: nothing may leave, the station is
 * over. */
int station_settle(struct station *station, const struct now *now, struct effects *effects);
/* The monotonic time of the next EVENT_TIMER. */
int64_t station_deadline(struct station *station);
/* Makes messages, deliveries and deadlines anew from the logs. Gives the number of entries; negative: the store failed. */
int64_t station_rebuild(struct station *station);
/* The key state of a pair, for EFFECT_KEYS; NULL when there is none. */
const struct pair_keys *station_pair(const struct station *station, struct bytes name);

#endif
