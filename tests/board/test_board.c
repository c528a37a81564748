/* The board: keys in, requests and cells out, without a terminal. */
#include "tests/board/station.h"

#include "client/field.h"
#include "client/say.h"
#include "proto/receipt.h"
#include "tests/unit/test.h"

#define WATCH ROLE_WATCH
#define UP "\1"
#define DOWN "\2"
#define LEFT "\3"
#define RIGHT "\4"
#define ESCAPE "\33"

static struct office office;

static struct pack_reader params_of(size_t count)
{
	struct pack_reader r = pack_reader((struct bytes){office.params, office.params_len});

	pack_expect_array(&r, count);
	return r;
}

/* Moves down the list to a message. */
static void choose(const char *number)
{
	for (int i = 0; i < 8 && strstr(office_row(&office, office.row), number) == NULL; i++)
		office_type(&office, DOWN);
	CHECK(strstr(office_row(&office, office.row), number) != NULL);
}

TEST(a_list_says_what_is_open_and_what_is_late)
{
	office_open(&office, 80, 24, WATCH);
	CHECK(office_sees(&office, "Open: 1 of 3"));
	CHECK(office_sees(&office, "LATE 20m00s"));
	CHECK(office_sees(&office, "answered 1 of 3; vnm-cert: no path since"));
	CHECK(office_sees(&office, "1 unacknowledged"));
	CHECK(office_sees(&office, "1 DOWN (vnm-cert)"));
	office_close(&office);
}

TEST(a_countdown_runs_without_a_request)
{
	size_t asked;

	office_open(&office, 200, 60, WATCH);
	CHECK(office_sees(&office, "4m12s"));
	asked = office.asked;
	office_pass(&office, SECOND_US);
	CHECK(office_sees(&office, "4m11s"));
	CHECK_EQUAL(office.asked, asked);
	office_close(&office);
}

TEST(an_acknowledgement_is_sent_after_y_and_not_before)
{
	struct pack_reader r;
	struct bytes id, note;

	office_open(&office, 80, 24, WATCH);
	choose("2026-048 213");
	office_type(&office, "a" RIGHT RIGHT "\rđã xem\b\r");
	CHECK(office_sees(&office, "flash alert vnm-cert 2026-048 213: Wiper in substation controllers"));
	CHECK(office_sees(&office, "< partly >"));
	CHECK(office.done == METHOD_COUNT);
	office_type(&office, "y");
	CHECK(office.done == METHOD_ACK);
	r = params_of(3);
	id = pack_read_str(&r, 2 * OBJECT_ID_BYTES);
	CHECK(id.len == 2 * OBJECT_ID_BYTES && memcmp(id.data, "000001a5", 8) == 0);
	CHECK_EQUAL(pack_read_uint(&r, 3), UNDERSTOOD_PARTLY);
	note = pack_read_str(&r, 100);
	CHECK(bytes_equal(note, bytes_of("đã xe")));
	CHECK_EQUAL(pack_read_end(&r), RESULT_OK);
	CHECK(office_sees(&office, "Acknowledged: flash alert vnm-cert 2026-048 213"));
	office_close(&office);
}

TEST(escape_leaves_an_act_undone)
{
	office_open(&office, 80, 24, WATCH);
	choose("2026-048 213");
	office_type(&office, "a\r\r" ESCAPE ESCAPE);
	CHECK(office.done == METHOD_COUNT);
	CHECK(office_sees(&office, "Nothing was done."));
	office_type(&office, "y");
	CHECK(office.done == METHOD_COUNT);
	office_close(&office);
}

TEST(a_hold_wants_a_time_that_is_understood)
{
	struct pack_reader r;

	office_open(&office, 80, 24, WATCH);
	choose("2026-048 213");
	office_type(&office, "hsoon\r\r");
	CHECK(office_sees(&office, "Until when is not understood"));
	office_type(&office, "\b\b\b\b90m\r\ry");
	CHECK(office.done == METHOD_HOLD);
	r = params_of(3);
	pack_read_str(&r, 2 * OBJECT_ID_BYTES);
	CHECK(pack_read_int(&r) == OFFICE_NOW + 90 * MINUTE_US);
	office_close(&office);
}

