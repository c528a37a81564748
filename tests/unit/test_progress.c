/* Attachments as a person sees them: the bar while bytes move, states in words, the name of a file that is saved. */
#include "client/attach.h"
#include "client/progress.h"
#include "proto/limits.h"
#include "tests/unit/test.h"

static bool draws(struct progress progress, const char *expected)
{
	char text[PROGRESS_TEXT];

	progress.what = "saving";
	progress_format(&progress, text);
	if (strcmp(text, expected) != 0)
		printf("# %s\n", text);
	return strcmp(text, expected) == 0;
}

TEST(a_bar_has_percent_bytes_rate_and_time_left)
{
	CHECK(draws((struct progress){.total = 16 * MIB, .done = 4 * MIB, .at_us = 4 * SECOND_US},
		    "saving [######..................]  25 %  4.0 MiB of 16.0 MiB  1.0 MiB/s  0:12 left"));
	CHECK(draws((struct progress){.total = 2 * KIB, .done = 2 * KIB, .at_us = SECOND_US},
		    "saving [########################] 100 %  2.0 KiB of 2.0 KiB  2.0 KiB/s  done"));
	CHECK(draws((struct progress){.total = 16 * MIB, .done = 300, .at_us = SECOND_US},
		    "saving [........................]   0 %  300 B of 16.0 MiB  300 B/s  15:32:04 left"));
}

TEST(a_bar_of_what_goes_on_counts_only_what_was_added)
{
	CHECK(draws((struct progress){.total = 3 * MIB, .done = 2 * MIB, .began_with = MIB, .at_us = 2 * SECOND_US},
		    "saving [################........]  66 %  2.0 MiB of 3.0 MiB  512.0 KiB/s  0:02 left"));
}

TEST(a_bar_takes_the_rate_that_somebody_else_measured)
{
	CHECK(draws((struct progress){.total = 3 * KIB, .done = KIB, .rate = KIB, .at_us = 99 * SECOND_US},
		    "saving [########................]  33 %  1.0 KiB of 3.0 KiB  1.0 KiB/s  0:02 left"));
}

TEST(a_bar_of_nothing_and_one_that_stands_still_are_drawn_too)
{
	CHECK(draws((struct progress){0}, "saving [########################] 100 %  0 B of 0 B  0 B/s  done"));
	CHECK(draws((struct progress){.total = MIB, .at_us = SECOND_US},
		    "saving [........................]   0 %  0 B of 1.0 MiB  0 B/s  waiting"));
	CHECK(draws((struct progress){.total = 16 * MIB, .done = 1, .rate = 1},
		    "saving [........................]   0 %  1 B of 16.0 MiB  1 B/s  waiting"));
}

static bool is_state(struct control_blob blob, const char *expected)
{
	struct attach_view view = {.blob = blob};
	char text[ATTACH_STATE];

	attach_state(&view, text);
	if (strcmp(text, expected) != 0)
		printf("# %s\n", text);
	return strcmp(text, expected) == 0;
}

TEST(each_state_of_an_attachment_has_its_words)
{
	CHECK(is_state((struct control_blob){.state = BLOB_HELD}, "held"));
	CHECK(is_state((struct control_blob){.state = BLOB_FETCHING, .total = 4 * MIB, .held = MIB, .rate = 2048},
		       "fetching 25 %, 1.0 MiB of 4.0 MiB, 2.0 KiB/s"));
	CHECK(is_state((struct control_blob){.state = BLOB_WAITING, .total = 4 * KIB}, "waiting, 0 B of 4.0 KiB held"));
	CHECK(is_state((struct control_blob){.state = BLOB_ABSENT},
		       "not held by the sender; asked for again on the next link"));
	CHECK(is_state((struct control_blob){.state = BLOB_OVER}, "not fetched: over what this peer may make us hold"));
	CHECK(is_state((struct control_blob){.state = BLOB_BAD},
		       "refused: what the sender gives does not match its hash"));
	CHECK(is_state((struct control_blob){.state = BLOB_UNKNOWN}, "not here"));
	CHECK(is_state((struct control_blob){.state = 77}, "not here"));
}

TEST(of_what_was_sent_the_addressees_progress_is_told)
{
	struct attach_view view = {.blob = {.state = BLOB_HELD, .total = 200},
				   .count = 2,
				   .given = {{bytes_of("sgp-cert"), 200}, {bytes_of("vnm-cert"), 50}}};
	char text[ATTACH_STATE];

	attach_state(&view, text);
	CHECK(strcmp(text, "given to sgp-cert whole, vnm-cert 25 %") == 0);
	for (view.count = 2; view.count < 5; view.count++)
		view.given[view.count].name = bytes_of("tha-cert");
	attach_state(&view, text);
	CHECK(strcmp(text, "given whole to 1 of 5") == 0);
}

static bool is_saved_as(const char *name, const char *expected)
{
	char *file = attach_file_name(bytes_of(name));
	bool is_same = expected == NULL ? file == NULL : file != NULL && strcmp(file, expected) == 0;

	if (!is_same)
		printf("# %s\n", file != NULL ? file : "none");
	free(file);
	return is_same;
}

TEST(a_peers_name_for_a_file_is_no_path_no_option_and_not_hidden)
{
	CHECK(is_saved_as("report.pdf", "report.pdf"));
	CHECK(is_saved_as("\xe0\xb8\x81 1.csv", "\xe0\xb8\x81 1.csv"));
	CHECK(is_saved_as("../../etc/passwd", NULL));
	CHECK(is_saved_as("/etc/passwd", NULL));
	CHECK(is_saved_as("a/b", NULL));
	CHECK(is_saved_as("..", NULL));
	CHECK(is_saved_as(".bashrc", NULL));
	CHECK(is_saved_as("-rf", NULL));
	CHECK(is_saved_as("", NULL));
}

TEST(what_would_act_on_a_terminal_is_written_out_in_a_files_name)
{
	char long_name[LIMIT_FILE_NAME_BYTES + 1];

	CHECK(is_saved_as("a\x1b[2Jb", "a<1B>[2Jb"));
	CHECK(is_saved_as("fdp.\xe2\x80\xae" "exe", "fdp.<U+202E>exe"));
	memset(long_name, 'x', sizeof long_name);
	long_name[LIMIT_FILE_NAME_BYTES] = '\0';
	CHECK(is_saved_as(long_name, long_name));
	long_name[0] = '\x1b'; /* written out it is too long for a file's name */
	CHECK(is_saved_as(long_name, NULL));
}

TEST(a_media_type_follows_from_the_ending)
{
	CHECK(strcmp(attach_type("a.PDF"), "application/pdf") == 0);
	CHECK(strcmp(attach_type("a.b.csv"), "text/csv") == 0);
	CHECK(strcmp(attach_type("csv"), "application/octet-stream") == 0);
	CHECK(strcmp(attach_type("a."), "application/octet-stream") == 0);
}
