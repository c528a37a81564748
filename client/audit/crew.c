/*
 * A ring of batches (see crew.h):
 *
 *     filling --push--> ready --(a thread takes it)--> taken --> done --(the oldest is applied)--> filling
 */
#include "client/audit/crew.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 2
#define BATCHES 8
#define BATCH_JOBS 128
#define BATCH_BYTES (64 * (size_t)KIB) /* one larger record makes a batch of its own */

struct batch {
	bool is_done;
	size_t count, len, room;
	uint8_t *bytes;
	struct job job[BATCH_JOBS];
};

struct crew {
	crew_work *work;
	crew_apply *apply;
	void *ctx;
	pthread_t thread[THREADS];
	size_t thread_count;
	pthread_mutex_t mutex;
	pthread_cond_t is_ready, is_done;
	/* batches ever filled, taken, applied; the one being filled is batch[filled % BATCHES] */
	uint64_t filled, taken, applied;
	bool is_over;
	struct batch batch[BATCHES];
};

static void do_batch(struct crew *crew, struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct job *job = &batch->job[i];

		job->bytes.data = batch->bytes + job->at;
		crew->work(crew->ctx, job);
	}
}

static void *serve(void *argument)
{
	struct crew *crew = argument;

	pthread_mutex_lock(&crew->mutex);
	for (;;) {
		struct batch *batch = &crew->batch[crew->taken % BATCHES];

		if (crew->is_over)
			break;
		if (crew->taken == crew->filled) {
			pthread_cond_wait(&crew->is_ready, &crew->mutex);
			continue;
		}
		crew->taken++;
		pthread_mutex_unlock(&crew->mutex);
		do_batch(crew, batch);
		pthread_mutex_lock(&crew->mutex);
		batch->is_done = true;
		pthread_cond_signal(&crew->is_done);
	}
	pthread_mutex_unlock(&crew->mutex);
	return NULL;
}

struct crew *crew_create(crew_work *work, crew_apply *apply, void *ctx)
{
	struct crew *crew = calloc(1, sizeof *crew);

	if (crew == NULL)
		return NULL;
	crew->work = work;
	crew->apply = apply;
	crew->ctx = ctx;
	pthread_mutex_init(&crew->mutex, NULL);
	pthread_cond_init(&crew->is_ready, NULL);
	pthread_cond_init(&crew->is_done, NULL);
	while (crew->thread_count < THREADS &&
	       pthread_create(&crew->thread[crew->thread_count], NULL, serve, crew) == 0)
		crew->thread_count++;
	if (crew->thread_count > 0)
		return crew;
	crew_destroy(crew);
	return NULL;
}

/* Waits for the oldest batch and hands its jobs back. */
static void apply_oldest(struct crew *crew)
{
	struct batch *batch = &crew->batch[crew->applied % BATCHES];

	pthread_mutex_lock(&crew->mutex);
	while (!batch->is_done)
		pthread_cond_wait(&crew->is_done, &crew->mutex);
	pthread_mutex_unlock(&crew->mutex);
	for (size_t i = 0; i < batch->count; i++)
		crew->apply(crew->ctx, &batch->job[i]);
	batch->is_done = false;
	batch->count = batch->len = 0;
	crew->applied++;
}

/* Hands the batch at hand to the threads, and makes the next one free. */
static void push(struct crew *crew)
{
	pthread_mutex_lock(&crew->mutex);
	crew->filled++;
	pthread_cond_signal(&crew->is_ready);
	pthread_mutex_unlock(&crew->mutex);
	if (crew->filled - crew->applied == BATCHES)
		apply_oldest(crew);
}

static int make_room(struct batch *batch, size_t len)
{
	size_t room = batch->len + len > BATCH_BYTES ? batch->len + len : BATCH_BYTES;
	uint8_t *bigger;

	if (room <= batch->room)
		return 0;
	bigger = realloc(batch->bytes, room);
	if (bigger == NULL)
		return -ENOMEM;
	batch->bytes = bigger;
	batch->room = room;
	return 0;
}

static void add_bytes(struct batch *batch, struct bytes bytes)
{
	if (bytes.len > 0)
		memcpy(batch->bytes + batch->len, bytes.data, bytes.len);
	batch->len += bytes.len;
}

int crew_put(struct crew *crew, const struct job *job, struct bytes first, struct bytes second)
{
	struct batch *batch = &crew->batch[crew->filled % BATCHES];
	size_t len = first.len + second.len;
	struct job *kept;

	if (batch->count == BATCH_JOBS || (batch->count > 0 && batch->len + len > BATCH_BYTES)) {
		push(crew);
		batch = &crew->batch[crew->filled % BATCHES];
	}
	if (make_room(batch, len) != 0)
		return -ENOMEM;
	kept = &batch->job[batch->count++];
	*kept = *job;
	kept->at = batch->len;
	kept->bytes.len = len;
	add_bytes(batch, first);
	add_bytes(batch, second);
	return 0;
}

void crew_flush(struct crew *crew)
{
	if (crew->batch[crew->filled % BATCHES].count > 0)
		push(crew);
	while (crew->applied < crew->filled)
		apply_oldest(crew);
}

void crew_destroy(struct crew *crew)
{
	if (crew == NULL)
		return;
	pthread_mutex_lock(&crew->mutex);
	crew->is_over = true;
	pthread_cond_broadcast(&crew->is_ready);
	pthread_mutex_unlock(&crew->mutex);
	for (size_t i = 0; i < crew->thread_count; i++)
		pthread_join(crew->thread[i], NULL);
	for (size_t i = 0; i < BATCHES; i++)
		free(crew->batch[i].bytes);
	pthread_mutex_destroy(&crew->mutex);
	pthread_cond_destroy(&crew->is_ready);
	pthread_cond_destroy(&crew->is_done);
	free(crew);
}
