/*
 * Renders the main screens as text: screens DIRECTORY writes them, screens --check DIRECTORY compares with what is there.
 * Three sizes in three languages, a file each, a screen after the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/lang.h"
#include "client/say.h"
#include "tests/board/station.h"

static const struct {
	int width, height;
} sizes[] = {{80, 24}, {120, 40}, {200, 60}};
static const char *const languages[] = {"en", "th", "vi"};

#define ALL (ROLE_DRAFTER | ROLE_RELEASER | ROLE_WATCH)
#define DOWN "\2"
#define RIGHT "\4"
/* What is typed to get there. The list of what is open begins with our late notice. */
static const struct {
	const char *name, *keys;
	bool is_lost;
} scenes[] = {
    {"what is open", "", false},
    {"all messages, the last", "\t\t\tG", false},
    {"a flash from another state", "\t\r", false},
    {"its end", "\t\rG", false},
    {"our own notice", "\r", false},
    {"acknowledging", "\ta" RIGHT "\rđã xem ทราบแล้ว", false},
    {"acknowledging, to be confirmed", "\ta" RIGHT "\r\r", false},
    {"holding", "\th90m\r", false},
    {"the thread", "t", false},
    {"drafts", "d", false},
    {"a draft", "d\r", false},
    {"releasing", "d\rR\r", false},
    {"a new draft in the form", "n" DOWN DOWN "vnm-cert" DOWN DOWN "ระลอกสอง Đợt hai", false},
    {"its addressees, chosen", "n" DOWN DOWN "vnm-cert\r", false},
    {"its severity, chosen", "n" DOWN DOWN DOWN DOWN DOWN DOWN DOWN DOWN DOWN DOWN DOWN DOWN "\r", false},
    {"an answer in the form", "\tw", false},
    {"contacts", "c", false},
    {"links", "l", false},
    {"checks", "k", false},
    {"keys", "?", false},
    {"no connection", "", true},
};

static void render(FILE *out, int width, int height)
{
	static struct office office;

	for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++) {
		office_open(&office, width, height, ALL);
		office_type(&office, scenes[i].keys);
		if (scenes[i].is_lost)
			board_lost(office.board, "no daemon at /run/hotline/control");
		office_settle(&office);
		fprintf(out, "=== %s\n", scenes[i].name);
		grid_print(&office.grid, out);
		office_close(&office);
	}
}

static bool is_same(const char *path, const char *text, size_t len)
{
	FILE *file = fopen(path, "re");
	char *saved = must(malloc(len + 2));
	size_t got = file != NULL ? fread(saved, 1, len + 1, file) : 0, line = 1;
	bool same = got == len && memcmp(saved, text, len) == 0;

	for (size_t i = 0; i < len && i < got && saved[i] == text[i]; i++)
		line += text[i] == '\n';
	if (!same)
		printf("# %s:%zu is another than the board draws now; tests/screens writes them anew\n", path, line);
	if (file != NULL)
		fclose(file);
	free(saved);
	return same;
}

static bool write_file(const char *path, const char *text, size_t len)
{
	FILE *file = fopen(path, "we");
	bool is_written = file != NULL && fwrite(text, 1, len, file) == len;

	if (file == NULL || fclose(file) != 0 || !is_written) {
		printf("# %s can't be written\n", path);
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	bool checks = argc == 3 && strcmp(argv[1], "--check") == 0;
	const char *directory = argv[argc - 1];
	int number = 0, failed = 0;

	if (argc != 2 && !checks) {
		fprintf(stderr, "usage: screens [--check] DIRECTORY\n");
		return 2;
	}
	for (size_t l = 0; l < sizeof languages / sizeof *languages; l++)
		for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
			char *path = say_format("%s/%dx%d.%s.txt", directory, sizes[s].width, sizes[s].height, languages[l]);
			char *text = NULL;
			size_t len;
			FILE *out = must(open_memstream(&text, &len));
			bool is_good;

			lang_choose(languages[l]);
			render(out, sizes[s].width, sizes[s].height);
			fclose(out);
			is_good = checks ? is_same(path, text, len) : write_file(path, text, len);
			printf("%s %d - screens_of_%dx%d_in_%s\n", is_good ? "ok" : "not ok", ++number, sizes[s].width,
			       sizes[s].height, languages[l]);
			failed += !is_good;
			free(text);
			free(path);
		}
	printf("1..%d\n", number);
	return failed > 0;
}