TEST(what_the_role_does_not_allow_is_said_and_not_asked)
{
	office_open(&office, 80, 24, ROLE_DRAFTER);
	choose("2026-048 213");
	office_type(&office, "a");
	CHECK(office_sees(&office, "role watch"));
	office_type(&office, "\r\ry");
	CHECK(office.done == METHOD_COUNT);
	office_close(&office);
}

TEST(a_message_sent_is_reminded_of_and_not_acknowledged)
{
	office_open(&office, 80, 24, WATCH);
	choose("2026-051 002");
	office_type(&office, "a\r\ry");
	CHECK(office.done == METHOD_COUNT);
	office_type(&office, "ry");
	CHECK(office.done == METHOD_REMIND);
	office_close(&office);
}

TEST(a_release_shows_the_ladder_and_can_be_refused)
{
	office_open(&office, 80, 24, ROLE_RELEASER);
	office_type(&office, "d\rR");
	CHECK(office_sees(&office, "if unacknowledged by vnm-cert: to vnm-mfa at +30m00s"));
	office.refuses = CONTROL_ASK;
	office_type(&office, "\r");
	CHECK(office_sees(&office, "draft 4: immediate notice to sgp-cert, vnm-cert: Second wave"));
	office_type(&office, "y");
	CHECK(office_sees(&office, "The station says no."));
	CHECK(office_sees(&office, "NEVERTHELESS"));
	office_type(&office, "y");
	CHECK(office.done == METHOD_RELEASE);
	struct pack_reader r = params_of(3);
	CHECK_EQUAL(pack_read_uint(&r, 100), 4);
	CHECK(pack_read_bool(&r));
	office_close(&office);
}

TEST(a_draft_says_what_should_be_looked_at_before_its_release)
{
	office_open(&office, 80, 24, ROLE_RELEASER);
	office_type(&office, "d\r");
	CHECK(office_sees(&office, "! The form of notice asks for the field \"status\"."));
	CHECK(office_sees(&office, "! The card of vnm-cert is 160 days old"));
	CHECK(office_sees(&office, "It came back."));
	office_close(&office);
}

TEST(a_message_opened_by_a_watch_officer_is_told_as_shown_once)
{
	office_open(&office, 80, 24, WATCH);
	choose("2026-048 213");
	office_type(&office, "\r");
	CHECK(office.done == METHOD_SHOWN);
	CHECK(office_sees(&office, "Subject:      Wiper in substation controllers"));
	office.done = METHOD_COUNT;
	office_pass(&office, 25 * SECOND_US);
	CHECK(office.done == METHOD_COUNT);
	office_close(&office);
	office_open(&office, 80, 24, ROLE_AUDITOR);
	choose("2026-048 213");
	office_type(&office, "\r");
	CHECK(office.done == METHOD_COUNT);
	office_close(&office);
}

TEST(an_unacknowledged_flash_stays_in_sight_and_rings)
{
	static const char words[] = "ALARM 4m12s  flash alert vnm-cert 2026-048 213";
	char *title;

	office_open(&office, 80, 24, WATCH);
	office.messages = 5000;
	office_type(&office, "\t\t\tG");
	CHECK(office_sees(&office, "5000 of 5000"));
	CHECK(office_sees(&office, words));
	office_type(&office, "l");
	CHECK(office_sees(&office, words));
	CHECK(board_rings(office.board));
	CHECK(!board_rings(office.board));
	office_pass(&office, 4 * SECOND_US);
	CHECK(board_rings(office.board));
	title = board_title(office.board);
	CHECK(strcmp(title, "FLASH waits: tha-cert (1)") == 0);
	free(title);
	office_type(&office, "!");
	CHECK(office_sees(&office, "Wiper in substation controllers"));
	office_close(&office);
}

