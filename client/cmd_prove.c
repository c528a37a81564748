/*
 * hotline log prove: a proof of notification from exported records, offline; and what log verify says of one. Nothing is
 * made of a record that does not verify, and nothing is written that does not prove.
 */
#include "client/client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/audit/proof.h"
#include "client/audit/prove.h"
#include "client/json.h"
#include "client/lang.h"
#include "client/proof_show.h"
#include "client/say.h"
#include "client/secret.h"
#include "client/trust_args.h"
#include "proto/armour.h"
#include "proto/result.h"

/* --with custody,shown,acknowledged; custody when nothing is said. */
static bool read_kinds(const struct args *args, struct audit_wish *wish)
{
	const char *text = args_value(args, "--with");
	char *copy, *rest, *word;
	bool is_good = true;

	if (text == NULL)
		text = "custody";
	rest = copy = must(strdup(text));
	while (is_good && (word = strsep(&rest, ",")) != NULL) {
		uint8_t kind = RECEIPT_CUSTODY;

		while (kind < RECEIPT_REFUSED && strcmp(word, receipt_kind_name(kind)) != 0)
			kind++;
		is_good = kind < RECEIPT_REFUSED;
		wish->wants[kind] = is_good;
	}
	if (!is_good)
		say_error(_("--with takes custody, shown and acknowledged, with commas between them"));
	free(copy);
	return is_good;
}

static const char *first_failure(const struct audit_report *report)
{
	if (report->bad[0] != '\0')
		return report->bad;
	for (size_t i = 0; i < report->note_count; i++)
		if (report->note[i].is_failure)
			return report->note[i].text;
	return "";
}

/* Whether the record verifies: nothing is proven from another. */
static bool verify_record(const char *path, const struct audit_trust *trust)
{
	struct audit_report report;
	int result = audit_verify(path, trust, &report);

	if (result < 0) {
		say_error(_("%s can't be read: %s"), path, strerror(-result));
		return false;
	}
	if (result != 0)
		say_error(_("%s does not verify, and nothing is proven from it: %s"), path, first_failure(&report));
	audit_report_finish(&report);
	return result == 0;
}

static bool add_record(struct audit_prover *prover, const char *path)
{
	char why[AUDIT_TEXT] = "";
	int result = audit_prover_add(prover, path, why);

	if (result < 0)
		say_error(_("%s can't be read: %s"), path, strerror(-result));
	else if (result != 0)
		say_error("%s", why);
	return result == 0;
}

static bool add_records(const struct args *args, const struct audit_trust *trust, struct audit_prover *prover)
{
	const char *path;
	size_t at = 0;

	while ((path = args_next(args, "--from", &at)) != NULL)
		if (!verify_record(path, trust) || !add_record(prover, path))
			return false;
	return true;
}

static void say_left_out(void *ctx, const char *sentence)
{
	(void)ctx;
	say_error("%s", sentence);
}

/* The armour, or an empty one when that was said. */
static struct pack_writer make(struct audit_prover *prover)
{
	uint8_t *encoded = must(malloc(PROOF_BYTES));
	struct pack_writer w = pack_writer(encoded, PROOF_BYTES), text = {0};
	int result = audit_prover_write(prover, say_left_out, NULL, &w);

	if (result == RESULT_OK) {
		size_t capacity = armour_capacity(w.len);

		text = pack_writer(must(malloc(capacity)), capacity);
		armour_encode(PROOF_LABEL, pack_written(&w), &text);
	} else if (result == RESULT_PROOF)
		say_error(_("there is nothing to prove: no addressee's receipts are as asked for"));
	else
		say_error(_("the proof would be over the limit: name one addressee with --to"));
	free(encoded);
	return text;
}

/* Judges what was made as a stranger would. */
static bool is_proof(struct bytes text, const struct audit_trust *trust)
{
	struct audit_proof proof;
	int result = audit_proof_check(text, trust, &proof);

	for (size_t i = 0; i < proof.line_count && result != 0; i++)
		if (proof.line[i].kind == LINE_FAILED)
			say_error(_("it would be no proof: %s"), proof.line[i].text);
	audit_proof_finish(&proof);
	return result == 0;
}

static int write_proof(const struct args *args, struct bytes text)
{
	const char *path = args_value(args, "--out");
	int result;

	if (path == NULL)
		return fwrite(text.data, 1, text.len, stdout) == text.len ? DONE : REFUSED;
	result = secret_write(path, 0644, text, false);
	if (result != 0) {
		say_error(_("%s can't be written: %s"), path, strerror(-result));
		return REFUSED;
	}
	say_error(_("%zu bytes written to %s"), text.len, path);
	return DONE;
}

int cmd_log_prove(struct client *client)
{
	static struct audit_trust trust;
	const char *to = args_value(&client->args, "--to");
	struct audit_wish wish = {.number = bytes_of(client->args.rest[0]),
				  .to = bytes_of(to != NULL ? to : ""),
				  .has_content = args_has(&client->args, "--content")};
	struct audit_prover *prover;
	struct pack_writer text = {0};
	int outcome = REFUSED;

	if (args_value(&client->args, "--from") == NULL) {
		say_error(_("name the exported record with --from; a second one adds the other side's log"));
		return USAGE;
	}
	if (!read_kinds(&client->args, &wish) || !trust_read(&client->args, &trust))
		return USAGE;
	prover = must(audit_prover_create(&wish));
	if (add_records(&client->args, &trust, prover))
		text = make(prover);
	if (text.len > 0 && is_proof(pack_written(&text), &trust))
		outcome = write_proof(&client->args, pack_written(&text));
	free(text.data);
	audit_prover_destroy(prover);
	return outcome;
}
