/*
 * The auditor's whole reading of an export, by someone who trusts the cards of two stations; and its page, which is made
 * here whether or not the export verifies.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/page.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/station.h"

static void write_page(struct audit_record *record)
{
	static const struct audit_trust trust;
	static const struct audit_report report;
	struct page page = {.report = &report, .trust = &trust, .path = "f", .command = "c"};
	char *text;
	size_t len;

	FUZZ_NEED(page_init(&page, record) == 0);
	page.out = open_memstream(&text, &len);
	FUZZ_NEED(page.out != NULL);
	page_write(&page);
	FUZZ_NEED(fclose(page.out) == 0 && strlen(text) == len && strstr(text, "</html>") != NULL);
	page_finish(&page);
	free(text);
}

static void make_page(const uint8_t *data, size_t size)
{
	static struct audit_record record;
	int fd = memfd_create("export", MFD_CLOEXEC);
	char path[64];

	FUZZ_NEED(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (audit_record_open(path, &record) == RESULT_OK) {
		write_page(&record);
		audit_record_close(&record);
	}
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct hostile h;
	bool is_peers_fault;

	if (h.got == NULL) {
		hostile_begin(&h);
		hostile_end(&h);
	}
	if (station_audit(&h, (struct bytes){data, size}, &is_peers_fault) == RESULT_OK)
		fuzz_accepted = 1;
	make_page(data, size);
	return 0;
}
