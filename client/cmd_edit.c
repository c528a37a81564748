/* hotline draft edit: a draft in the officer's own editor. What was typed is never lost: a file that is refused stays. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/draft.h"
#include "client/lang.h"
#include "client/say.h"
#include "client/secret.h"
#include "proto/result.h"

#define FALLBACK_EDITOR "vi"

/* The draft as a draft file; NULL when it can't be had, which was said. */
static char *fetch(struct client *client, uint64_t id, int *outcome)
{
	static struct drafted draft;
	struct pack_reader r;

	*outcome = draft_fetch(client, id, &r);
	if (*outcome != DONE)
		return NULL;
	draft_open(&r, true, &draft);
	*outcome = call_read_end(&client->call, &r);
	return *outcome == DONE ? form_text(&draft.message, &draft.content) : NULL;
}

/* A file of this officer's alone, in memory where there is a place for such. Its path, or NULL when that was said. */
static char *write_file(const char *text)
{
	const char *place = getenv("XDG_RUNTIME_DIR");
	char *path = say_format("%s/hotline-draft-XXXXXX", place != NULL && *place == '/' ? place : "/tmp");
	int fd = mkstemp(path), error = 0;
	ssize_t written = fd >= 0 ? write(fd, text, strlen(text)) : -1;

	if (written < 0)
		error = errno;
	else if ((size_t)written < strlen(text))
		error = ENOSPC;
	if (fd >= 0 && close(fd) != 0)
		error = errno;
	if (error == 0)
		return path;
	say_error(_("%s can't be written: %s"), path, strerror(error));
	if (fd >= 0)
		unlink(path);
	free(path);
	return NULL;
}

static int run_editor(const char *path)
{
	const char *editor = getenv("VISUAL");
	char *command;
	int status;

	if (editor == NULL || *editor == '\0')
		editor = getenv("EDITOR");
	if (editor == NULL || *editor == '\0')
		editor = FALLBACK_EDITOR;
	command = say_format("%s \"$1\"", editor);
	fflush(stdout);
	switch (fork()) {
	case 0:
		execl("/bin/sh", "sh", "-c", command, "sh", path, (char *)NULL);
		_exit(127);
	case -1:
		status = -1;
		break;
	default:
		while (wait(&status) < 0 && errno == EINTR)
			;
	}
	free(command);
	if (status == 0)
		return DONE;
	say_error(_("the editor (%s) failed; what it wrote is in %s"), editor, path);
	return REFUSED;
}

static bool wants_again(void)
{
	char answer[16];

	return say_ask(answer, sizeof answer, _("edit it again? [Y/n]")) && strcasecmp(answer, "n") != 0;
}

/* Edits until the station takes it, or the officer has had enough. */
static int edit(struct client *client, uint64_t id, const char *path, const char *before)
{
	int outcome;

	do {
		struct form form;
		uint8_t *text = NULL;
		size_t len;

		outcome = run_editor(path);
		if (outcome != DONE)
			return outcome;
		if (secret_read(path, LIMIT_CONTENT_BYTES, &text, &len) == 0 && len == strlen(before) &&
		    memcmp(text, before, len) == 0) {
			say(stdout, _("draft %llu is as it was"), (unsigned long long)id);
			free(text);
			unlink(path);
			return DONE;
		}
		free(text);
		form_init(&form);
		form.is_unfinished = true;
		outcome = draft_read(&form, path);
		if (outcome == DONE)
			outcome = draft_replace(client, id, &form);
		form_finish(&form);
	} while (outcome != DONE && wants_again());
	if (outcome == DONE)
		unlink(path);
	else
		say_error(_("draft %llu is as it was; what was typed is in %s"), (unsigned long long)id, path);
	return outcome;
}

int cmd_draft_edit(struct client *client)
{
	char *before, *path;
	uint64_t id;
	int outcome;

	if (!draft_id(client->args.rest[0], &id))
		return USAGE;
	before = fetch(client, id, &outcome);
	if (before == NULL)
		return outcome;
	path = write_file(before);
	outcome = path != NULL ? edit(client, id, path, before) : REFUSED;
	free(path);
	free(before);
	return outcome;
}
