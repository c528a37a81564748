/* A file with heads that were kept elsewhere, beside a record that verifies by itself. */
#include <sys/mman.h>
#include <unistd.h>

#include "client/audit/verify.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/station.h"

static struct hostile h;
static struct audit_trust trust;
static char path[64];

static void begin(void)
{
	struct bytes export;
	int fd = memfd_create("export", MFD_CLOEXEC);

	hostile_begin(&h);
	station_give_message(&h);
	export = station_export(&h);
	FUZZ_NEED(audit_trust_add_card(&trust, hostile_card(&h.own)) == RESULT_OK);
	FUZZ_NEED(audit_trust_add_card(&trust, hostile_card(&h.peer)) == RESULT_OK);
	FUZZ_NEED(fd >= 0 && write(fd, export.data, export.len) == (ssize_t)export.len);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	hostile_end(&h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct audit_kept kept = {.name = "kept", .bytes = {data, size}};
	struct audit_options options = {.kept = &kept, .kept_count = 1};
	struct audit_report report;
	int result;

	if (trust.count == 0)
		begin();
	result = audit_verify_with(path, &trust, &options, &report);
	FUZZ_NEED(result >= 0 && report.bad_count == 0);
	FUZZ_NEED((result == RESULT_OK) == report.is_verified);
	if (result == RESULT_OK)
		fuzz_accepted = 1;
	audit_report_finish(&report);
	return 0;
}
