/* Which roots an auditor trusts, and that records verify before anything is said of them. */
#include "client/trusted.h"

#include <stdlib.h>
#include <string.h>

#include "client/client.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/trust_args.h"
#include "proto/result.h"

/* Why a record does not verify: the first bad array, or the first failure. */
static const char *reason(const struct audit_report *report)
{
	for (size_t i = 0; i < report->note_count && report->bad[0] == '\0'; i++)
		if (report->note[i].is_failure)
			return report->note[i].text;
	return report->bad;
}

static int verify(const char *path, const struct audit_trust *trust)
{
	struct audit_report report;
	int result = audit_verify(path, trust, &report);

	if (result < 0) {
		say_error(_("%s can't be read: %s"), path, strerror(-result));
		return REFUSED;
	}
	if (result != 0)
		say_error(_("%s does not verify: %s"), path, reason(&report));
	audit_report_finish(&report);
	return result == 0 ? DONE : REFUSED;
}

int trusted_verify(const struct args *args, const char *const *paths, size_t count, bool *out_verified)
{
	static struct audit_trust trust;
	int outcome = DONE;

	*out_verified = !args_has(args, "--unverified");
	if (!*out_verified)
		return DONE;
	if (!trust_read(args, &trust))
		return USAGE;
	for (size_t i = 0; i < count && outcome == DONE; i++)
		outcome = verify(paths[i], &trust);
	return outcome;
}

int trusted_open(const char *path, struct audit_record *out)
{
	int result = audit_record_open(path, out);

	if (result < 0)
		say_error(_("%s can't be read: %s"), path, strerror(-result));
	else if (result != 0)
		say_error(_("%s can't be used: %s"), path, out->sentence);
	return result == 0 ? DONE : REFUSED;
}

int trusted_failed(const char *path, int result)
{
	if (result != 0)
		say_error(_("%s can't be read: %s"), path, result < 0 ? strerror(-result) : result_name(result));
	return result == 0 ? DONE : REFUSED;
}
