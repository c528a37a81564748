/*
 * Pages of 50 messages from a station that holds 1,000 and then 100,000 of them, on a disk and encrypted at rest: how
 * long the daemon takes for the first, the middle and the last, and how much longer than with a thousand. Once as an
 * office leaves its messages, all but 200 of them answered, and once with every one of them open. Asserts nothing.
 */
#include <unistd.h>

#include "tests/bench/machine.h"
#include "tests/unit/hostile_peer.h"

#define FEW 1000
#define MANY 100000
#define OPEN 200
#define PAGE 50
#define ROUNDS 21
#define BATCH 1000
#define CLIENT 6

static char directory[] = "/tmp/hotline-page-XXXXXX";
static struct hostile h;

/* What a page is asked for. */
static const struct view {
	const char *name, *peer;
	enum box box;
	unsigned precedences;
} views[] = {
    {"all", "", BOX_ALL, 0},
    {"open", "", BOX_OPEN, 0},
    {"inbox", "", BOX_INBOX, 0},
    {"flash", "", BOX_ALL, 1u << PRECEDENCE_FLASH},
    {"of a peer", HOSTILE_PEER, BOX_ALL, 0},
};
#define VIEWS (sizeof views / sizeof *views)
static double took_few[VIEWS][3];

/* One message, received or sent, as its log entry makes it; closed: it was acknowledged and answered. */
static void add(uint64_t i, bool is_closed)
{
	static uint8_t content[4096], object[4096];
	struct message message = hostile_message();
	struct pack_writer w = pack_writer(object, sizeof object), body = pack_writer(content, sizeof content);
	bool is_sent = i % 5 < 2;
	struct content words = {.subject = bytes_of("A subject of usual length, some forty characters"),
				.lang = bytes_of("en"),
				.text = bytes_of("Some text.")};
	struct delivery_row delivery;
	struct message_row row;
	uint8_t id[OBJECT_ID_BYTES];
	struct name name;

	memcpy(words.salt, &i, sizeof i);
	content_encode(&words, &body);
	hash_sha256(pack_written(&body), message.content_hash);
	message.from = bytes_of(is_sent ? HOSTILE_STATION : HOSTILE_PEER);
	message.action[0] = bytes_of(is_sent ? HOSTILE_PEER : HOSTILE_STATION);
	message.number = (struct number){2026, (uint32_t)(i % 1000000)};
	message.precedence = (uint8_t)(i % 100 == 7 ? PRECEDENCE_FLASH : i % 3);
	message.has_incident = i % 10 == 0;
	message.incident[0] = (uint8_t)(i / 1000);
	body = pack_writer(content + 2048, 2048);
	message_encode(&message, &body);
	object_sign(OBJECT_MESSAGE, pack_written(&body), &h.peer.keys.signing, &w);
	object_id(pack_written(&w), id);
	store_object_put(h.store, id, pack_written(&w));
	body = pack_writer(content, sizeof content);
	content_encode(&words, &body);
	store_content_put(h.store, message.content_hash, pack_written(&body));
	if (is_sent)
		core_log_act(h.st, STATION_RELEASE, id, "utu", i, bytes_of("everything"), (uint64_t)1);
	else
		core_pair_entry(h.st, h.st->peers, LEAF_RECEIVED, id);
	if (!is_closed)
		return;
	HOSTILE_NEED(name_copy(message.action[0], &name) && store_message(h.store, id, &row));
	HOSTILE_NEED(store_delivery(h.store, id, name_bytes(&name), &delivery));
	delivery.custody_at = delivery.acknowledged_at = delivery.answered_at = row.at;
	deadline_ended(&delivery);
	listing_put_delivery(h.st, &row, &delivery);
}

static void grow(uint64_t from, uint64_t to, bool all_open)
{
	for (uint64_t i = from; i < to; i += BATCH) {
		store_begin(h.store);
		h.st->now.real_us += SECOND_US;
		h.st->effects = &h.effects;
		for (uint64_t k = i; k < i + BATCH; k++)
			add(k, !all_open && k % (to / OPEN) != 0);
		effects_clear(&h.effects);
		HOSTILE_NEED(store_commit(h.store) == 0);
	}
}

static uint64_t ask(const struct view *view, uint64_t offset)
{
	uint8_t bytes[64];
	struct pack_writer params = pack_writer(bytes, sizeof bytes);
	struct pack_reader r;
	struct control_rpc rpc;
	size_t len;

	pack_put_array(&params, 6);
	pack_put_uint(&params, view->box);
	pack_put_text(&params, view->peer);
	pack_put_uint(&params, view->precedences);
	pack_put_bin(&params, NULL, 0);
	pack_put_uint(&params, offset);
	pack_put_uint(&params, PAGE);
	hostile_request(&h, CLIENT, METHOD_PAGE, pack_written(&params));
	HOSTILE_NEED(control_decode((struct bytes){h.reply, h.reply_len}, &rpc, &len) == RESULT_OK && !rpc.has_error);
	r = pack_reader(rpc.params);
	pack_expect_array(&r, 2);
	return pack_read_uint(&r, INT64_MAX);
}

/* Median, in ms. */
static double measure(const struct view *view, uint64_t offset)
{
	double took[ROUNDS], start;

	for (int i = 0; i < ROUNDS; i++) {
		start = bench_now_us();
		ask(view, offset);
		took[i] = bench_now_us() - start;
	}
	return bench_at(took, ROUNDS, 0.5) / 1e3;
}

static void pages(uint64_t count)
{
	for (size_t i = 0; i < VIEWS; i++) {
		uint64_t total = ask(&views[i], 0);
		const uint64_t last = total > PAGE ? total - PAGE : 0, at[] = {0, last / 2, last};

		printf("%7llu messages, %-9s %6llu:", (unsigned long long)count, views[i].name, (unsigned long long)total);
		for (size_t k = 0; k < 3; k++) {
			double took = measure(&views[i], at[k]);

			printf(" %s %5.2f ms", (const char *const[]){"first", "middle", "last"}[k], took);
			if (count > FEW)
				printf(" (x %4.2f)", took / took_few[i][k]);
			else
				took_few[i][k] = took;
		}
		printf("\n");
	}
}

static void station(bool all_open)
{
	static const uint8_t key[KEY_BYTES] = {1};
	char path[300], error[256];

	snprintf(path, sizeof path, "%s/store-%d", directory, all_open);
	h.path = path;
	hostile_begin(&h);
	HOSTILE_NEED(store_encrypt(h.store, key, hostile_random, &h.random, error, sizeof error) == 0);
	hostile_client(&h, CLIENT, 1006);
	printf("%s\n", all_open ? "every message is open" : "all but 200 messages are answered");
	grow(0, FEW, all_open);
	pages(FEW);
	grow(FEW, MANY, all_open);
	pages(MANY);
	hostile_end(&h);
}

int main(void)
{
	if (key_init() != 0 || mkdtemp(directory) == NULL) {
		perror("page: no directory");
		return 1;
	}
	station(false);
	station(true);
	fflush(stdout);
	execlp("rm", "rm", "-rf", directory, NULL);
	return 1;
}
