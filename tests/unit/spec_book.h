/*
 * The worked examples of proto/SPEC.md: fenced blocks "```hex NAME" and "```text NAME". Each is compared with what the
 * code makes, or, with HOTLINE_SPEC_WRITE=1 in the environment, replaced by it.
 */
#ifndef HOTLINE_TESTS_SPEC_BOOK_H
#define HOTLINE_TESTS_SPEC_BOOK_H

#include "tests/unit/test.h"

#include "proto/pack.h"

#define BOOK_PATH "proto/SPEC.md"
#define BOOK_BYTES (512 * 1024)
#define BOOK_EXAMPLES 128
#define BOOK_LINE_BYTES 32 /* of hex */

static struct {
	char text[BOOK_BYTES];
	size_t len; /* 0: not read yet */
	size_t count;
	const char *seen[BOOK_EXAMPLES];
} book;

static inline bool book_is_writing(void)
{
	const char *value = getenv("HOTLINE_SPEC_WRITE");

	return value != NULL && strcmp(value, "1") == 0;
}

static inline void book_read(void)
{
	FILE *file;

	if (book.len > 0)
		return;
	file = fopen(BOOK_PATH, "rb");
	CHECK(file != NULL);
	book.len = fread(book.text, 1, sizeof book.text - 1, file);
	fclose(file);
	CHECK(book.len > 0 && book.len < sizeof book.text - 1);
	book.text[book.len] = 0;
}

static inline void book_save(void)
{
	FILE *file = fopen(BOOK_PATH, "wb");

	CHECK(file != NULL);
	CHECK(fwrite(book.text, 1, book.len, file) == book.len);
	CHECK(fclose(file) == 0);
}

/* The inside of the block with this fence: from after the fence's line to the line that ends it. */
static inline bool book_find(const char *fence, size_t *out_start, size_t *out_end)
{
	const char *at = strstr(book.text, fence), *end;

	if (at == NULL)
		return false;
	at += strlen(fence);
	end = strncmp(at, "```\n", 4) == 0 ? at : strstr(at, "\n```\n");
	if (end == NULL)
		return false;
	*out_start = (size_t)(at - book.text);
	*out_end = (size_t)(end - book.text) + (end == at && *end == '`' ? 0 : 1);
	return true;
}

static inline void book_replace(size_t start, size_t end, const char *text, size_t len)
{
	CHECK(book.len - (end - start) + len < sizeof book.text);
	memmove(book.text + start + len, book.text + end, book.len - end + 1);
	memcpy(book.text + start, text, len);
	book.len = book.len - (end - start) + len;
}

static inline void book_example(const char *language, const char *name, const char *text, size_t len)
{
	char fence[96];
	size_t start, end;
	bool is_same;

	book_read();
	CHECK(book.count < BOOK_EXAMPLES);
	book.seen[book.count++] = name;
	snprintf(fence, sizeof fence, "\n```%s %s\n", language, name);
	if (!book_find(fence, &start, &end)) {
		printf("# %s has no block \"%s %s\"\n", BOOK_PATH, language, name);
		CHECK(!"the block is there");
	}
	is_same = end - start == len && memcmp(book.text + start, text, len) == 0;
	if (!is_same && book_is_writing())
		book_replace(start, end, text, len);
	else if (!is_same) {
		printf("# the block \"%s\" should read:\n# ", name);
		for (size_t i = 0; i < len; i++)
			printf(text[i] == '\n' && i + 1 < len ? "\n# " : "%c", text[i]);
		CHECK(!"text and code say the same");
	}
}

static inline void book_hex(const char *name, struct bytes bytes)
{
	static char text[2 * 64 * 1024 + 4 * 1024];
	size_t len = 0;

	CHECK(bytes.len > 0 && bytes.len <= 64 * 1024);
	for (size_t i = 0; i < bytes.len; i++) {
		len += (size_t)snprintf(text + len, sizeof text - len, "%02x", bytes.data[i]);
		if (i + 1 == bytes.len || (i + 1) % BOOK_LINE_BYTES == 0)
			text[len++] = '\n';
	}
	book_example("hex", name, text, len);
}

/* Text; a newline is added where it does not end in one. */
static inline void book_text(const char *name, struct bytes text)
{
	static char copy[64 * 1024];

	CHECK(text.len > 0 && text.len < sizeof copy);
	memcpy(copy, text.data, text.len);
	if (copy[text.len - 1] != '\n')
		copy[text.len++] = '\n';
	book_example("text", name, copy, text.len);
}

/* How many blocks of the book no example has asked for; each is told. */
static inline size_t book_orphans(void)
{
	static const char *const languages[] = {"\n```hex ", "\n```text "};
	size_t orphans = 0;

	for (size_t i = 0; i < 2; i++)
		for (const char *at = book.text; (at = strstr(at, languages[i])) != NULL; at++) {
			const char *name = at + strlen(languages[i]);
			size_t len = strcspn(name, "\n"), found = 0;

			for (size_t j = 0; j < book.count; j++)
				found += strlen(book.seen[j]) == len && memcmp(book.seen[j], name, len) == 0;
			if (found != 1)
				printf("# the block \"%.*s\" is asked for %zu times\n", (int)len, name, found);
			orphans += found != 1;
		}
	return orphans;
}

#endif
