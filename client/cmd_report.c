/*
 * hotline log report: a verified export as one page of HTML, or its statistics as JSON, offline. Nothing is written of
 * a record that does not verify.
 */
#include "client/client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/json_report.h"
#include "client/lang.h"
#include "client/page.h"
#include "client/say.h"
#include "client/secret.h"
#include "client/trust_args.h"

#define PAGE_MODE 0644
#define RUN_BYTES (64 * KIB)

/* The file's SHA-256 and length: 0 or -errno. */
static int hash_file(const char *path, uint8_t out[HASH_BYTES], uint64_t *out_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), result = fd < 0 ? -errno : 0;
	struct hash_stream stream;
	static uint8_t run[RUN_BYTES];
	ssize_t n = 1;

	hash_begin(&stream);
	*out_len = 0;
	while (result == 0 && n > 0) {
		n = read(fd, run, sizeof run);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n < 0)
			result = -errno;
		else if (n > 0) {
			hash_add(&stream, (struct bytes){run, (size_t)n});
			*out_len += (uint64_t)n;
		}
	}
	hash_end(&stream, out);
	if (fd >= 0)
		close(fd);
	return result;
}

/* A word as a shell takes it. */
static void put_word(FILE *out, const char *word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./=:,+@%";

	if (*word != '\0' && word[strspn(word, plain)] == '\0') {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word != '\0'; word++)
		if (*word == '\'')
			fputs("'\\''", out);
		else
			fputc(*word, out);
	fputc('\'', out);
}

static char *quoted(const char *word)
{
	char *text;
	size_t len;
	FILE *out = must(open_memstream(&text, &len));

	put_word(out, word);
	fclose(out);
	return must(text);
}

/* The command that verifies the file on the same trust. */
static char *verify_command(const struct args *args)
{
	static const char *const options[] = {"--card", "--root"};
	char *text;
	size_t len;
	FILE *out = must(open_memstream(&text, &len));

	fputs("hotline log verify ", out);
	put_word(out, args->rest[0]);
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		const char *value;
		size_t at = 0;

		while ((value = args_next(args, options[i], &at)) != NULL) {
			fprintf(out, " %s ", options[i]);
			put_word(out, value);
		}
	}
	fclose(out);
	return must(text);
}

static int refuse(const char *path, int error)
{
	say_error(_("%s can't be read: %s"), path, strerror(-error));
	return REFUSED;
}

static int write_page(const struct client *client, const char *text, size_t len)
{
	const char *path = args_value(&client->args, "--out");
	int result;

	if (path == NULL)
		return fwrite(text, 1, len, stdout) == len ? DONE : REFUSED;
	result = secret_write(path, PAGE_MODE, (struct bytes){(const uint8_t *)text, len}, false);
	if (result == 0)
		return DONE;
	say_error(_("%s can't be written: %s"), path, strerror(-result));
	return REFUSED;
}

/* The page as a whole, before any of it is written. */
static int report(const struct client *client, struct page *page)
{
	char *text;
	size_t len;
	int outcome;

	if (client->is_json) {
		json_report(page);
		return DONE;
	}
	page->out = must(open_memstream(&text, &len));
	page_write(page);
	must(fclose(page->out) == 0 ? page : NULL);
	outcome = page->error == 0 ? write_page(client, text, len) : refuse(client->args.rest[0], page->error);
	free(text);
	return outcome;
}

/* Indexes the verified file and reports on it. */
static int open_and_report(const struct client *client, struct page *page)
{
	static struct audit_record record;
	int result = audit_record_open(client->args.rest[0], &record), outcome;

	if (result > 0) {
		say_error(_("%s can't be used: %s"), client->args.rest[0], record.sentence);
		return REFUSED;
	}
	if (result < 0)
		return refuse(client->args.rest[0], result);
	result = page_init(page, &record);
	outcome = result == 0 ? report(client, page) : refuse(client->args.rest[0], result);
	page_finish(page);
	audit_record_close(&record);
	return outcome;
}

/* The first thing that is wrong. */
static const char *why_not(const struct audit_report *verified)
{
	if (verified->bad[0] != '\0')
		return verified->bad;
	for (size_t i = 0; i < verified->note_count; i++)
		if (verified->note[i].is_failure)
			return verified->note[i].text;
	return _("it is no whole record");
}

int cmd_log_report(struct client *client)
{
	static struct audit_trust trust;
	static struct audit_report verified;
	static struct page page;
	const char *path = client->args.rest[0];
	char *command, *word;
	int result, outcome;

	if (!trust_read(&client->args, &trust))
		return USAGE;
	result = hash_file(path, page.hash, &page.file_bytes);
	if (result == 0)
		result = audit_verify(path, &trust, &verified);
	if (result < 0)
		return refuse(path, result);
	if (result != 0) {
		say_error(_("%s is not verified: %s; hotline log verify says more"), path, why_not(&verified));
		audit_report_finish(&verified);
		return REFUSED;
	}
	page.report = &verified;
	page.trust = &trust;
	page.path = word = quoted(path);
	page.command = command = verify_command(&client->args);
	outcome = open_and_report(client, &page);
	audit_report_finish(&verified);
	free(command);
	free(word);
	return outcome;
}
