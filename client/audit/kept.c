/*
 * Heads that were kept elsewhere than in the record: a checkpoint's note, a receipt, or evidence. Whoever kept them, they
 * are signed: by this station, and then its record must fit them; or by a peer, and then they witness it too (SPEC 6.4).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/audit.h"
#include "proto/armour.h"
#include "proto/evidence.h"
#include "proto/result.h"

/* One file, and what is to be said of a head in it. */
struct kept {
	struct audit *a;
	const char *name;
};

#define FAIL(kept, format, ...) report_note((kept)->a, true, "%s: " format, (kept)->name, __VA_ARGS__)

static void say_result(const struct kept *kept, struct trail *trail, uint64_t size, bool is_good)
{
	if (!is_good)
		FAIL(kept, "the head of %llu entries of %s in it has another root than these entries give: the record "
			   "was altered or forked.", (unsigned long long)size, trail->origin);
	else if (size > trail->kept_size)
		trail->kept_size = size;
}

static bool fits(const struct audit *a, uint32_t trail, uint64_t size, const uint8_t root[HASH_BYTES])
{
	const uint8_t *known = size > 0 ? a->entry[logs_entry_before(a, trail, size)].root : a->empty_root;
	uint8_t mark[MARK_BYTES];

	idmap_mark(a->key, (struct bytes){root, HASH_BYTES}, mark);
	return memcmp(mark, known, MARK_BYTES) == 0;
}

/* A head of the station log: of its end at once, else in the reading for such heads, whose outcome is fetched later. */
static void check_station_head(const struct kept *kept, struct trail *trail, uint64_t size,
			       const uint8_t root[HASH_BYTES])
{
	struct late_head *late;

	if (size == trail->size) {
		say_result(kept, trail, size, memcmp(root, trail->root, HASH_BYTES) == 0);
		return;
	}
	late = AUDIT_ADD(kept->a, late_head);
	if (late == NULL)
		return;
	late->size = size;
	late->name = kept->name;
	memcpy(late->root, root, HASH_BYTES);
}

/* A signed head of a log of this station. True when the records give it. */
static bool check_own_head(const struct kept *kept, struct bytes origin, uint64_t size, const uint8_t root[HASH_BYTES])
{
	struct audit *a = kept->a;
	uint32_t at = logs_trail(a, origin);
	struct trail *trail = at != IDMAP_NONE ? &a->trail[at] : NULL;
	bool is_good = false;

	if (trail == NULL || !trail->is_present)
		report_note(a, false, "%s: it shows a head of %.*s, which is not in this file.", kept->name,
			    (int)origin.len, (const char *)origin.data);
	else if (size > trail->size)
		FAIL(kept, "it shows a head of %llu entries of %s, which has %llu in this file: the record is older or "
			   "was cut short.", (unsigned long long)size, trail->origin, (unsigned long long)trail->size);
	else if (trail->peer.text[0] == 0)
		check_station_head(kept, trail, size, root);
	else if (size > 0 && logs_entry_before(a, at, size) == IDMAP_NONE)
		report_note(a, false, "%s: the head of %llu entries of %s in it lies within a withheld range and could "
			    "not be checked.", kept->name, (unsigned long long)size, trail->origin);
	else
		say_result(kept, trail, size, is_good = fits(a, at, size, root));
	return is_good;
}

/* A signed head of a peer's log with this station, against those that stand in the record. */
static void check_peer_head(const struct kept *kept, struct bytes peer, uint64_t size, const uint8_t root[HASH_BYTES])
{
	struct bytes station = name_bytes(&kept->a->report->station);
	char origin[ORIGIN_TEXT];
	uint32_t trail;

	checkpoint_origin(station, peer, origin);
	trail = logs_trail(kept->a, bytes_of(origin));
	if (trail != IDMAP_NONE && heads_contradicts(kept->a, trail, size, root))
		FAIL(kept, "%.*s signed the head of %llu entries of its log in it, and another one in this record: "
			   "equivocation.", (int)peer.len, (const char *)peer.data, (unsigned long long)size);
}

static void check_note(const struct kept *kept, struct bytes bytes)
{
	struct bytes station = name_bytes(&kept->a->report->station), from;
	struct checkpoint checkpoint;
	struct note note;
	char origin[ORIGIN_TEXT];
	uint32_t card;

	if (note_decode(bytes, &note) != RESULT_OK || checkpoint_decode(note.text, &checkpoint) != RESULT_OK) {
		FAIL(kept, "%s", "it is no checkpoint.");
		return;
	}
	from = checkpoint_station(checkpoint.origin);
	card = from.len > 0 ? cards_of_note(kept->a, from, checkpoint.origin, &note) : IDMAP_NONE;
	if (card == IDMAP_NONE) {
		FAIL(kept, "no log key of %.*s that is in the record or was given signed this checkpoint.",
		     (int)from.len, (const char *)from.data);
		return;
	}
	cards_rest_on(&kept->a->card[card], WITNESSED_WITHOUT_TIME);
	if (bytes_equal(from, station)) {
		check_own_head(kept, checkpoint.origin, checkpoint.size, checkpoint.root);
		return;
	}
	checkpoint_origin(from, station, origin);
	if (bytes_equal(bytes_of(origin), checkpoint.origin))
		check_peer_head(kept, from, checkpoint.size, checkpoint.root);
	else
		report_note(kept->a, false, "%s: it is of a log that is not between %s and a peer.", kept->name,
			    kept->a->report->station.text);
}

