/*
 * A message's content (SPEC 5): subject, authoritative text, translations, coded fields, attachments' descriptions.
 * Unknown field codes are kept as they came and unknown codes in known fields are taken; only wrong shapes refuse.
 */
#include "proto/attachment.h"
#include "proto/list.h"
#include "proto/result.h"

#define CONTENT_ELEMENTS 9
#define ATTACHMENT_ELEMENTS 7
#define FIELD_DEPTH 2 /* arrays in a field's value: the content, the list and the pair around it take three of five */
#define SEVERITY_LAST 5
#define UTF8_MAX_BYTES 4

static void put_translations(struct pack_writer *w, const struct content *c)
{
	pack_put_array(w, c->translation_count);
	for (size_t i = 0; i < c->translation_count; i++) {
		pack_put_array(w, 3);
		pack_put_str(w, c->translation[i].lang);
		pack_put_str(w, c->translation[i].text);
		pack_put_uint(w, c->translation[i].by);
	}
}

static void put_fields(struct pack_writer *w, const struct content *c)
{
	pack_put_array(w, c->field_count);
	for (size_t i = 0; i < c->field_count; i++) {
		pack_put_array(w, 2);
		pack_put_uint(w, c->field[i].code);
		pack_put_raw(w, c->field[i].value);
	}
}

static void put_attachment(struct pack_writer *w, const struct attachment *a)
{
	pack_put_array(w, ATTACHMENT_ELEMENTS);
	pack_put_str(w, a->name);
	pack_put_str(w, a->media_type);
	pack_put_uint(w, a->len);
	pack_put_bin(w, a->hash, sizeof a->hash);
	pack_put_bin(w, a->key, sizeof a->key);
	pack_put_uint(w, a->cipher_len);
	pack_put_bin(w, a->cipher_hash, sizeof a->cipher_hash);
}

void content_encode(const struct content *c, struct pack_writer *w)
{
	pack_put_array(w, CONTENT_ELEMENTS);
	pack_put_bin(w, c->salt, sizeof c->salt);
	pack_put_str(w, c->subject);
	pack_put_str(w, c->lang);
	pack_put_str(w, c->text);
	put_translations(w, c);
	put_fields(w, c);
	pack_put_array(w, c->attachment_count);
	for (size_t i = 0; i < c->attachment_count; i++)
		put_attachment(w, &c->attachment[i]);
	pack_put_str(w, c->remarks);
	pack_put_ext(w, &c->ext);
}

/* A text of at most max characters. */
static struct bytes read_text(struct pack_reader *r, size_t max)
{
	struct bytes text = pack_read_str(r, max * UTF8_MAX_BYTES);

	if (utf8_length(text) > max)
		pack_fail(r, RESULT_LIMIT);
	return text;
}

static void read_translations(struct pack_reader *r, struct content *c)
{
	c->translation_count = pack_read_array(r, LIMIT_TRANSLATIONS);
	for (size_t i = 0; i < c->translation_count; i++) {
		pack_expect_array(r, 3);
		c->translation[i].lang = pack_read_str(r, LIMIT_LANG_BYTES);
		c->translation[i].text = read_text(r, LIMIT_TEXT_ROUTINE);
		c->translation[i].by = (uint8_t)pack_read_uint(r, UINT8_MAX);
		if (c->translation[i].by != 1 && c->translation[i].by != 2)
			pack_fail(r, RESULT_MALFORMED);
	}
}

static void check_codes(struct pack_reader *r)
{
	size_t count = pack_read_array(r, LIMIT_FIELD_LIST);

	for (size_t i = 0; i < count; i++)
		pack_read_uint(r, INT64_MAX);
}

static void check_states(struct pack_reader *r)
{
	size_t count = pack_read_array(r, LIMIT_FIELD_LIST);

	for (size_t i = 0; i < count; i++)
		if (!name_is_state(pack_read_str(r, SIZE_MAX)))
			pack_fail(r, RESULT_MALFORMED);
}

static void check_severity(struct pack_reader *r)
{
	pack_expect_array(r, 3);
	if (pack_read_uint(r, INT64_MAX) > SEVERITY_LAST)
		pack_fail(r, RESULT_MALFORMED);
	pack_read_str(r, SIZE_MAX);
	pack_read_str(r, SIZE_MAX);
}

static void check_stages(struct pack_reader *r)
{
	size_t count = pack_read_array(r, LIMIT_FIELD_LIST);

	for (size_t i = 0; i < count; i++) {
		pack_expect_array(r, 2);
		pack_read_uint(r, INT64_MAX);
		pack_read_int(r);
	}
}

static void check_words(struct pack_reader *r)
{
	size_t count = pack_read_array(r, LIMIT_WORDS);

	if (count == 0)
		pack_fail(r, RESULT_MALFORMED);
	for (size_t i = 0; i < count; i++)
		if (pack_read_str(r, LIMIT_WORD_BYTES).len == 0)
			pack_fail(r, RESULT_MALFORMED);
}