TEST(a_lost_connection_is_said_and_an_act_on_its_way_is_unknown)
{
	struct board_request request;

	office_open(&office, 80, 24, WATCH);
	choose("2026-048 213");
	office_type(&office, "a\r\r");
	board_key(office.board, 'y');
	CHECK(board_next(office.board, &request) && request.method == METHOD_ACK);
	free(request.params.data);
	board_lost(office.board, "It closed the connection.");
	CHECK(!board_next(office.board, &request));
	office_settle(&office);
	CHECK(office_sees(&office, "NO CONNECTION"));
	CHECK(office_sees(&office, "look whether it was done"));
	CHECK(office_sees(&office, "Wiper in substation controllers"));
	board_connect(office.board, "tha-cert", "watch-1", WATCH);
	office_settle(&office);
	CHECK(!office_sees(&office, "NO CONNECTION"));
	CHECK(office.done == METHOD_COUNT);
	office_close(&office);
}

TEST(a_long_list_is_asked_for_by_the_window)
{
	size_t asked;

	office_open(&office, 120, 40, WATCH);
	office.messages = 100000;
	office_type(&office, "\t\t\t");
	asked = office.asked;
	office_type(&office, DOWN DOWN DOWN DOWN);
	CHECK_EQUAL(office.asked, asked);
	office_type(&office, "G");
	CHECK(office.asked <= asked + 2);
	CHECK(office_sees(&office, "100000 of 100000"));
	office_type(&office, "g");
	CHECK(office_sees(&office, "1 of 100000"));
	office_close(&office);
}

TEST(a_search_looks_through_all_and_serves_keys_between)
{
	office_open(&office, 80, 24, WATCH);
	office.messages = 900;
	office_type(&office, "/WIPER\r");
	for (int turns = 0; turns < 3; turns++) {
		CHECK(board_is_busy(office.board));
		office_pass(&office, 1000);
	}
	office_pass(&office, 1000);
	office_pass(&office, 1000);
	CHECK(!board_is_busy(office.board));
	CHECK(office_sees(&office, "Found: 1 of 1"));
	CHECK(office_sees(&office, "2026-048 213"));
	office_type(&office, "\r");
	CHECK(office_sees(&office, "Substation controllers are being wiped."));
	office_type(&office, "qq/đường dây\r");
	for (int turns = 0; turns < 6; turns++)
		office_pass(&office, 1000);
	CHECK(office_sees(&office, "Found: 1 of 896"));
	office_type(&office, "q/no such words\r");
	for (int turns = 0; turns < 6; turns++)
		office_pass(&office, 1000);
	CHECK(office_sees(&office, "Nothing was found."));
	office_close(&office);
}

TEST(the_thread_is_a_tree)
{
	office_open(&office, 80, 24, WATCH);
	choose("2026-048 213");
	office_type(&office, "t");
	CHECK(office_sees(&office, "Thread: 1 of 3"));
	CHECK(office_sees(&office, "└ sgp-cert 2026-300 417"));
	office_close(&office);
}

TEST(hostile_text_stays_in_its_cells)
{
	office_open(&office, 80, 24, WATCH);
	office_type(&office, "\t");
	for (int keys = 0; keys < 40; keys++) {
		for (int i = 0; i < office.grid.width * office.grid.height; i++) {
			const char *text = office.grid.cell[i].text;

			CHECK(strchr(text, '\33') == NULL && strstr(text, "\xe2\x80\xae") == NULL && (uint8_t)text[0] != 0x0a);
		}
		for (int y = 0; y < office.grid.height; y++)
			CHECK(cells_width(bytes_of(office_row(&office, y))) == office.grid.width);
		office_type(&office, keys == 0 ? "G\r" : " ");
	}
	CHECK(office_sees(&office, "xxxxxxxx"));
	office_close(&office);
}

/* The draft that was given last: its header and content. */
static void read_draft(size_t count, struct message *message, struct content *content)
{
	struct pack_reader r = params_of(count);
	struct bytes header, words;

	if (count == 4)
		CHECK_EQUAL(pack_read_uint(&r, 100), 4);
	header = pack_read_bin(&r, LIMIT_OBJECT_BYTES);
	words = pack_read_bin(&r, LIMIT_CONTENT_BYTES);
	CHECK_EQUAL(message_decode(header, message), RESULT_OK);
	CHECK_EQUAL(content_decode(words, content), RESULT_OK);
}

