/* Receipts (SPEC 5): custody, shown, acknowledged and refused, with the rules of each. */
#include "proto/receipt.h"

#include <string.h>

#include "proto/name.h"
#include "proto/result.h"

#define RECEIPT_ELEMENTS 14
#define REASON_LAST RESULT_EXERCISE
#define SEEN_BYTES 48 /* an array head, a size of at most 9 bytes, a root with its 2 */
#define UTF8_MAX_BYTES 4

static const char *const kind_names[] = {
    [RECEIPT_CUSTODY] = "custody",
    [RECEIPT_SHOWN] = "shown",
    [RECEIPT_ACKNOWLEDGED] = "acknowledged",
    [RECEIPT_REFUSED] = "refused",
};

const char *receipt_kind_name(uint8_t kind)
{
	return kind <= RECEIPT_REFUSED ? kind_names[kind] : NULL;
}

/* The seen head goes first: no lower code can stand in an ext that this version accepts. */
static void put_ext(struct pack_writer *w, const struct receipt *receipt)
{
	struct ext ext = {.count = receipt->has_seen ? 1 : 0};
	uint8_t seen[SEEN_BYTES];
	struct pack_writer inner = pack_writer(seen, sizeof seen);

	pack_put_array(&inner, 2);
	pack_put_uint(&inner, receipt->seen_size);
	pack_put_bin(&inner, receipt->seen_root, sizeof receipt->seen_root);
	ext.entry[0].code = RECEIPT_EXT_SEEN;
	ext.entry[0].value = pack_written(&inner);
	for (size_t i = 0; i < receipt->ext.count && ext.count < LIMIT_EXT; i++)
		ext.entry[ext.count++] = receipt->ext.entry[i];
	pack_put_ext(w, &ext);
}

void receipt_encode(const struct receipt *receipt, struct pack_writer *w)
{
	pack_put_array(w, RECEIPT_ELEMENTS);
	pack_put_array(w, receipt->id_count);
	for (size_t i = 0; i < receipt->id_count; i++)
		pack_put_bin(w, receipt->id[i], OBJECT_ID_BYTES);
	pack_put_uint(w, receipt->kind);
	pack_put_str(w, receipt->from);
	pack_put_str(w, receipt->to);
	pack_put_int(w, receipt->at);
	pack_put_uint(w, receipt->clock_error);
	pack_put_str(w, receipt->officer);
	pack_put_uint(w, receipt->understood);
	pack_put_uint(w, receipt->reason);
	pack_put_str(w, receipt->note);
	pack_put_uint(w, receipt->log_size);
	pack_put_bin(w, receipt->log_root, sizeof receipt->log_root);
	pack_put_uint(w, receipt->card_serial);
	put_ext(w, receipt);
}

static void read_ids(struct pack_reader *r, struct receipt *receipt)
{
	receipt->id_count = pack_read_array(r, LIMIT_CUSTODY_IDS);
	for (size_t i = 0; i < receipt->id_count; i++)
		pack_read_fixed(r, receipt->id[i], OBJECT_ID_BYTES);
}

/* A kind that no byte holds is only a kind of a later version. */
static uint8_t read_kind(struct pack_reader *r)
{
	uint64_t kind = pack_read_uint(r, INT64_MAX);

	if (kind > UINT8_MAX)
		pack_fail(r, RESULT_NEWER);
	return (uint8_t)kind;
}

/* Takes the seen head out of ext. */
static void read_ext(struct pack_reader *r, struct receipt *receipt)
{
	struct ext *ext = &receipt->ext;
	struct pack_reader inner;

	pack_read_ext(r, NULL, ext);
	if (ext->count == 0 || ext->entry[0].code != RECEIPT_EXT_SEEN)
		return;
	inner = pack_reader(ext->entry[0].value);
	pack_expect_array(&inner, 2);
	receipt->seen_size = pack_read_uint(&inner, INT64_MAX);
	pack_read_fixed(&inner, receipt->seen_root, sizeof receipt->seen_root);
	if (pack_read_end(&inner) != RESULT_OK)
		pack_fail(r, RESULT_MALFORMED);
	receipt->has_seen = true;
	ext->count--;
	memmove(&ext->entry[0], &ext->entry[1], ext->count * sizeof ext->entry[0]);
}

static bool check_officer(const struct receipt *receipt)
{
	bool is_stations = receipt->kind == RECEIPT_CUSTODY || receipt->kind == RECEIPT_REFUSED;

	return is_stations ? receipt->officer.len == 0 : name_is_function(receipt->officer);
}

static bool check_understood(const struct receipt *receipt)
{
	if (receipt->kind == RECEIPT_ACKNOWLEDGED)
		return receipt->understood >= UNDERSTOOD_YES && receipt->understood <= UNDERSTOOD_NO;
	return receipt->understood == UNDERSTOOD_NOT_ASKED && receipt->note.len == 0;
}

static bool check_reason(const struct receipt *receipt)
{
	if (receipt->kind == RECEIPT_REFUSED)
		return receipt->reason >= 1 && receipt->reason <= REASON_LAST;
	return receipt->reason == 0;
}

static int check(const struct receipt *receipt)
{
	if (receipt_kind_name(receipt->kind) == NULL)
		return RESULT_NEWER;
	if (receipt->id_count == 0 || (receipt->id_count > 1 && receipt->kind != RECEIPT_CUSTODY))
		return RESULT_MALFORMED;
	if (!name_is_valid(receipt->from) || !name_is_valid(receipt->to) || bytes_equal(receipt->from, receipt->to))
		return RESULT_MALFORMED;
	if (!check_officer(receipt) || !check_understood(receipt) || !check_reason(receipt))
		return RESULT_MALFORMED;
	return utf8_length(receipt->note) <= LIMIT_NOTE ? RESULT_OK : RESULT_LIMIT;
}

int receipt_decode(struct bytes body, struct receipt *out)
{
	struct pack_reader r = pack_reader(body);
	struct receipt receipt = {0};
	int result;

	pack_expect_array(&r, RECEIPT_ELEMENTS);
	read_ids(&r, &receipt);
	receipt.kind = read_kind(&r);
	receipt.from = pack_read_str(&r, LIMIT_NAME_BYTES);
	receipt.to = pack_read_str(&r, LIMIT_NAME_BYTES);
	receipt.at = pack_read_int(&r);
	receipt.clock_error = (uint32_t)pack_read_uint(&r, UINT32_MAX);
	receipt.officer = pack_read_str(&r, LIMIT_FUNCTION_BYTES);
	receipt.understood = (uint8_t)pack_read_uint(&r, UINT8_MAX);
	receipt.reason = (uint8_t)pack_read_uint(&r, UINT8_MAX);
	receipt.note = pack_read_str(&r, LIMIT_NOTE * UTF8_MAX_BYTES);
	receipt.log_size = pack_read_uint(&r, INT64_MAX);
	pack_read_fixed(&r, receipt.log_root, sizeof receipt.log_root);
	receipt.card_serial = pack_read_uint(&r, INT64_MAX);
	read_ext(&r, &receipt);
	result = pack_read_end(&r);
	if (result == RESULT_OK)
		result = check(&receipt);
	if (result == RESULT_OK)
		*out = receipt;
	return result;
}
