/* Attachments as JSON: what a content says of them, how far they are, what became of them. */
#include "client/json.h"

#include "client/say.h"

json_t *json_attachments(const struct content *c)
{
	json_t *list = must(json_array());

	for (size_t i = 0; i < c->attachment_count; i++)
		json_array_append_new(
		    list,
		    must(json_pack("{s:o,s:o,s:I,s:o}", "name", json_text(c->attachment[i].name), "media_type",
				   json_text(c->attachment[i].media_type), "bytes", (json_int_t)c->attachment[i].len,
				   "sha256", json_hex(c->attachment[i].hash, HASH_BYTES))));
	return list;
}

void json_attachment_state(json_t *document, const struct attach_view *view)
{
	static const char *const states[] = {"unknown", "held", "fetching", "waiting", "absent", "over-limit", "bad"};
	const struct control_blob *blob = &view->blob;
	json_t *given = must(json_array());

	json_object_set_new(document, "state", blob->state <= BLOB_BAD ? json_string(states[blob->state]) : json_null());
	json_object_set_new(document, "ciphertext_bytes", json_integer((json_int_t)blob->total));
	json_object_set_new(document, "ciphertext_held", json_integer((json_int_t)blob->held));
	json_object_set_new(document, "bytes_a_second", json_integer((json_int_t)blob->rate));
	for (size_t i = 0; i < view->count; i++)
		json_array_append_new(given, must(json_pack("{s:o,s:I}", "name", json_text(view->given[i].name),
							    "ciphertext_bytes", (json_int_t)view->given[i].given)));
	json_object_set_new(document, "given", given);
}

json_t *json_attached(uint64_t draft, uint64_t number, struct bytes name, struct bytes media_type, uint64_t len)
{
	return must(json_pack("{s:I,s:I,s:o,s:o,s:I}", "draft", (json_int_t)draft, "number", (json_int_t)number, "name",
			      json_text(name), "media_type", json_text(media_type), "bytes", (json_int_t)len));
}

json_t *json_saved(const char *path, const struct attachment *attachment)
{
	return must(json_pack("{s:o,s:I,s:o}", "file", json_text(bytes_of(path)), "bytes", (json_int_t)attachment->len,
			      "sha256", json_hex(attachment->hash, HASH_BYTES)));
}