TEST(a_form_keeps_itself_within_two_seconds)
{
	static struct message message;
	static struct content content;
	uint64_t status = 0;

	office_open(&office, 90, 40, ROLE_DRAFTER);
	office_type(&office, "n" LEFT DOWN DOWN "vnm-cert" DOWN DOWN "Second wave");
	CHECK(office.done == METHOD_COUNT);
	CHECK(office_sees(&office, "NOT KEPT YET"));
	office_pass(&office, 2 * SECOND_US);
	CHECK(office.done == METHOD_DRAFT_NEW);
	read_draft(2, &message, &content);
	CHECK_EQUAL(message.kind, KIND_NOTICE);
	CHECK_EQUAL(message.precedence, PRECEDENCE_PRIORITY);
	CHECK(message.action_count == 1 && bytes_equal(message.action[0], bytes_of("vnm-cert")));
	CHECK(bytes_equal(content.subject, bytes_of("Second wave")));
	CHECK(office_sees(&office, "Draft 4, kept"));
	office_type(&office, "\b\b" DOWN DOWN DOWN DOWN DOWN DOWN RIGHT RIGHT DOWN DOWN DOWN "first line\rsecond" ESCAPE);
	CHECK(office.done == METHOD_DRAFT_PUT);
	read_draft(4, &message, &content);
	CHECK(bytes_equal(content.subject, bytes_of("Second wa")));
	CHECK(bytes_equal(content.text, bytes_of("first line\nsecond")));
	CHECK(content_code(&content, FIELD_STATUS, &status) && status == 2);
	CHECK(!office_sees(&office, "Form"));
	office_close(&office);
}

/* Moves down the form to an item. */
static void go_to(const char *label)
{
	for (int i = 0; i < 64 && strstr(office_row(&office, office.row), label) == NULL; i++)
		office_type(&office, DOWN);
	CHECK(strstr(office_row(&office, office.row), label) != NULL);
}

TEST(addressees_are_taken_from_the_directory)
{
	static struct message message;
	static struct content content;

	office_open(&office, 100, 40, ROLE_DRAFTER);
	office_type(&office, "n");
	go_to("* To:");
	CHECK(office_sees(&office, "Enter: list"));
	office_type(&office, "idn-cert\r");
	CHECK(office_sees(&office, "> [x] idn-cert"));
	CHECK(office_sees(&office, "  [ ] vnm-cert       vi en  21:20 there, closed"));
	office_type(&office, "v \r");
	CHECK(office_sees(&office, "vnm-cert, idn-cert"));
	office_pass(&office, 2 * SECOND_US);
	CHECK(office.done == METHOD_DRAFT_NEW);
	read_draft(2, &message, &content);
	CHECK(message.action_count == 2 && bytes_equal(message.action[1], bytes_of("vnm-cert")));
	office_type(&office, "\r \33");
	CHECK(office_sees(&office, "vnm-cert, idn-cert"));
	office_type(&office, "\r " DOWN " \r");
	CHECK(!office_sees(&office, "-cert, "));
	office_close(&office);
}

TEST(a_directory_that_does_not_come_leaves_the_form_as_it_was)
{
	office_open(&office, 100, 40, ROLE_DRAFTER);
	office_type(&office, "n");
	go_to("* To:");
	board_lost(office.board, "gone");
	office_type(&office, "tha\r");
	CHECK(office_sees(&office, "Asking the station"));
	CHECK(office_sees(&office, "Esc: back to the form"));
	office_type(&office, " \r" ESCAPE);
	CHECK(office_sees(&office, "  tha "));
	office_type(&office, "\r");
	board_connect(office.board, "tha-cert", "drafter-1", ROLE_DRAFTER);
	office_settle(&office);
	CHECK(office_sees(&office, "  [ ] vnm-cert"));
	CHECK(office_sees(&office, "> [x] tha "));
	office_close(&office);
}

TEST(several_codes_are_taken_by_name)
{
	static struct message message;
	static struct content content;
	struct pack_reader r;

	office_open(&office, 100, 40, ROLE_DRAFTER);
	office_type(&office, "n");
	go_to("effects:");
	office_type(&office, "service lost, 2\r");
	CHECK(office_sees(&office, "> [x] physical damage"));
	CHECK(office_sees(&office, "  [x] service lost"));
	CHECK(office_sees(&office, "  [ ] other"));
	office_type(&office, " m \r");
	CHECK(office_sees(&office, "service lost, money lost"));
	office_pass(&office, 2 * SECOND_US);
	read_draft(2, &message, &content);
	r = pack_reader(content_field(&content, FIELD_EFFECTS));
	pack_expect_array(&r, 2);
	CHECK(strcmp(field_code_name(FIELD_EFFECTS, pack_read_uint(&r, 99)), "service lost") == 0);
	CHECK(strcmp(field_code_name(FIELD_EFFECTS, pack_read_uint(&r, 99)), "money lost") == 0);
	office_close(&office);
}