static int check_shape(enum field_shape shape, struct bytes value)
{
	struct pack_reader r = pack_reader(value);

	switch (shape) {
	case SHAPE_CODE:
		pack_read_uint(&r, INT64_MAX);
		break;
	case SHAPE_CODES:
		check_codes(&r);
		break;
	case SHAPE_TIME:
		pack_read_int(&r);
		break;
	case SHAPE_TEXT:
		pack_read_str(&r, SIZE_MAX);
		break;
	case SHAPE_STATES:
		check_states(&r);
		break;
	case SHAPE_WORDS:
		check_words(&r);
		break;
	case SHAPE_SEVERITY:
		check_severity(&r);
		break;
	case SHAPE_PUBLIC:
		pack_expect_array(&r, 2);
		pack_read_uint(&r, INT64_MAX);
		pack_read_int(&r);
		break;
	case SHAPE_STAGES:
		check_stages(&r);
		break;
	}
	return pack_read_end(&r);
}

static void read_fields(struct pack_reader *r, struct content *c)
{
	uint64_t last = 0;

	c->field_count = pack_read_array(r, LIMIT_FIELDS);
	for (size_t i = 0; i < c->field_count && r->error == RESULT_OK; i++) {
		const struct field_row *row;

		pack_expect_array(r, 2);
		c->field[i].code = pack_read_uint(r, INT64_MAX);
		c->field[i].value = pack_read_any(r, FIELD_DEPTH);
		if (c->field[i].code <= last)
			pack_fail(r, RESULT_MALFORMED);
		last = c->field[i].code;
		row = field_row(last);
		if (row != NULL && r->error == RESULT_OK)
			pack_fail(r, check_shape(row->shape, c->field[i].value));
	}
}

static void read_attachment(struct pack_reader *r, struct attachment *a)
{
	pack_expect_array(r, ATTACHMENT_ELEMENTS);
	a->name = pack_read_str(r, LIMIT_FILE_NAME_BYTES);
	a->media_type = pack_read_str(r, LIMIT_FILE_NAME_BYTES);
	a->len = pack_read_uint(r, LIMIT_ATTACHMENT_BYTES);
	pack_read_fixed(r, a->hash, sizeof a->hash);
	pack_read_fixed(r, a->key, sizeof a->key);
	a->cipher_len = pack_read_uint(r, LIMIT_CIPHERTEXT_BYTES);
	pack_read_fixed(r, a->cipher_hash, sizeof a->cipher_hash);
	if (a->name.len == 0 || a->cipher_len != attachment_cipher_len(a->len))
		pack_fail(r, RESULT_MALFORMED);
}

static void read_attachments(struct pack_reader *r, struct content *c)
{
	uint64_t total = 0;

	c->attachment_count = pack_read_array(r, LIMIT_ATTACHMENTS);
	for (size_t i = 0; i < c->attachment_count; i++) {
		read_attachment(r, &c->attachment[i]);
		total += c->attachment[i].len;
	}
	if (total > LIMIT_ATTACHMENTS_BYTES)
		pack_fail(r, RESULT_LIMIT);
}

int content_decode(struct bytes in, struct content *out)
{
	struct pack_reader r = pack_reader(in);
	struct content c = {0};
	int result;

	if (in.len > LIMIT_CONTENT_BYTES)
		return RESULT_LIMIT;
	pack_expect_array(&r, CONTENT_ELEMENTS);
	pack_read_fixed(&r, c.salt, sizeof c.salt);
	c.subject = read_text(&r, LIMIT_SUBJECT);
	c.lang = pack_read_str(&r, LIMIT_LANG_BYTES);
	c.text = read_text(&r, LIMIT_TEXT_ROUTINE);
	read_translations(&r, &c);
	read_fields(&r, &c);
	read_attachments(&r, &c);
	c.remarks = read_text(&r, LIMIT_REMARKS);
	pack_read_ext(&r, NULL, &c.ext);
	result = pack_read_end(&r);
	if (result == RESULT_OK)
		*out = c;
	key_wipe(&c, sizeof c); /* attachments' keys */
	return result;
}

struct bytes content_field(const struct content *content, enum field field)
{
	for (size_t i = 0; i < content->field_count; i++)
		if (content->field[i].code == (uint64_t)field)
			return content->field[i].value;
	return (struct bytes){NULL, 0};
}

bool content_code(const struct content *content, enum field field, uint64_t *out)
{
	struct pack_reader r = pack_reader(content_field(content, field));
	uint64_t code = pack_read_uint(&r, INT64_MAX);

	if (pack_read_end(&r) != RESULT_OK)
		return false;
	*out = code;
	return true;
}

bool content_time(const struct content *content, enum field field, int64_t *out)
{
	struct pack_reader r = pack_reader(content_field(content, field));
	int64_t at = pack_read_int(&r);

	if (pack_read_end(&r) != RESULT_OK)
		return false;
	*out = at;
	return true;
}
