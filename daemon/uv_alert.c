/* The alert command: no shell, no message text, one at a time, ten seconds each with all that it started. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"
#include "daemon/uv_loop.h"

#define ALERT_MS 10000
#define ALERTS 32 /* waiting; beyond that the newest are only journalled */
#define ARGUMENTS 4

struct alert {
	struct loop *loop;
	char *command;
	uv_process_t process;
	uv_timer_t timer;
	bool is_running;
	size_t count;
	struct {
		char text[256];
		size_t len;
	} waiting[ALERTS];
};

int alert_create(struct loop *loop, const char *command, struct alert **out)
{
	struct alert *alert = calloc(1, sizeof *alert);

	if (alert == NULL)
		return -1;
	alert->loop = loop;
	alert->command = command != NULL ? strdup(command) : NULL;
	uv_timer_init(&loop->uv, &alert->timer);
	alert->timer.data = alert->process.data = alert;
	*out = alert;
	return 0;
}

static void start_next(struct alert *alert);

static void on_closed(uv_handle_t *handle)
{
	struct alert *alert = handle->data;

	alert->is_running = false;
	start_next(alert);
}

static void on_ended(uv_process_t *process, int64_t status, int signal)
{
	struct alert *alert = process->data;

	if (status != 0 || signal != 0)
		log_text("event=alert-failed status=%lld signal=%d", (long long)status, signal);
	uv_timer_stop(&alert->timer);
	uv_close((uv_handle_t *)process, on_closed);
}

/* It leads a session of its own, so that what a script waits for ends with the script. */
static void end(struct alert *alert)
{
	if (alert->is_running && uv_is_active((uv_handle_t *)&alert->process))
		kill(-uv_process_get_pid(&alert->process), SIGKILL);
}

static void on_late(uv_timer_t *timer)
{
	struct alert *alert = timer->data;

	log_text("event=alert-late text=\"the alert command took more than %d s and is ended\"", ALERT_MS / 1000);
	end(alert);
}

static void start_next(struct alert *alert)
{
	char text[sizeof alert->waiting[0].text], *arguments[ARGUMENTS + 2] = {alert->command}, *at = text,
									 path[] = "PATH=/usr/bin:/bin";
	char *environment[] = {path, NULL};
	uv_process_options_t options = {.exit_cb = on_ended,
					.file = alert->command,
					.args = arguments,
					.env = environment,
					.flags = UV_PROCESS_DETACHED};
	int error;

	if (alert->is_running || alert->count == 0)
		return;
	memcpy(text, alert->waiting[0].text, sizeof text);
	memmove(&alert->waiting[0], &alert->waiting[1], --alert->count * sizeof alert->waiting[0]);
	for (int i = 1; i <= ARGUMENTS; i++) {
		arguments[i] = at;
		at += strlen(at) + 1;
	}
	error = uv_spawn(&alert->loop->uv, &alert->process, &options);
	alert->is_running = true;
	if (error != 0) {
		log_text("event=alert-failed text=\"%s can't be run: %s\"", alert->command, uv_strerror(error));
		uv_close((uv_handle_t *)&alert->process, on_closed);
		return;
	}
	uv_timer_start(&alert->timer, on_late, ALERT_MS, 0);
}

void alert_run(struct alert *alert, struct bytes arguments)
{
	if (alert->command == NULL)
		return;
	if (alert->count == ALERTS || arguments.len > sizeof alert->waiting[0].text) {
		log_text("event=alert-dropped text=\"too many alerts wait\"");
		return;
	}
	memcpy(alert->waiting[alert->count].text, arguments.data, arguments.len);
	alert->waiting[alert->count++].len = arguments.len;
	start_next(alert);
}

void alert_destroy(struct alert *alert)
{
	if (alert == NULL)
		return;
	end(alert);
	free(alert->command);
	free(alert);
}