TEST(a_severity_keeps_its_scale_when_another_degree_is_taken)
{
	office_open(&office, 100, 40, ROLE_DRAFTER);
	office_type(&office, "n");
	go_to("* severity:");
	office_type(&office, "2 | national scale | orange\r");
	CHECK(office_sees(&office, "> [x] moderate"));
	office_type(&office, "s \r");
	CHECK(office_sees(&office, "severe | national scale | orange"));
	office_close(&office);
}

TEST(a_message_is_named_by_its_number)
{
	static struct message message;
	static struct content content;

	office_open(&office, 100, 60, ROLE_DRAFTER);
	office_type(&office, "n");
	go_to("In reply to:");
	office_type(&office, "vnm-cert 2026-048 213");
	go_to("Incident");
	office_type(&office, "sgp-cert 2026-300 417");
	office_pass(&office, 2 * SECOND_US);
	read_draft(2, &message, &content);
	CHECK(message.has_in_reply_to && message.in_reply_to[2] == 1 && message.in_reply_to[3] == 0xa5);
	CHECK(message.has_incident && message.incident[0] == 7);
	CHECK(office_sees(&office, "vnm-cert 2026-048 213"));
	office_close(&office);
}

TEST(a_number_that_names_nothing_is_said_and_all_else_is_kept)
{
	static struct message message;
	static struct content content;

	office_open(&office, 100, 60, ROLE_DRAFTER);
	office_type(&office, "n");
	go_to("* Subject");
	office_type(&office, "Second wave");
	go_to("Supersedes:");
	office_type(&office, "tha-cert 2026-051 0023");
	office_pass(&office, 2 * SECOND_US);
	read_draft(2, &message, &content);
	CHECK(!message.has_supersedes);
	CHECK(bytes_equal(content.subject, bytes_of("Second wave")));
	CHECK(office_sees(&office, "! Supersedes: NOT UNDERSTOOD"));
	office_type(&office, "\b");
	office_pass(&office, 2 * SECOND_US);
	read_draft(4, &message, &content);
	CHECK(message.has_supersedes && message.supersedes[2] == 0 && message.supersedes[3] == 0xa5);
	CHECK(!office_sees(&office, "NOT UNDERSTOOD"));
	go_to("Incident");
	office_type(&office, "idn-cert EX 2026-000 077");
	office_pass(&office, 2 * SECOND_US);
	CHECK(office_sees(&office, "It belongs to no incident."));
	office_close(&office);
}

TEST(what_is_not_understood_is_named_and_all_else_is_kept)
{
	static struct message message;
	static struct content content;

	office_open(&office, 90, 40, ROLE_DRAFTER);
	office_type(&office, "n" DOWN DOWN "no such name" DOWN DOWN "Kept");
	office_pass(&office, 2 * SECOND_US);
	CHECK(office_sees(&office, "NOT UNDERSTOOD"));
	CHECK(office_sees(&office, "is no contact point"));
	read_draft(2, &message, &content);
	CHECK_EQUAL(message.action_count, 0);
	CHECK(bytes_equal(content.subject, bytes_of("Kept")));
	office_close(&office);
}

TEST(a_lost_connection_loses_nothing_of_a_form)
{
	struct board_request request;

	office_open(&office, 90, 40, ROLE_DRAFTER);
	office_type(&office, "n" DOWN DOWN "vnm-cert");
	board_tick(office.board, office.now + 2 * SECOND_US);
	CHECK(board_next(office.board, &request) && request.method == METHOD_DRAFT_NEW);
	free(request.params.data);
	board_lost(office.board, "It is gone.");
	office_type(&office, ",sgp-cert");
	CHECK(office_sees(&office, "vnm-cert,sgp-cert"));
	CHECK(office_sees(&office, "NOT KEPT YET"));
	board_connect(office.board, "tha-cert", "drafter-1", ROLE_DRAFTER);
	office_pass(&office, 3 * SECOND_US);
	CHECK(office.done == METHOD_DRAFT_NEW);
	office_close(&office);
}

