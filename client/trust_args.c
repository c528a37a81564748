/* --card and --root: what an auditor trusts. */
#include "client/trust_args.h"

#include <stdlib.h>
#include <string.h>

#include "client/lang.h"
#include "client/say.h"
#include "client/secret.h"
#include "proto/result.h"

static bool add_card(struct audit_trust *trust, const char *path)
{
	uint8_t *file;
	size_t len;
	int result = secret_read(path, AUDIT_CARD_FILE_BYTES, &file, &len);

	if (result != 0) {
		say_error(_("--card %s can't be read: %s"), path, strerror(-result));
		return false;
	}
	result = audit_trust_add_card(trust, (struct bytes){file, len});
	free(file);
	if (result != RESULT_OK)
		say_error(_("--card %s can't be used: %s"), path, lang_name(result_name(result)));
	return result == RESULT_OK;
}

bool trust_read(const struct args *args, struct audit_trust *trust)
{
	const char *value;
	size_t at = 0;

	while ((value = args_next(args, "--card", &at)) != NULL)
		if (!add_card(trust, value))
			return false;
	at = 0;
	while ((value = args_next(args, "--root", &at)) != NULL) {
		int result = audit_trust_add_root(trust, bytes_of(value));

		if (result != RESULT_OK) {
			say_error(
			    _("--root %s can't be used: %s; wanted is STATE=FINGERPRINT, 40 digits or 64 hex digits"),
			    value, lang_name(result_name(result)));
			return false;
		}
	}
	if (trust->count == 0)
		say_error(_("nothing is trusted: name cards with --card, or roots with --root, that you have from "
			    "elsewhere than "
			    "from the record"));
	return trust->count > 0;
}
