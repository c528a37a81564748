/* Revocations of cards by their root. */
#include "proto/revocation.h"

#include "proto/limits.h"
#include "proto/name.h"
#include "proto/result.h"

void revocation_encode(const struct revocation *revocation, struct pack_writer *w)
{
	pack_put_array(w, 5);
	pack_put_str(w, revocation->name);
	pack_put_uint(w, revocation->serial);
	pack_put_uint(w, revocation->reason);
	pack_put_int(w, revocation->at);
	pack_put_ext(w, &revocation->ext);
}

int revocation_decode(struct bytes body, struct revocation *out)
{
	struct pack_reader r = pack_reader(body);
	struct revocation v = {0};
	int result;

	pack_expect_array(&r, 5);
	v.name = pack_read_str(&r, LIMIT_NAME_BYTES);
	v.serial = pack_read_uint(&r, INT64_MAX);
	v.reason = (uint8_t)pack_read_uint(&r, UINT8_MAX);
	v.at = pack_read_int(&r);
	pack_read_ext(&r, NULL, &v.ext);
	if (!name_is_valid(v.name) || v.serial == 0 || v.at <= 0)
		pack_fail(&r, RESULT_MALFORMED);
	result = pack_read_end(&r);
	if (result == RESULT_OK)
		*out = v;
	return result;
}

int revocation_open(struct bytes encoded, const uint8_t root[KEY_BYTES], struct object *out_object,
		    struct revocation *out)
{
	struct revocation revocation;
	struct object object;
	int result = object_decode(encoded, &object);

	if (result == RESULT_OK && object.type != OBJECT_REVOCATION)
		result = RESULT_MALFORMED;
	if (result == RESULT_OK)
		result = revocation_decode(object.body, &revocation);
	if (result == RESULT_OK)
		result = object_verify(&object, root);
	if (result != RESULT_OK)
		return result;
	*out_object = object;
	*out = revocation;
	return RESULT_OK;
}

const char *revocation_reason_name(uint8_t reason)
{
	static const char *const names[] = {"other", "lost", "seized", "replaced", "closed"};

	return reason < sizeof names / sizeof *names ? names[reason] : NULL;
}