TEST(an_answer_is_prefilled)
{
	static struct message message;
	static struct content content;

	office_open(&office, 90, 40, WATCH);
	choose("2026-048 213");
	office_type(&office, "w");
	CHECK(office_sees(&office, "Re: Wiper in substation controllers"));
	CHECK(office_sees(&office, " vnm-cert 2026-048 213")); /* the message it answers, as people call it */
	office_settle(&office);
	office_pass(&office, 2 * SECOND_US);
	read_draft(2, &message, &content);
	CHECK_EQUAL(message.kind, KIND_ANSWER);
	CHECK(message.has_in_reply_to && message.in_reply_to[2] == 1 && message.in_reply_to[3] == 0xa5);
	CHECK(bytes_equal(message.action[0], bytes_of("vnm-cert")));
	CHECK_EQUAL(message.precedence, PRECEDENCE_FLASH);
	office_close(&office);
}

TEST(a_draft_is_opened_in_the_form_and_its_old_words_are_kept_as_a_version)
{
	struct pack_reader r;

	office_open(&office, 90, 40, ROLE_DRAFTER);
	office_type(&office, "d\re");
	CHECK(office_sees(&office, "Second wave"));
	CHECK(office_sees(&office, "It came back."));
	office_type(&office, DOWN DOWN DOWN DOWN "!" ESCAPE);
	CHECK(office.done == METHOD_DRAFT_PUT);
	r = params_of(4);
	CHECK_EQUAL(pack_read_uint(&r, 100), 4);
	pack_read_bin(&r, LIMIT_OBJECT_BYTES);
	pack_read_bin(&r, LIMIT_CONTENT_BYTES);
	CHECK(pack_read_bool(&r));
	office_close(&office);
}

TEST(original_and_translation_stand_side_by_side_where_there_is_room)
{
	office_open(&office, 120, 40, WATCH);
	choose("2026-048 213");
	office_type(&office, "\r");
	CHECK(office_sees(&office, "--- original en") && office_sees(&office, "| --- translation vi by an officer"));
	CHECK(office_sees(&office, "  Substation controllers are being wiped. Please confirm   |   Hệ thống"));
	board_size(office.board, 100, 40);
	office_close(&office);
}

TEST(a_small_terminal_says_so)
{
	office_open(&office, 20, 5, WATCH);
	CHECK(office_sees(&office, "Too small."));
	CHECK(office_sees(&office, "20x5"));
	office_type(&office, "\r\r?alq");
	office_close(&office);
}

TEST(every_key_of_a_view_is_in_its_help)
{
	for (enum view kind = 0; kind < VIEW_HELP; kind++)
		for (size_t i = 0; i < key_row_count; i++)
			CHECK(key_rows[i].what[0] != '\0' && (key_act(key_rows[i].key, kind, false) == ACT_NONE ||
							      (key_rows[i].views & 1U << kind) != 0));
	office_open(&office, 80, 40, WATCH);
	office_type(&office, "?");
	for (size_t i = 0; i < key_row_count; i++)
		if (key_works(&key_rows[i], VIEW_LIST, false)) {
			char *line = say_format("%-12s %s", key_rows[i].label, key_rows[i].what);

			CHECK(office_sees(&office, line));
			free(line);
		}
	office_close(&office);
}

TEST(no_key_ends_the_board_but_q)
{
	office_open(&office, 80, 24, WATCH | ROLE_RELEASER | ROLE_DRAFTER);
	for (uint64_t seed = 1, i = 0; i < 20000; i++) {
		char key[2] = "";

		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		key[0] = (char)(1 + (seed >> 33) % 126);
		if (key[0] != 'Q')
			office_type(&office, key);
		CHECK(!board_is_done(office.board));
	}
	office_type(&office, ESCAPE ESCAPE ESCAPE "Q");
	CHECK(board_is_done(office.board));
	office_close(&office);
}
