/* A proof of notification, judged: each statement as a sentence, and the words if they are in it. */
#include "client/proof_show.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client/audit/proof.h"
#include "client/client.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/secret.h"
#include "proto/result.h"

static const char *const kinds[] = {[LINE_SHOWN] = "shown", [LINE_OPEN] = "open", [LINE_FAILED] = "failed"};

/* Records are arrays and can be long: their first byte tells, and no more of them is read. */
static bool is_array(const char *path)
{
	struct stat status;
	FILE *file;
	int first;

	if (stat(path, &status) != 0 || !S_ISREG(status.st_mode) || (file = fopen(path, "r")) == NULL)
		return false;
	first = fgetc(file);
	fclose(file);
	return first != EOF && (first & 0xf0) == 0x90;
}

bool proof_show_is(const char *path)
{
	uint8_t *file;
	size_t len;
	bool is;

	if (is_array(path) || secret_read(path, AUDIT_PROOF_FILE_BYTES, &file, &len) != 0)
		return false;
	is = audit_proof_is((struct bytes){file, len});
	free(file);
	return is;
}

static void print(const char *path, const struct audit_proof *proof)
{
	static const char *const formats[] = {
	    [LINE_SHOWN] = "  %s", [LINE_OPEN] = N_("  not proven: %s"), [LINE_FAILED] = N_("  FAILED: %s")};

	say(stdout, proof->is_proven ? _("%s: PROVEN") : _("%s: NOT PROVEN"), path);
	for (size_t i = 0; i < proof->line_count; i++)
		if (proof->is_proven || proof->line[i].kind == LINE_FAILED)
			say(stdout, _(formats[proof->line[i].kind]), proof->line[i].text);
	if (!proof->is_proven || !proof->has_content)
		return;
	say(stdout, _("  The words (%.*s): %.*s"), BYTES(proof->content.lang), BYTES(proof->content.subject));
	say_text(stdout, proof->content.text, "    ", say_width());
}

static json_t *json_proof(const char *path, const struct audit_proof *proof)
{
	json_t *document = must(json_object()), *lines = must(json_array());

	for (size_t i = 0; i < proof->line_count; i++)
		json_array_append_new(lines, must(json_pack("{s:s,s:o}", "kind", kinds[proof->line[i].kind], "text",
							    json_text(bytes_of(proof->line[i].text)))));
	json_object_set_new(document, "file", json_text(bytes_of(path)));
	json_object_set_new(document, "proven", json_boolean(proof->is_proven));
	json_object_set_new(document, "lines", lines);
	if (proof->is_proven)
		json_set_header(document, &proof->message);
	if (proof->is_proven && proof->has_content)
		json_set_content(document, &proof->content);
	return document;
}

int proof_show(const char *path, const struct audit_trust *trust, json_t *document)
{
	struct audit_proof proof;
	uint8_t *file;
	size_t len;
	int result = secret_read(path, AUDIT_PROOF_FILE_BYTES, &file, &len);

	if (result != 0) {
		say_error(_("%s can't be read: %s"), path, strerror(-result));
		return REFUSED;
	}
	result = audit_proof_check((struct bytes){file, len}, trust, &proof);
	if (result < 0)
		say_error(_("%s can't be judged: %s"), path, strerror(-result));
	else if (result != RESULT_OK && result != RESULT_PROOF)
		say_error(_("%s is a proof that can't be read: %s"), path, result_name(result));
	else if (document != NULL)
		json_array_append_new(document, json_proof(path, &proof));
	else
		print(path, &proof);
	audit_proof_finish(&proof);
	free(file);
	return result == 0 ? DONE : REFUSED;
}
