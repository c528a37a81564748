/* hotline without a verb: the board between the terminal, the control socket and the clock. */
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <errno.h>

#include "client/board/board.h"
#include "client/board/term.h"
#include "client/client.h"
#include "client/say.h"
#include "proto/result.h"

#define PATIENCE_SECONDS 5 /* of an officer at a screen */
#define AGAIN_US SECOND_US /* between attempts to connect */

struct place {
	struct call *call;
	const char *path;
	struct board *board;
	struct grid grid;
	int64_t tried_at;
};

/* The terminal is gone, or somebody wants an end: what was typed is kept first. */
static volatile sig_atomic_t is_ended;

static void note_end(int number)
{
	(void)number;
	is_ended = 1;
}

static void catch_ends(void)
{
	static const int numbers[] = {SIGHUP, SIGINT, SIGTERM};
	struct sigaction action = {.sa_handler = note_end};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sigaction(numbers[i], &action, NULL);
}

static int64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

static int take_event(void *ctx, const struct control_rpc *rpc)
{
	struct pack_reader r = pack_reader(rpc->params);
	struct control_event event;

	control_read_event(&r, &event);
	if (!bytes_equal(rpc->method, bytes_of("event")) || pack_read_end(&r) != RESULT_OK)
		return -EPROTO;
	board_event(ctx, &event);
	return 0;
}

static void lose(struct place *place, int result)
{
	char *why = call_why(place->call, result);

	board_lost(place->board, why);
	free(why);
	call_close(place->call);
}

static void reach(struct place *place)
{
	struct pack_writer params;
	struct pack_reader r;
	int result;

	place->tried_at = now_us();
	result = call_connect(place->call, place->path);
	if (result == 0) {
		call_patience(place->call, PATIENCE_SECONDS);
		place->call->on_event = take_event;
		place->call->ctx = place->board;
		params = call_params(0, 0);
		result = call_do(place->call, METHOD_FOLLOW, &params, 0, &r);
	}
	if (result != 0)
		lose(place, result);
	else
		board_connect(place->board, place->call->station.text, place->call->officer, place->call->roles);
}

/* All that the board wants to know, one request after the other. */
static void ask_all(struct place *place)
{
	struct board_request request;

	while (place->call->fd >= 0 && board_next(place->board, &request)) {
		struct pack_reader r;
		int result = call_do(place->call, request.method, &request.params, request.count, &r);

		if (result >= 0 && board_answer(place->board, result, &r, place->call->sentence) != RESULT_OK)
			result = -EPROTO;
		if (result < 0)
			lose(place, result);
	}
}

static void take_events(struct place *place)
{
	struct control_rpc rpc;

	do {
		int result = call_event(place->call, &rpc);

		if (result == 0)
			result = take_event(place->board, &rpc);
		if (result != 0)
			lose(place, result);
	} while (place->call->fd >= 0 && call_is_waiting(place->call));
}

/* By the verb itself, in a process of its own: what it prints last is what came of it. */
static void save(struct place *place, const char *reference, const char *number, const char *file)
{
	const char *words[] = {"hotline", "--socket", place->path, "attachment", "save", reference, number,
			       *file != '\0' ? "--to" : NULL, file, NULL};
	char said[4096] = "", *line, *end;
	int ends[2], status;
	pid_t pid = -1;
	ssize_t len;

	if (pipe(ends) == 0 && (pid = fork()) == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		close(STDIN_FILENO);
		execv("/proc/self/exe", (char *const *)(uintptr_t)words);
		_exit(127);
	}
	if (pid < 0) {
		board_saved(place->board, strerror(errno));
		return;
	}
	close(ends[1]);
	for (size_t used = 0; used < sizeof said - 1 && (len = read(ends[0], said + used, sizeof said - 1 - used)) > 0;)
		used += (size_t)len;
	close(ends[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	for (end = said + strlen(said); end > said && end[-1] == '\n';)
		*--end = '\0';
	line = strrchr(said, '\n');
	board_saved(place->board, line != NULL ? line + 1 : said);
}

static void take_keys(struct place *place)
{
	for (unsigned key = term_key(); key != KEY_NONE && !board_is_done(place->board); key = term_key()) {
		const char *reference, *number, *file;

		board_key(place->board, key);
		if (board_save(place->board, &reference, &number, &file))
			save(place, reference, number, file);
		ask_all(place);
	}
}

static void resize(struct place *place)
{
	int width, height;

	term_size(&width, &height);
	if (width == place->grid.width && height == place->grid.height)
		return;
	grid_finish(&place->grid);
	grid_init(&place->grid, width, height);
	board_size(place->board, width, height);
}

static void paint(struct place *place)
{
	char *title = board_title(place->board);
	int row, column;

	board_draw(place->board, &place->grid, &row, &column);
	term_paint(&place->grid, row, column);
	term_title(title);
	if (board_rings(place->board))
		term_ring();
	free(title);
}

/* Until a key, an event or the next second. False when the terminal is gone. */
static bool wait_some(struct place *place)
{
	struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = place->call->fd, .events = POLLIN}};
	int wait = board_is_busy(place->board) ? 0 : (int)(1000 - now_us() / 1000 % 1000);

	if (poll(fds, 2, wait) < 0)
		return errno == EINTR; /* a new size of the terminal */
	if (fds[1].revents != 0)
		take_events(place);
	return (fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) == 0;
}

static void go_on(struct place *place)
{
	bool has_terminal = true;

	while (has_terminal && is_ended == 0 && !board_is_done(place->board)) {
		board_tick(place->board, now_us());
		if (place->call->fd < 0 && now_us() - place->tried_at >= AGAIN_US)
			reach(place);
		resize(place);
		take_keys(place);
		ask_all(place);
		paint(place);
		has_terminal = wait_some(place);
	}
}

int cmd_board(struct client *client)
{
	struct place place = {.call = &client->call, .path = client->call.path};
	const char *why;

	catch_ends(); /* before curses would */
	if (!term_open(&why)) {
		say_error("%s", why);
		return USAGE;
	}
	place.board = board_new();
	go_on(&place);
	board_leave(place.board);
	ask_all(&place);
	term_close();
	board_free(place.board);
	grid_finish(&place.grid);
	return DONE;
}
