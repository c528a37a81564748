/* What the targets that drive a whole station share. */
#include "tests/fuzz/station.h"

#include <sys/mman.h>
#include <unistd.h>

#include "client/audit/replay.h"
#include "client/audit/timeline.h"
#include "client/audit/verify.h"
#include "tests/fuzz/fuzz.h"

#define AUDITOR 900 /* a client of our own */
#define EXPORT_TURNS 1000

static uint8_t exported[8 * MIB];

/* Events of an export carry the next bytes of it. */
static void keep_export(struct pack_writer *to, const struct control_rpc *rpc)
{
	struct pack_reader r = pack_reader(rpc->params);

	pack_expect_array(&r, 1);
	pack_put_raw(to, pack_read_bin(&r, CONTROL_MAX_BYTES));
	FUZZ_NEED(pack_read_end(&r) == RESULT_OK && !to->is_over);
}

void station_check_reply(struct hostile *h, struct bytes data)
{
	struct control_rpc rpc;
	size_t len;

	FUZZ_NEED(control_decode(data, &rpc, &len) == RESULT_OK && len == data.len);
	FUZZ_NEED(rpc.type != CONTROL_REQUEST);
	if (rpc.type == CONTROL_RESPONSE && !rpc.has_error && rpc.params.len > 1)
		fuzz_accepted = 1;
	if (rpc.type == CONTROL_EVENT && h->export != NULL && bytes_equal(rpc.method, bytes_of("export")))
		keep_export(h->export, &rpc);
}

void station_give_message(struct hostile *h)
{
	uint8_t object[2048], content[1024];
	struct message message = hostile_message();
	size_t content_len = hostile_content(1, content, sizeof content), len;

	hostile_dial(h, 2);
	hostile_hello(h);
	len = hostile_sign_message(&message, OBJECT_MESSAGE, &h->peer.keys.signing,
				   (struct bytes){content, content_len}, object, sizeof object);
	hostile_send_message(h, (struct bytes){object, len}, (struct bytes){content, content_len});
}

struct bytes station_export(struct hostile *h)
{
	static const uint8_t everything[] = {0x96, 0xa0, 0xc4, 0x00, 0x00, 0x00, 0xc2, 0x90};
	struct pack_writer w = pack_writer(exported, sizeof exported);
	size_t replied;

	h->on_reply = station_check_reply;
	hostile_client(h, AUDITOR, 1004);
	h->export = &w;
	hostile_request(h, AUDITOR, METHOD_EXPORT, (struct bytes){everything, sizeof everything});
	for (int turn = 0; turn < EXPORT_TURNS; turn++) {
		replied = h->replied;
		hostile_turn(h, &(struct event){.type = EVENT_CLIENT_ROOM, .conn = AUDITOR});
		if (h->replied == replied)
			break;
	}
	h->export = NULL;
	return pack_written(&w);
}

/* A peer that signs what contradicts itself is what the auditor is to find: the station's own part holds all the same.
 */
static bool is_peers_fault(const struct audit_report *report)
{
	for (size_t i = 0; i < report->note_count; i++)
		if (report->note[i].is_failure)
			return false;
	return strstr(report->bad, HOSTILE_PEER " signed two heads") != NULL;
}

/* Whoever asks an unverified record gets answers or one sentence. */
static void ask_record(const char *path)
{
	static struct control_message message;
	static char text[TIMELINE_TEXT];
	struct audit_record record;
	struct audit_replay replay;
	int result = audit_record_open(path, &record);

	FUZZ_NEED(result >= 0 && (result == 0 || record.sentence[0] != '\0'));
	if (result != 0)
		return;
	for (size_t i = 0; i < record.entry_list.count; i++)
		FUZZ_NEED(timeline_describe(&record, &record.entry[i], text) >= 0);
	if (audit_replay_at(&record, INT64_MAX, &replay) == 0) {
		for (size_t i = 0; i < replay.here_count; i++)
			FUZZ_NEED(audit_replay_show(&replay, replay.here[i], &message) == 0);
		audit_replay_finish(&replay);
	}
	audit_record_close(&record);
}

int station_audit(const struct hostile *h, struct bytes bytes, bool *out_is_peers_fault)
{
	static struct audit_trust trust;
	struct audit_report report;
	char path[64];
	int fd = memfd_create("export", MFD_CLOEXEC), result;

	trust.count = 0;
	FUZZ_NEED(audit_trust_add_card(&trust, hostile_card(&h->own)) == RESULT_OK);
	FUZZ_NEED(audit_trust_add_card(&trust, hostile_card(&h->peer)) == RESULT_OK);
	FUZZ_NEED(fd >= 0 && write(fd, bytes.data, bytes.len) == (ssize_t)bytes.len);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	result = audit_verify(path, &trust, &report);
	ask_record(path);
	close(fd);
	FUZZ_NEED(result >= 0);
	FUZZ_NEED((result == RESULT_OK) == report.is_verified);
	*out_is_peers_fault = result != RESULT_OK && is_peers_fault(&report);
	if (result != RESULT_OK && getenv("FUZZ_SHOW") != NULL)
		fprintf(stderr, "%s\n", report.bad);
	audit_report_finish(&report);
	return result;
}

void station_verify(struct hostile *h)
{
	struct bytes bytes = station_export(h);
	bool is_peers_fault = false;

	FUZZ_NEED(bytes.len > 0);
	FUZZ_NEED(station_audit(h, bytes, &is_peers_fault) == RESULT_OK || is_peers_fault);
}