/* A peer's receipt to this station: what it names, and the head of this station's log that it holds. */
static void take_peer_receipt(const struct kept *kept, const struct receipt *receipt)
{
	struct audit *a = kept->a;
	char origin[ORIGIN_TEXT];
	uint32_t trail;

	checkpoint_origin(receipt->to, receipt->from, origin);
	check_peer_head(kept, receipt->from, receipt->log_size, receipt->log_root);
	trail = logs_trail(a, bytes_of(origin));
	for (size_t i = 0; i < receipt->id_count && trail != IDMAP_NONE; i++) {
		uint32_t named = logs_find_in(a, trail, receipt->id[i], false, IDMAP_NONE);

		if (named != IDMAP_NONE && receipt->at < a->entry[named].witnessed_at)
			a->entry[named].witnessed_at = receipt->at;
	}
	if (receipt->has_seen && check_own_head(kept, bytes_of(origin), receipt->seen_size, receipt->seen_root))
		heads_witness(a, trail, receipt->seen_size, receipt->at);
}

static void check_receipt(const struct kept *kept, struct bytes bytes)
{
	struct bytes station = name_bytes(&kept->a->report->station);
	struct object object;
	struct receipt receipt;
	char origin[ORIGIN_TEXT];
	uint32_t card;

	if (object_decode(bytes, &object) != RESULT_OK ||
	    (object.type != OBJECT_RECEIPT && object.type != OBJECT_RECEIPT_EXERCISE) ||
	    receipt_decode(object.body, &receipt) != RESULT_OK) {
		FAIL(kept, "%s", "it is no receipt.");
		return;
	}
	card = cards_find(kept->a, receipt.from, receipt.card_serial);
	if (card == IDMAP_NONE || object_verify(&object, kept->a->card[card].signing) != RESULT_OK) {
		FAIL(kept, "the receipt does not verify with any card of %.*s that is in the record or was given.",
		     (int)receipt.from.len, (const char *)receipt.from.data);
		return;
	}
	cards_rest_on(&kept->a->card[card], receipt.at);
	if (bytes_equal(receipt.to, station)) {
		take_peer_receipt(kept, &receipt);
	} else if (bytes_equal(receipt.from, station)) {
		checkpoint_origin(receipt.from, receipt.to, origin);
		check_own_head(kept, bytes_of(origin), receipt.log_size, receipt.log_root);
	}
}

static void check_statement(const struct kept *kept, struct bytes statement)
{
	if (checkpoint_begins(statement))
		check_note(kept, statement);
	else
		check_receipt(kept, statement);
}

/* Evidence of equivocation: both heads, if they are signed. */
static void check_evidence(const struct kept *kept, struct bytes text)
{
	uint8_t *decoded = malloc(text.len + 1);
	struct evidence evidence;
	size_t len;

	if (decoded == NULL)
		kept->a->error = -ENOMEM;
	else if (armour_decode(EVIDENCE_LABEL, text, decoded, &len) != RESULT_OK ||
		 evidence_decode((struct bytes){decoded, len}, &evidence) != RESULT_OK)
		FAIL(kept, "%s", "it is no checkpoint, no receipt and no evidence.");
	else
		for (size_t i = 0; i < 2; i++)
			if (evidence.head[i].statement.len > 0)
				check_statement(kept, evidence.head[i].statement);
	free(decoded);
}

void kept_check(struct audit *a)
{
	for (size_t i = 0; i < a->options->kept_count && a->error == 0; i++) {
		struct kept kept = {.a = a, .name = a->options->kept[i].name};
		struct bytes bytes = a->options->kept[i].bytes;

		if (checkpoint_begins(bytes) || (bytes.len > 0 && bytes.data[0] == 0x93)) /* an object is an array of 3 */
			check_statement(&kept, bytes);
		else
			check_evidence(&kept, bytes);
	}
}

void kept_conclude(struct audit *a)
{
	uint32_t trail = logs_trail(a, bytes_of(a->station_origin));

	for (size_t i = 0; i < a->late_head_count && trail != IDMAP_NONE; i++) {
		const struct late_head *late = &a->late_head[i];
		struct kept kept = {.a = a, .name = late->name};

		if (late->name != NULL && late->is_checked)
			say_result(&kept, &a->trail[trail], late->size, late->is_good);
		else if (late->name != NULL)
			report_note(a, false, "%s: the head of the station log in it lies within a withheld range and "
				    "could not be checked.", late->name);
	}
}
